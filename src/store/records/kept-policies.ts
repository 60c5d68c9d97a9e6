import { createHash } from 'node:crypto'
import type { KeptPolicy } from '../../gatekeeper/ports.js'
import type { InstallationId, Instant } from '../../policy/facts.js'
import type { Reading, Writing } from '../engine.js'
import { append } from '../ledger.js'

/** The newest valid file of an installation's organisation replaces the one before it; the ledger gets its digest. */
export const keepPolicy = async (
  writing: Writing,
  installation: InstallationId,
  { commit, path, text }: KeptPolicy,
  now: Instant,
): Promise<void> => {
  const columns = { commit_sha: commit, path, text, at: now }
  await writing
    .insertInto('kept_policies')
    .values({ installation, ...columns })
    .onConflict((conflict) => conflict.column('installation').doUpdateSet(columns))
    .execute()
  const body = { commit, path, digest: createHash('sha256').update(text).digest('hex') }
  await append(writing, { at: now, kind: 'settings', installation, repository: null, subject: null, body })
}

export const keptPolicy = async (db: Reading, installation: InstallationId): Promise<KeptPolicy | null> => {
  const row = await db
    .selectFrom('kept_policies')
    .select(['commit_sha', 'path', 'text'])
    .where('installation', '=', installation)
    .executeTakeFirst()
  return row === undefined ? null : { commit: row.commit_sha, path: row.path, text: row.text }
}
