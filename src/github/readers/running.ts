import type { RunningDeployment } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { deploymentsTo, sameEnvironment, type Deployed } from './deployments.js'
import type { OwnDeployment } from './released.js'

/** One that waits for its gates, as this one does, holds nobody up: else two that wait would wait for each other. */
const isRunning = ({ statuses }: Deployed): boolean => {
  const newest = statuses.at(-1)?.state
  return newest === 'IN_PROGRESS' || newest === 'QUEUED'
}

/** Other deployments that run in the environment now: by what GitHub shows, and by our own locks. */
export const readRunning = async (
  scope: Scope,
  environment: string,
  own: { readonly deployment: OwnDeployment; readonly holder: (holder: string) => boolean },
): Promise<readonly RunningDeployment[]> => {
  const [shown, locks] = await Promise.all([
    deploymentsTo(scope, environment, () => true),
    scope.records.locks(scope.id),
  ])
  const running = shown
    .filter((one) => sameEnvironment(one.environment, environment) && isRunning(one) && !own.deployment(one))
    .map(({ sha, at }) => ({ environment, sha, at }))
  const locked = locks
    .filter((lock) => sameEnvironment(lock.environment, environment) && !own.holder(lock.holder))
    .map(({ sha, at }) => ({ environment, sha, at }))
  return [...running, ...locked]
}
