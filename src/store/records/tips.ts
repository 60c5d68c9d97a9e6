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
      .orderBy('at', 'asc')
      .orderBy('id', 'asc')
      .limit(1)
      .executeTakeFirst()
  )?.sha ?? null

/** Since when the repository is watched, by its first record of any branch's tip. */
export const watchedSince = async (db: Reading, repository: RepositoryId): Promise<Instant | null> => {
  const row = await db
    .selectFrom('tips')
    .select(({ fn }) => fn.min('at').as('at'))
    .where('repository', '=', repository)
    .executeTakeFirst()
  return row?.at == null ? null : Number(row.at)
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
