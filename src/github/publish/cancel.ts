import { z } from 'zod'
import type { Scope } from '../scope.js'

/** Asks GitHub to cancel a run; needs `actions: write`, an opt-in. */
export const cancel = async (scope: Scope, run: number): Promise<void> => {
  await scope.api.write(
    `the cancelling of run ${run}`,
    'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
    { owner: scope.owner, repo: scope.repo, run_id: run },
    z.unknown(),
  )
}
