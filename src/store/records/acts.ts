import type { LedgerKind, Refusal, ReleaseAct } from '../../gatekeeper/ports.js'
import type {
  ApprovalChannel,
  Handover,
  Instant,
  Override,
  Person,
  ReleaseApproval,
  RepositoryId,
  Sha,
} from '../../policy/facts.js'
import { canonicalJson } from '../canonical.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'
import type { ActRow } from '../tables.js'
import { ownOf } from './spending.js'

const ENTRY: Readonly<Record<ReleaseAct['kind'], LedgerKind>> = {
  approve: 'approval',
  reject: 'rejection',
  release: 'handover',
  override: 'override',
}

interface Said {
  readonly by: Person
  readonly text: string
  readonly via: ApprovalChannel
}
const saidIn = ({ document }: Pick<ActRow, 'document'>): Said => JSON.parse(document) as Said

const isThere = async (writing: Writing, table: 'acts' | 'refusals', key: string): Promise<boolean> =>
  (await writing.selectFrom(table).select('key').where('key', '=', key).executeTakeFirst()) !== undefined

/** Once per key; a key that is there already changes nothing, and what was refused is not taken later. */
export const act = async (writing: Writing, given: ReleaseAct, now: Instant): Promise<boolean> => {
  if (await isThere(writing, 'refusals', given.key)) return false
  const { key, installation, repository, environment, run, attempt, sha, kind, by, at, text, via, expiresAt } = given
  const columns = { key, installation, repository, environment, run, attempt, sha, kind, at }
  const added = await writing
    .insertInto('acts')
    .values({
      ...columns,
      environment_key: environmentKey(environment),
      expires_at: expiresAt,
      spent_at: null,
      reviewed_at: null,
      document: canonicalJson({ by, text, via }),
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst()
  if (added === undefined) return false
  const body = { key, environment, run, attempt, sha, by, at, text, via, expiresAt }
  await append(writing, { at: now, kind: ENTRY[kind], installation, repository, subject: null, body })
  return true
}

/** Once per key; what was taken is not refused later, when nothing waits for it any more. */
export const refuse = async (writing: Writing, refusal: Refusal, now: Instant): Promise<boolean> => {
  if (await isThere(writing, 'acts', refusal.key)) return false
  const { installation, repository, subject, ...body } = refusal
  const added = await writing
    .insertInto('refusals')
    .values({ key: refusal.key, at: now })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst()
  if (added === undefined) return false
  await append(writing, { at: now, kind: 'refusal', installation, repository, subject, body })
  return true
}

/** For acts that leave no other trace: true the first time, durable before it says so. */
export const once = async (writing: Writing, key: string, now: Instant): Promise<boolean> => {
  const added = await writing
    .insertInto('seen')
    .values({ key, at: now })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst()
  return added !== undefined
}

/** Acts of these kinds on an environment, oldest first. */
const actsOn = (db: Reading, repository: RepositoryId, environment: string, kinds: readonly ReleaseAct['kind'][]) =>
  db
    .selectFrom('acts')
    .selectAll()
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .where('kind', 'in', [...kinds])
    .orderBy('at')
    .orderBy('key')

const approval = (row: ActRow): ReleaseApproval => {
  const { by, text, via } = saidIn(row)
  const decision = row.kind === 'reject' ? 'reject' : 'approve'
  return { by, at: row.at, decision, comment: text, via, sha: row.sha, attempt: row.attempt ?? 1 }
}

/** Those of earlier attempts too, each with its own attempt: a rule can say that they do not count any more, and why. */
export const approvals = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
  run: number,
  attempt: number,
): Promise<readonly ReleaseApproval[]> => {
  const rows = await actsOn(db, repository, environment, ['approve', 'reject'])
    .where('run', '=', run)
    .where('attempt', '<=', attempt)
    .execute()
  return rows.map(approval)
}

export const handovers = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
  run: number,
  attempt: number,
): Promise<readonly Handover[]> => {
  const rows = await actsOn(db, repository, environment, ['release'])
    .where('run', '=', run)
    .where('attempt', '=', attempt)
    .execute()
  return rows.map((row) => ({ by: saidIn(row).by, at: row.at }))
}

const override = (row: ActRow): Override => {
  const { by, text } = saidIn(row)
  return {
    by,
    at: row.at,
    reason: text,
    expiresAt: row.expires_at,
    reviewedAt: row.reviewed_at,
    spentAt: row.spent_at,
    sha: row.sha,
  }
}

/**
 * Overrides given for this SHA, also spent and expired ones, and those of other SHAs whose review is still due: the
 * licence is the SHA's, the debt is the environment's. For the attempt that is `answering`, what only its own answer spent
 * is not spent, as long as that answer may be given again.
 */
export const overrides = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
  sha: Sha,
  answering?: { readonly run: number; readonly attempt: number },
): Promise<readonly Override[]> => {
  const rows = await actsOn(db, repository, environment, ['override'])
    .where((eb) => eb.or([eb('sha', '=', sha), eb('reviewed_at', 'is', null)]))
    .execute()
  if (answering === undefined || rows.every(({ spent_at }) => spent_at === null)) return rows.map(override)
  const isOwn = await ownOf(db, { repository, target: environment, sha, ...answering })
  return rows.map((row) => override(isOwn(row) ? { ...row, spent_at: null } : row))
}
