import type { Records } from '../../gatekeeper/ports.js'
import type { Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'

type Lock = Awaited<ReturnType<Records['lock']>>
type Held = Awaited<ReturnType<Records['locks']>>[number]

/** Names of teams and people are compared case-blind. */
const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

/** The first id under a name stays; the name's later ids are somebody else. */
export const pin = async (writing: Writing, scope: string, name: string, id: number, now: Instant): Promise<number> => {
  const added = await writing
    .insertInto('pins')
    .values({ scope, name: nameKey(name), id })
    .onConflict((conflict) => conflict.columns(['scope', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added !== undefined) {
    await append(writing, {
      at: now,
      kind: 'pin',
      installation: null,
      repository: null,
      subject: null,
      body: { scope, name: nameKey(name), id },
    })
    return id
  }
  const row = await writing
    .selectFrom('pins')
    .select('id')
    .where('scope', '=', scope)
    .where('name', '=', nameKey(name))
    .executeTakeFirstOrThrow()
  return row.id
}

export const unpin = async (writing: Writing, scope: string, now: Instant): Promise<void> => {
  const freed = await writing.deleteFrom('pins').where('scope', '=', scope).returning('name').execute()
  if (freed.length === 0) return
  const body = { scope, freed: freed.map(({ name }) => name).sort() }
  await append(writing, { at: now, kind: 'pin', installation: null, repository: null, subject: null, body })
}

const newestTip = (db: Reading, repository: RepositoryId, branch: string) =>
  db
    .selectFrom('tips')
    .select('sha')
    .where('repository', '=', repository)
    .where('branch', '=', branch)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)

/** The first record, not the newest: the app answers for everything that came since it began to watch. */
export const tip = async (
  db: Reading,
  repository: RepositoryId,
  branch: string,
  before: Instant,
): Promise<Sha | null> =>
  (
    await db
      .selectFrom('tips')
      .select('sha')
      .where('repository', '=', repository)
      .where('branch', '=', branch)
      .where('at', '<=', before)
      .orderBy('id', 'asc')
      .limit(1)
      .executeTakeFirst()
  )?.sha ?? null

/** Steps back over the newest record of `sha`; where that is not on record, the newest of all is what was before it. */
export const tipBefore = async (
  db: Reading,
  repository: RepositoryId,
  branch: string,
  sha: Sha,
): Promise<Sha | null> => {
  const itself = await db
    .selectFrom('tips')
    .select('id')
    .where('repository', '=', repository)
    .where('branch', '=', branch)
    .where('sha', '=', sha)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const older = newestTip(db, repository, branch)
  const row = await (itself === undefined ? older : older.where('id', '<', itself.id)).executeTakeFirst()
  return row?.sha ?? null
}

export const recordTip = async (
  writing: Writing,
  repository: RepositoryId,
  branch: string,
  sha: Sha,
  now: Instant,
): Promise<void> => {
  if ((await newestTip(writing, repository, branch).executeTakeFirst())?.sha === sha) return
  await writing.insertInto('tips').values({ repository, branch, sha, at: now }).execute()
  await append(writing, { at: now, kind: 'tip', installation: null, repository, subject: null, body: { branch, sha } })
}

/** Compare and set: whoever inserts the row has the lock; everybody else learns who. The same holder may ask again. */
export const lock = async (
  writing: Writing,
  repository: RepositoryId,
  environment: string,
  holder: string,
  sha: Sha,
  now: Instant,
): Promise<Lock> => {
  const key = environmentKey(environment)
  const taken = await writing
    .insertInto('locks')
    .values({ repository, environment_key: key, environment, holder, sha, at: now })
    .onConflict((conflict) => conflict.columns(['repository', 'environment_key']).doNothing())
    .returning('holder')
    .executeTakeFirst()
  if (taken !== undefined) {
    const body = { taken: environment, holder, sha }
    await append(writing, { at: now, kind: 'lock', installation: null, repository, subject: null, body })
    return { ok: true, holder, sha, since: now }
  }
  const row = await writing
    .selectFrom('locks')
    .select(['holder', 'sha', 'at'])
    .where('repository', '=', repository)
    .where('environment_key', '=', key)
    .executeTakeFirstOrThrow()
  return { ok: row.holder === holder && row.sha === sha, holder: row.holder, sha: row.sha, since: row.at }
}

/** Only the holder's own lock. */
export const unlock = async (
  writing: Writing,
  repository: RepositoryId,
  environment: string,
  holder: string,
  now: Instant,
): Promise<void> => {
  const freed = await writing
    .deleteFrom('locks')
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .where('holder', '=', holder)
    .returning('sha')
    .executeTakeFirst()
  if (freed === undefined) return
  const body = { released: environment, holder, sha: freed.sha }
  await append(writing, { at: now, kind: 'lock', installation: null, repository, subject: null, body })
}

export const locks = async (db: Reading, repository: RepositoryId): Promise<readonly Held[]> =>
  db
    .selectFrom('locks')
    .select(['environment', 'holder', 'sha', 'at'])
    .where('repository', '=', repository)
    .orderBy('environment_key')
    .execute()

/** The first asking stays. */
export const firstAsked = async (
  writing: Writing,
  asked: {
    readonly repository: RepositoryId
    readonly environment: string
    readonly run: number
    readonly attempt: number
    readonly sha: Sha
  },
  now: Instant,
): Promise<Instant> => {
  const { repository, environment, run, attempt, sha } = asked
  const key = { repository, environment_key: environmentKey(environment), run, attempt, sha }
  await writing
    .insertInto('first_asked')
    .values({ ...key, at: now })
    .onConflict((conflict) => conflict.columns(['repository', 'environment_key', 'run', 'attempt', 'sha']).doNothing())
    .execute()
  const row = await writing
    .selectFrom('first_asked')
    .select('at')
    .where((eb) => eb.and(key))
    .executeTakeFirstOrThrow()
  return row.at
}

export const wasAsked = async (
  db: Reading,
  repository: RepositoryId,
  environment: string,
  run: number,
): Promise<boolean> => {
  const row = await db
    .selectFrom('first_asked')
    .select('at')
    .where('repository', '=', repository)
    .where('environment_key', '=', environmentKey(environment))
    .where('run', '=', run)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
