import type { RunningDeployment } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { sameEnvironment, type Deployed } from './deployments.js'
import type { History } from './released.js'

/** One that waits for its gates, as this one does, holds nobody up: else two that wait would wait for each other. */
const isRunning = ({ statuses }: Deployed): boolean => {
  const newest = statuses.at(-1)?.state
  return newest === 'IN_PROGRESS' || newest === 'QUEUED'
}

/** Other deployments that run in the environment now: by what GitHub shows, and by our own locks. */
export const readRunning = async (
  scope: Scope,
  { environment, here }: History,
  isOwnLock: (holder: string) => boolean,
): Promise<readonly RunningDeployment[]> => {
  const locks = await scope.records.locks(scope.id)
  const locked = locks.filter((lock) => sameEnvironment(lock.environment, environment) && !isOwnLock(lock.holder))
  return [...here.filter(isRunning), ...locked].map(({ sha, at }) => ({ environment, sha, at }))
}
