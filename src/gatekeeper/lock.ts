import type { Entry, Gate } from '../policy/gate.js'
import type { Sha } from '../policy/facts.js'
import type { Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Repository } from './ports.js'
import { sameName, type ReleaseAsked } from './release.js'

const names = (entry: Entry): boolean => {
  switch (entry.kind) {
    case 'rule':
      return entry.rule.name === 'one_at_a_time'
    case 'all':
    case 'any':
      return entry.entries.some(names)
    case 'when':
      return entry.require.some(names)
    case 'not':
      return false
  }
}

/** Whether anything in the gate asks for one deployment at a time; a condition that might is taken as one that does. */
export const isOneAtATime = (gate: Gate): boolean =>
  gate.layers.some(({ entries, rollback }) => entries.some(names) || (rollback?.entries.some(names) ?? false))

/** Who holds an environment: one attempt of a run. */
export const holderOf = ({ run, attempt }: Pick<ReleaseAsked, 'run' | 'attempt'>): string => `run/${run}/${attempt}`

/**
 * GitHub deletes only runs that have ended: one that is not there any more runs no longer. That it is gone is told twice,
 * for a 404 alone is also what GitHub says in trouble: the run is not shown, and not among those of its commit.
 */
const hasEnded = async (repository: Repository, run: number, sha: Sha): Promise<boolean> => {
  try {
    return (await repository.run(run)).status === 'completed'
  } catch (error) {
    if (!(error instanceof Unreadable) || error.status !== 404) throw error
    return !(await repository.runsOf(sha)).includes(run)
  }
}

/**
 * A lock whose run has ended holds nobody up: it is freed by what GitHub says of that run, never by time alone. An
 * earlier attempt of the run that asks now has ended, or there would be no later one.
 */
export const freeFinishedLock = async (
  { records, clock }: Gatekeeper,
  repository: Repository,
  { environment, ...own }: Pick<ReleaseAsked, 'environment' | 'run' | 'attempt'>,
): Promise<void> => {
  const { id } = repository.address
  const lock = (await records.locks(id)).find((one) => sameName(one.environment, environment))
  const run = lock && Number(/^run\/(\d+)\//.exec(lock.holder)?.[1])
  if (!lock || !run || lock.holder === holderOf(own)) return
  if (run === own.run || (await hasEnded(repository, run, lock.sha)))
    await records.unlock(id, environment, lock.holder, clock.now())
}
