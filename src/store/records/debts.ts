import type { Debt, Debts, Records } from '../../gatekeeper/ports.js'
import type { Bypass, InstallationId, Instant, Person, RepositoryId } from '../../policy/facts.js'
import type { Engine, Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'

type Incident = Parameters<Records['incident']>[0]

/** Once per key. */
export const incident = async (writing: Writing, found: Incident, now: Instant): Promise<boolean> => {
  const { key, installation, repository, environment, run, attempt, sha, values } = found
  const added = await writing
    .insertInto('incidents')
    .values({
      key,
      installation,
      repository,
      environment,
      environment_key: environmentKey(environment),
      sha,
      at: now,
      reviewed_at: null,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst()
  if (added === undefined) return false
  const body = { key, environment, run, attempt, sha, values }
  await append(writing, { at: now, kind: 'incident', installation, repository, subject: null, body })
  return true
}

export const bypasses = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
): Promise<readonly Bypass[]> => {
  const rows = await db
    .selectFrom('incidents')
    .select(['at', 'reviewed_at'])
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .orderBy('at')
    .execute()
  return rows.map(({ at, reviewed_at }) => ({ at, reviewedAt: reviewed_at }))
}

const openOverrides = (db: Reading, repository: RepositoryId, environment: string) =>
  db
    .selectFrom('acts')
    .select(['key', 'environment', 'sha', 'at', 'document'])
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .where('kind', '=', 'override')
    .where('reviewed_at', 'is', null)
    .orderBy('at')
    .execute()

const openBypasses = (db: Reading, repository: RepositoryId, environment: string) =>
  db
    .selectFrom('incidents')
    .select(['key', 'environment', 'sha', 'at'])
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .where('reviewed_at', 'is', null)
    .orderBy('at')
    .execute()

const closed = (writing: Writing, { kind, key }: Pick<Debt, 'kind' | 'key'>, now: Instant) => {
  const table =
    kind === 'override' ? writing.updateTable('acts').where('kind', '=', 'override') : writing.updateTable('incidents')
  return (table as ReturnType<typeof writing.updateTable<'incidents'>>)
    .set({ reviewed_at: now })
    .where('key', '=', key)
    .where('reviewed_at', 'is', null)
    .returning(['installation', 'repository', 'environment'])
    .executeTakeFirst()
}

const review = async (
  writing: Writing,
  debt: Pick<Debt, 'kind' | 'key'>,
  by: Person,
  text: string,
  now: Instant,
): Promise<boolean> => {
  const row = await closed(writing, debt, now)
  if (row === undefined) return false
  await append(writing, {
    at: now,
    kind: debt.kind === 'override' ? 'override_review' : 'bypass_review',
    installation: row.installation as InstallationId,
    repository: row.repository as RepositoryId,
    subject: null,
    body: { key: debt.key, environment: row.environment, by, text },
  })
  return true
}

/** What overrides and bypasses owe: a review. */
export const debtsOf = (engine: Engine): Debts => ({
  async debts(repository, environment) {
    const overrides = await openOverrides(engine.db, repository, environment)
    const jobs = await openBypasses(engine.db, repository, environment)
    return [
      ...overrides.map(({ document, ...row }) => ({
        ...row,
        kind: 'override' as const,
        by: (JSON.parse(document) as { by: Person }).by,
      })),
      ...jobs.map((row) => ({ ...row, kind: 'bypass' as const, by: null })),
    ]
  },
  review: (debt, by, text, now) => engine.write((writing) => review(writing, debt, by, text, now)),
})
