import { deploymentStatusView, deploymentView, runView } from '../views/actions.js'
import type { Account } from '../state/people.js'
import type { App } from '../state/apps.js'
import type { Deployment, DeploymentStatus, WorkflowRun } from '../state/actions.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

export interface NewDeployment {
  readonly sha: string
  readonly ref: string
  readonly environment: string
  readonly creator: Account
  readonly viaApp?: App | null
  readonly run?: WorkflowRun | null
  readonly task?: string
  readonly payload?: unknown
  readonly description?: string | null
  readonly transient?: boolean
  readonly production?: boolean
}

/** `sender`: GitHub attributes a deployment of Actions to the run's actor, with a bot as creator. */
export const addDeployment = (
  platform: Platform,
  repository: Repository,
  wanted: NewDeployment,
  sender: Account = wanted.creator,
): Deployment => {
  const now = platform.clock.now()
  const deployment = platform.make('Deployment', {
    repository,
    sha: wanted.sha,
    ref: wanted.ref,
    task: wanted.task ?? 'deploy',
    payload: wanted.payload ?? {},
    environment: wanted.environment,
    originalEnvironment: wanted.environment,
    description: wanted.description ?? null,
    creator: wanted.creator,
    viaApp: wanted.viaApp ?? null,
    run: wanted.run ?? null,
    transient: wanted.transient ?? false,
    production: wanted.production ?? wanted.environment === 'production',
    createdAt: now,
    updatedAt: now,
    statuses: [],
  })
  repository.deployments.push(deployment)
  platform.tell({
    event: 'deployment',
    action: 'created',
    repository,
    sender,
    body: { deployment: deploymentView(platform, deployment), ...workflowOf(platform, deployment) },
  })
  return deployment
}

const workflowOf = (platform: Platform, { run }: Deployment) => ({
  workflow: run ? workflowView(platform, run) : null,
  workflow_run: run ? runView(platform, run) : null,
})

export const workflowView = (platform: Platform, run: WorkflowRun) => ({
  id: run.workflowId,
  node_id: platform.nodeId('Workflow', run.workflowId),
  name: run.name,
  path: run.path,
  state: 'active',
  created_at: platform.clock.iso(run.createdAt),
  updated_at: platform.clock.iso(run.createdAt),
  url: `${platform.api}/repos/${run.repository.owner.login}/${run.repository.name}/actions/workflows/${run.workflowId}`,
})

export interface NewStatus {
  readonly state: string
  readonly creator: Account
  readonly viaApp?: App | null
  readonly description?: string
  /** Relabels the deployment. */
  readonly environment?: string
  readonly logUrl?: string
  readonly environmentUrl?: string
  readonly autoInactive?: boolean
  readonly sender?: Account
}

/** A success makes older deployments of the environment inactive; no event is sent for `inactive`. */
export const addDeploymentStatus = (
  platform: Platform,
  deployment: Deployment,
  wanted: NewStatus,
): DeploymentStatus => {
  const now = platform.clock.now()
  if (wanted.environment !== undefined) deployment.environment = wanted.environment
  const status = platform.make('DeploymentStatus', {
    state: wanted.state,
    description: wanted.description ?? '',
    environment: deployment.environment,
    logUrl: wanted.logUrl ?? '',
    environmentUrl: wanted.environmentUrl ?? '',
    creator: wanted.creator,
    viaApp: wanted.viaApp ?? null,
    createdAt: now,
  })
  deployment.statuses.push(status)
  deployment.updatedAt = now
  if (wanted.state === 'success' && wanted.autoInactive !== false) retireOlder(platform, deployment)
  if (wanted.state === 'inactive') return status
  platform.tell({
    event: 'deployment_status',
    action: 'created',
    repository: deployment.repository,
    sender: wanted.sender ?? wanted.creator,
    body: {
      deployment_status: deploymentStatusView(platform, deployment, status),
      deployment: deploymentView(platform, deployment),
      ...workflowOf(platform, deployment),
    },
  })
  return status
}

const retireOlder = (platform: Platform, deployment: Deployment): void => {
  for (const older of deployment.repository.deployments) {
    if (older.id >= deployment.id || older.environment !== deployment.environment || older.transient) continue
    if (older.statuses[older.statuses.length - 1]?.state === 'success') {
      addDeploymentStatus(platform, older, { state: 'inactive', creator: deployment.creator })
    }
  }
}
