import { fullName } from '../state/repository.js'
import { must, last } from '../must.js'
import { appView, teamView, userView } from './people.js'
import { minimalPulls } from './checks.js'
import { gitCommitView, repositoryUrl, repositoryView } from './repository.js'
import type {
  Attempt,
  Deployment,
  DeploymentStatus,
  Environment,
  Job,
  PendingDeployment,
  WorkflowRun,
} from '../state/actions.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

export const currentAttempt = (run: WorkflowRun): Attempt => must(last(run.attempts), `attempt of run ${run.id}`)

export const runView = (platform: Platform, run: WorkflowRun, attempt: Attempt = currentAttempt(run)) => {
  const url = `${repositoryUrl(platform, run.repository)}/actions/runs/${run.id}`
  const commit = run.repository.store.commit(run.headSha)
  const { sha, commit: _, ...head } = { ...gitCommitView(platform, run.repository, commit), commit: null }
  return {
    id: run.id,
    node_id: run.nodeId,
    name: run.name,
    check_suite_id: attempt.suite.id,
    check_suite_node_id: attempt.suite.nodeId,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: run.number,
    run_attempt: attempt.number,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflowId,
    url,
    html_url: `${platform.origin}/${fullName(run.repository)}/actions/runs/${run.id}`,
    pull_requests: minimalPulls(platform, run.repository, run.headSha),
    created_at: platform.clock.iso(run.createdAt),
    updated_at: platform.clock.iso(attempt.updatedAt),
    run_started_at: platform.clock.iso(attempt.startedAt),
    actor: userView(platform, run.actor),
    triggering_actor: userView(platform, attempt.triggeringActor),
    jobs_url: `${url}/jobs`,
    workflow_url: `${repositoryUrl(platform, run.repository)}/actions/workflows/${run.workflowId}`,
    previous_attempt_url: attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null,
    referenced_workflows: [],
    display_title: run.name,
    head_commit: {
      id: sha,
      tree_id: commit.tree,
      message: head.message,
      timestamp: platform.clock.iso(commit.committer.date),
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
    repository: repositoryView(platform, run.repository),
    head_repository: repositoryView(platform, run.headRepository),
  }
}

export const jobView = (platform: Platform, run: WorkflowRun, attempt: Attempt, job: Job) => {
  const { id, node_id, head_sha, name, status, conclusion, started_at, completed_at, html_url, url } = jobCheck(
    platform,
    run.repository,
    job,
  )
  return {
    id,
    node_id,
    head_sha,
    name,
    status,
    conclusion,
    html_url,
    run_id: run.id,
    run_url: `${repositoryUrl(platform, run.repository)}/actions/runs/${run.id}`,
    run_attempt: attempt.number,
    url: `${repositoryUrl(platform, run.repository)}/actions/jobs/${job.id}`,
    started_at: started_at ?? platform.clock.iso(job.createdAt),
    created_at: platform.clock.iso(job.createdAt),
    completed_at,
    steps: [],
    check_run_url: url,
    labels: ['ubuntu-latest'],
    runner_id: job.startedAt === null ? null : 1,
    runner_name: job.startedAt === null ? null : 'GitHub Actions 1',
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run.name,
    head_branch: run.headBranch,
  }
}

const jobCheck = (platform: Platform, repository: Repository, { check }: Job) => ({
  id: check.id,
  node_id: check.nodeId,
  head_sha: check.suite.headSha,
  name: check.name,
  status: check.status,
  conclusion: check.conclusion,
  started_at: check.startedAt === null ? null : platform.clock.iso(check.startedAt),
  completed_at: check.completedAt === null ? null : platform.clock.iso(check.completedAt),
  html_url: `${platform.origin}/${fullName(repository)}/actions/job/${check.id}`,
  url: `${repositoryUrl(platform, repository)}/check-runs/${check.id}`,
})

export const environmentView = (platform: Platform, repository: Repository, environment: Environment) => {
  const reviewers = environment.reviewers.map(({ type, id }) => ({ type, reviewer: reviewerView(platform, type, id) }))
  const rule = (type: string, more: object) => ({
    id: environment.id * 10 + type.length,
    node_id: `GA_${environment.id}${type}`,
    type,
    ...more,
  })
  return {
    id: environment.id,
    node_id: environment.nodeId,
    name: environment.name,
    url: `${repositoryUrl(platform, repository)}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${platform.origin}/${fullName(repository)}/settings/environments/${environment.id}/edit`,
    created_at: platform.clock.iso(environment.createdAt),
    updated_at: platform.clock.iso(environment.updatedAt),
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: [
      ...(environment.waitTimer > 0 ? [rule('wait_timer', { wait_timer: environment.waitTimer })] : []),
      ...(reviewers.length > 0
        ? [rule('required_reviewers', { prevent_self_review: environment.preventSelfReview, reviewers })]
        : []),
      ...(environment.branchPolicy ? [rule('branch_policy', {})] : []),
    ],
    deployment_branch_policy: environment.branchPolicy && {
      protected_branches: environment.branchPolicy === 'protected',
      custom_branch_policies: environment.branchPolicy !== 'protected',
    },
  }
}

const reviewerView = (platform: Platform, type: 'User' | 'Team', id: number) => {
  const team = [...platform.nodes.values()].find((node) => node.kind === 'Team' && node.value.id === id)
  if (type === 'Team' && team?.kind === 'Team') return teamView(platform, team.value)
  return userView(platform, must(platform.accountById(id), `reviewer ${id}`))
}

/** An environment as approvals and pending deployments name it. */
export const environmentName = (platform: Platform, repository: Repository, environment: Environment) => {
  const { id, node_id, name, url, html_url, created_at, updated_at } = environmentView(
    platform,
    repository,
    environment,
  )
  return { id, node_id, name, url, html_url, created_at, updated_at }
}

export const pendingView = (platform: Platform, run: WorkflowRun, pending: PendingDeployment) => {
  const { id, node_id, name, url, html_url } = environmentName(platform, run.repository, pending.environment)
  return {
    environment: { id, node_id, name, url, html_url },
    wait_timer: pending.environment.waitTimer,
    wait_timer_started_at: pending.environment.waitTimer > 0 ? platform.clock.iso(pending.since) : null,
    current_user_can_approve: false,
    reviewers: pending.environment.reviewers.map(({ type, id: reviewer }) => ({
      type,
      reviewer: reviewerView(platform, type, reviewer),
    })),
  }
}

export const deploymentView = (platform: Platform, deployment: Deployment) => {
  const url = `${repositoryUrl(platform, deployment.repository)}/deployments/${deployment.id}`
  return {
    url,
    id: deployment.id,
    node_id: deployment.nodeId,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload ?? {},
    original_environment: deployment.originalEnvironment,
    environment: deployment.environment,
    description: deployment.description,
    creator: userView(platform, deployment.creator),
    created_at: platform.clock.iso(deployment.createdAt),
    updated_at: platform.clock.iso(deployment.updatedAt),
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(platform, deployment.repository),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.viaApp ? appView(platform, deployment.viaApp) : null,
  }
}

export const deploymentStatusView = (platform: Platform, deployment: Deployment, status: DeploymentStatus) => {
  const url = `${repositoryUrl(platform, deployment.repository)}/deployments/${deployment.id}`
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    creator: userView(platform, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: platform.clock.iso(status.createdAt),
    updated_at: platform.clock.iso(status.createdAt),
    deployment_url: url,
    repository_url: repositoryUrl(platform, deployment.repository),
    performed_via_github_app: status.viaApp ? appView(platform, status.viaApp) : null,
  }
}
