import type { Instant, Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { deploymentsOf, sameEnvironment, type Status } from './deployments.js'
import { isOfRun } from './runs.js'

/** States that only a job that started reaches. */
const STARTED: ReadonlySet<Status['state']> = new Set(['IN_PROGRESS', 'SUCCESS'])

/** When jobs of a run started in an environment: GitHub names the run in the log of each status. */
export const readEntered = async (
  scope: Scope,
  run: number,
  environment: string,
  sha: Sha,
): Promise<readonly Instant[]> =>
  (await deploymentsOf(scope, sha))
    .filter((one) => sameEnvironment(one.environment, environment))
    .flatMap(({ statuses }) => statuses)
    .filter(({ state, logUrl }) => STARTED.has(state) && isOfRun(run, { log_url: logUrl }))
    .map(({ createdAt }) => createdAt)
