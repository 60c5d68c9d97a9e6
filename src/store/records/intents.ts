import type { Intent, Records, StoredIntent } from '../../gatekeeper/ports.js'
import type { InstallationId, Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Json, Values } from '../../policy/verdict.js'
import { canonicalJson } from '../canonical.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'
import type { IntentRow } from '../tables.js'
import { giveBack, spend } from './spending.js'

type Body = { readonly [key: string]: Json }
type Outcome = Parameters<Records['settle']>[1]
type ApprovedRun = Awaited<ReturnType<Records['approvedRuns']>>[number]
type PostedCheck = Awaited<ReturnType<Records['lastCheck']>>
type Reports = Awaited<ReturnType<Records['reports']>>

const bodyOf = ({ body }: { readonly body: string }): Body => JSON.parse(body) as Body

export const intend = async (writing: Writing, intent: Intent, now: Instant): Promise<number> => {
  const { installation, repository, subject, what, target, sha, run, attempt, body } = intent
  const columns = { installation, repository, subject, what, target, sha, run, attempt }
  const { id } = await writing
    .insertInto('intents')
    .values({
      ...columns,
      at: now,
      target_key: environmentKey(target),
      body: canonicalJson(body),
      ok: null,
      detail: null,
      settled_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const said = { id, what, target, sha, run, attempt, body }
  await append(writing, { at: now, kind: 'intent', installation, repository, subject, body: said })
  return id
}

/** With the overrides that it rests on, which are spent before it is said; `null`: there are none any more. */
export const intendByOverride = async (writing: Writing, intent: Intent, now: Instant): Promise<number | null> => {
  const { all, fresh } = await spend(writing, intent, now)
  if (all.length === 0) return null
  const id = await intend(writing, { ...intent, body: { ...intent.body, spends: all } }, now)
  if (fresh.length === 0) return id
  const { installation, repository, subject, target: environment, sha } = intent
  const body = { spent: fresh, environment, sha, intent: id }
  await append(writing, { at: now, kind: 'override', installation, repository, subject, body })
  return id
}

/** Once; a second outcome changes nothing. */
export const settle = async (
  writing: Writing,
  id: number,
  { ok, refused = false, detail: given }: Outcome,
  now: Instant,
): Promise<void> => {
  const detail = refused ? { ...given, refused } : given
  const row = await writing
    .updateTable('intents')
    .set({ ok: ok ? 1 : 0, detail: canonicalJson(detail), settled_at: now })
    .where('id', '=', id)
    .where('ok', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return
  await append(writing, {
    at: now,
    kind: 'outcome',
    installation: row.installation as InstallationId,
    repository: row.repository as RepositoryId,
    subject: row.subject,
    body: { intent: id, ok, detail },
  })
  if (refused) await giveBack(writing, id, stored(row), now)
}

const stored = (row: IntentRow): StoredIntent => ({
  id: row.id,
  at: row.at,
  installation: row.installation as InstallationId,
  repository: row.repository as RepositoryId,
  subject: row.subject,
  what: row.what as Intent['what'],
  target: row.target,
  sha: row.sha,
  run: row.run,
  attempt: row.attempt,
  body: bodyOf(row),
})

export const unsettled = async (db: Reading): Promise<readonly StoredIntent[]> =>
  (await db.selectFrom('intents').selectAll().where('ok', 'is', null).orderBy('id').execute()).map(stored)

/** Intents about an environment that were carried out, or may have been, newest first. */
const aimedAt = (db: Reading, repository: RepositoryId, environment: string, what: readonly Intent['what'][]) =>
  db
    .selectFrom('intents')
    .selectAll()
    .where('repository', '=', repository)
    .where('target_key', '=', environmentKey(environment))
    .where('what', 'in', [...what])
    .where((eb) => eb.or([eb('ok', 'is', null), eb('ok', '=', 1)]))
    .orderBy('id', 'desc')

/** A deployment made through the API is approved by the status `queued`. */
const approves = (row: IntentRow): boolean => row.what === 'approve' || bodyOf(row)['state'] === 'queued'

const approvedRun = ({ run, attempt, sha, at, ok }: IntentRow): readonly ApprovedRun[] =>
  sha === null ? [] : [{ run, attempt, sha, at, settled: ok === 1 }]

export const approvedRuns = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
): Promise<readonly ApprovedRun[]> =>
  (await aimedAt(db, repository, environment, ['approve', 'status']).execute()).filter(approves).flatMap(approvedRun)

/** When this app last rejected this SHA here, or a person did. */
export const rejectedAt = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
  sha: Sha,
): Promise<Instant | null> => {
  const answer = await aimedAt(db, repository, environment, ['reject'])
    .where('sha', '=', sha)
    .limit(1)
    .executeTakeFirst()
  const act = await db
    .selectFrom('acts')
    .select('at')
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .where('kind', '=', 'reject')
    .where('sha', '=', sha)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  const times = [answer?.at, act?.at].filter((at) => at !== undefined)
  return times.length === 0 ? null : Math.max(...times)
}

/** When we rejected this very attempt, as far as GitHub took it. */
export const rejectedRun = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
  run: number,
  attempt: number,
): Promise<Instant | null> => {
  const row = await aimedAt(db, repository, environment, ['reject'])
    .where('run', '=', run)
    .where('attempt', '=', attempt)
    .where('ok', '=', 1)
    .limit(1)
    .executeTakeFirst()
  return row?.at ?? null
}

