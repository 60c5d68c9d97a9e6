import type { Entry, Gate } from '../policy/gate.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { Repository } from './ports.js'
import { sameName } from './release.js'

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

/** A lock whose run has ended holds nobody up: it is freed by what GitHub says of that run, never by time alone. */
export const freeFinishedLock = async (
  { records, clock }: Gatekeeper,
  repository: Repository,
  environment: string,
  ownRun: number,
): Promise<void> => {
  const { id } = repository.address
  const lock = (await records.locks(id)).find((one) => sameName(one.environment, environment))
  const run = lock && Number(/^run\/(\d+)\//.exec(lock.holder)?.[1])
  if (!lock || !run || run === ownRun) return
  const { status } = await repository.run(run)
  if (status === 'completed') await records.unlock(id, environment, lock.holder, clock.now())
}
