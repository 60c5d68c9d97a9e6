import { LeaseLost, type Lease, type Records } from '../../gatekeeper/ports.js'
import { hasRivals, type Engine, type Writing } from '../engine.js'
import { intend, intendByOverride } from './intents.js'
import { lock } from './locks.js'
import { recordVerdict } from './verdicts.js'

/** Until the commit nobody can take the lease over. @throws {LeaseLost} when somebody has. */
const mustHold = async (writing: Writing, { key, owner, generation }: Lease): Promise<void> => {
  const held = writing
    .selectFrom('subjects')
    .select('key')
    .where('key', '=', key)
    .where('lease_owner', '=', owner)
    .where('leased_generation', '=', generation)
  if ((await (hasRivals(writing) ? held.forUpdate() : held).executeTakeFirst()) === undefined) throw new LeaseLost(key)
}

/**
 * What a look may write only while its lease is its own: its verdict, what it is about to say, a lock. An outcome is
 * written in any case, for it was said.
 */
export const fencedBy = (
  { write }: Engine,
  lease: Lease,
): Pick<Records, 'verdict' | 'intend' | 'intendByOverride' | 'lock'> => {
  const fenced = <T>(work: (writing: Writing) => Promise<T>): Promise<T> =>
    write(async (writing) => {
      await mustHold(writing, lease)
      return work(writing)
    })
  return {
    verdict: (record, now) => fenced((writing) => recordVerdict(writing, record, now)),
    intend: (intent, now) => fenced((writing) => intend(writing, intent, now)),
    intendByOverride: (intent, now) => fenced((writing) => intendByOverride(writing, intent, now)),
    lock: (repository, environment, holder, sha, now) =>
      fenced((writing) => lock(writing, repository, environment, holder, sha, now)),
  }
}
