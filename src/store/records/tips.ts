import type { Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Reading, Writing } from '../engine.js'
import { append } from '../ledger.js'

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
