import type { LedgerEntry, LedgerFilter, LedgerKind, LedgerReader, Verification } from '../gatekeeper/ports.js'
import type { InstallationId, RepositoryId } from '../policy/facts.js'
import type { Json } from '../policy/verdict.js'
import type { Reading } from './engine.js'
import type { LedgerRow } from './tables.js'
import { verifyChain } from './verify.js'

/** Entries read at once: enough to be quick, little enough to hold. */
const PAGE = 500

/** @throws {SyntaxError} when the body is no JSON, which only a hand outside this program can have done. */
const entryOf = ({ body, ...row }: LedgerRow): LedgerEntry => ({
  ...row,
  kind: row.kind as LedgerKind,
  installation: row.installation as InstallationId | null,
  repository: row.repository as RepositoryId | null,
  body: JSON.parse(body) as { readonly [key: string]: Json },
})

const pageOf = (db: Reading, { from, to, kinds, repository, subject }: LedgerFilter, after: number) => {
  let query = db.selectFrom('ledger').selectAll().where('sequence', '>', after)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<', to)
  if (kinds !== undefined) query = query.where('kind', 'in', [...kinds])
  if (repository !== undefined) query = query.where('repository', '=', repository)
  if (subject !== undefined) query = query.where('subject', '=', subject)
  return query.orderBy('sequence').limit(PAGE).execute()
}

async function* rows(db: Reading, filter: LedgerFilter): AsyncGenerator<LedgerRow> {
  for (let after = 0; ;) {
    const page = await pageOf(db, filter, after)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.sequence
  }
}

async function* entries(db: Reading, filter: LedgerFilter): AsyncGenerator<LedgerEntry> {
  for await (const row of rows(db, filter)) yield entryOf(row)
}

const headOf = async (db: Reading) =>
  (await db.selectFrom('ledger_head').select(['sequence', 'hash']).where('id', '=', 1).executeTakeFirst()) ?? null

/** Reads the ledger page by page, beside whoever writes it. */
export const ledgerReader = (db: Reading): LedgerReader => ({
  entries: (filter = {}) => entries(db, filter),
  head: () => headOf(db),
  verify: (): Promise<Verification> => verifyChain(() => headOf(db), rows(db, {})),
})
