import type { Records } from '../../gatekeeper/ports.js'
import type { Instant, RepositoryId, Sha } from '../../policy/facts.js'
import type { Reading, Writing } from '../engine.js'
import { environmentKey } from '../environment.js'
import { append } from '../ledger.js'

type Lock = Awaited<ReturnType<Records['lock']>>
type Held = Awaited<ReturnType<Records['locks']>>[number]

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
