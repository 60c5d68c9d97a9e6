import type { Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'

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
