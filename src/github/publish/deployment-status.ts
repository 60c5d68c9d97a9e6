import { z } from 'zod'
import type { Scope } from '../scope.js'
import { cut } from './cut.js'

const DESCRIPTION = 140

/** Says on a deployment that was made through the API what we think of it. GitHub does not hold it back. */
export const deploymentStatus = async (
  scope: Scope,
  deployment: number,
  state: 'queued' | 'pending' | 'failure',
  description: string,
): Promise<void> => {
  await scope.api.write(
    `the status of deployment ${deployment}`,
    'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    {
      owner: scope.owner,
      repo: scope.repo,
      deployment_id: deployment,
      state,
      description: cut(description, DESCRIPTION),
      auto_inactive: false,
    },
    z.unknown(),
  )
}