/** Reports that may have been sent count too: GitHub's limit is the smaller evil to respect. */
export const reports = async (
  db: Reading,
  repository: RepositoryId,
  run: number,
  environment: string,
  attempt: number,
): Promise<Reports> => {
  const rows = await aimedAt(db, repository, environment, ['report'])
    .where('run', '=', run)
    .where('attempt', '=', attempt)
    .execute()
  const text = rows[0] ? bodyOf(rows[0])['text'] : undefined
  return { count: rows.length, last: typeof text === 'string' ? text : null }
}

/** One for each failed try at most, and a failed subject is tried ever more seldom until it is settled. */
const MOST_LOOKED_AT = 50

const idOf = (detail: string | null): number | null => {
  const { id } = JSON.parse(detail ?? '{}') as Values
  return typeof id === 'number' ? id : null
}

/** What was to be said in check runs of a name on a commit, the newest first. */
const saidInChecks = (db: Reading, repository: RepositoryId, sha: Sha, name: string) =>
  db
    .selectFrom('intents')
    .selectAll()
    .where('repository', '=', repository)
    .where('target_key', '=', environmentKey(name))
    .where('target', '=', name)
    .where('what', '=', 'check')
    .where('sha', '=', sha)
    .orderBy('id', 'desc')

const checkOf = (row: IntentRow) => {
  const { digest, completed } = bodyOf(row)
  return { digest: typeof digest === 'string' ? digest : '', completed: completed === true, at: row.at }
}

export const lastCheck = async (
  db: Reading,
  repository: RepositoryId,
  sha: Sha,
  name: string,
): Promise<PostedCheck> => {
  const row = await saidInChecks(db, repository, sha, name).where('ok', '=', 1).limit(1).executeTakeFirst()
  return row === undefined ? null : { id: idOf(row.detail), ...checkOf(row) }
}

export const doubtfulChecks = async (
  db: Reading,
  repository: RepositoryId,
  sha: Sha,
  name: string,
): Promise<Awaited<ReturnType<Records['doubtfulChecks']>>> => {
  // Sorted out here: a condition on the outcome leads SQLite to the index of all that is open.
  const rows = await saidInChecks(db, repository, sha, name).limit(MOST_LOOKED_AT).execute()
  const last = rows.findIndex(({ ok }) => ok === 1)
  return rows
    .slice(0, last === -1 ? rows.length : last)
    .filter(({ ok }) => ok === null)
    .map((row) => ({ intent: row.id, ...checkOf(row) }))
}
