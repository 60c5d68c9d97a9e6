import { addDeployment, addDeploymentStatus, workflowView } from './deployments.js'
import { createCheckRun, suiteFor, updateCheckRun } from './checks.js'
import { currentAttempt, deploymentView, environmentName, jobView, pendingView, runView } from '../views/actions.js'
import { deploymentUrl, requestGate } from './gates.js'
import { environmentNamed, mayDeploy } from './environments.js'
import { must } from '../must.js'
import { userView } from '../views/people.js'
import type { Account } from '../state/people.js'
import type { Attempt, Deployment, Environment, Job, PendingDeployment, WorkflowRun } from '../state/actions.js'
import type { Conclusion } from '../state/checks.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

export interface JobPlan {
  readonly name: string
  readonly environment?: string
}

export interface NewRun {
  readonly actor: Account
  readonly event: string
  /** `refs/heads/…`, `refs/tags/…`, `refs/pull/N/merge`. */
  readonly ref: string
  readonly headBranch: string | null
  readonly sha: string
  readonly path: string
  readonly name: string
  readonly jobs: readonly JobPlan[]
  readonly headRepository?: Repository
}

export const ACTIONS_BOT = 'github-actions[bot]'

export const runWorkflow = (platform: Platform, repository: Repository, wanted: NewRun): WorkflowRun => {
  const run = platform.make('WorkflowRun', {
    number: repository.runs.length + 1,
    repository,
    headRepository: wanted.headRepository ?? repository,
    workflowId: 60_000 + [...new Set([...repository.runs.map(({ path }) => path), wanted.path])].indexOf(wanted.path),
    name: wanted.name,
    path: wanted.path,
    event: wanted.event,
    headSha: wanted.sha,
    headBranch: wanted.headBranch,
    ref: wanted.ref,
    actor: wanted.actor,
    createdAt: platform.clock.now(),
    attempts: [],
    answers: [],
    approvals: [],
  })
  repository.runs.push(run)
  startAttempt(platform, run, wanted.actor, wanted.jobs)
  return run
}

const startAttempt = (
  platform: Platform,
  run: WorkflowRun,
  by: Account,
  plans: readonly JobPlan[],
  reused: readonly Job[] = [],
): void => {
  const { repository } = run
  const app = must(
    platform.apps.find(({ slug }) => slug === 'github-actions'),
    'app github-actions',
  )
  const now = platform.clock.now()
  const suite = suiteFor(platform, repository, app, run.headSha, run)
  const attempt: Attempt = {
    number: run.attempts.length + 1,
    triggeringActor: by,
    startedAt: now,
    updatedAt: now,
    status: 'queued',
    conclusion: null,
    suite,
    jobs: [...reused],
    pending: [],
  }
  run.attempts.push(attempt)
  tellRun(platform, run, 'requested')
  for (const plan of plans) addJob(platform, run, attempt, plan)
  for (const pending of attempt.pending) requestGate(platform, run, pending)
  settle(platform, run, attempt)
}

const addJob = (
  platform: Platform,
  run: WorkflowRun,
  attempt: Attempt,
  { name, environment: wanted }: JobPlan,
): void => {
  const { repository } = run
  const environment = wanted === undefined ? null : environmentNamed(platform, repository, wanted)
  const pending = environment && hold(platform, attempt, environment)
  const check = createCheckRun(platform, repository, attempt.suite, { name, status: pending ? 'waiting' : 'queued' })
  const job: Job = {
    id: check.id,
    name,
    check,
    environment: environment?.name ?? null,
    createdAt: platform.clock.now(),
    startedAt: null,
    deployment: null,
  }
  attempt.jobs.push(job)
  if (environment && !mayDeploy(repository, environment, run.ref)) return finishJob(platform, run, job, 'failure')
  if (environment) {
    const bot = platform.account(ACTIONS_BOT)
    const deployment = addDeployment(
      platform,
      repository,
      { sha: run.headSha, ref: run.headBranch ?? run.headSha, environment: environment.name, creator: bot, run },
      attempt.triggeringActor,
    )
    job.deployment = deployment.id
    check.deployment = deployment.id
    addDeploymentStatus(platform, deployment, {
      state: pending ? 'waiting' : 'queued',
      creator: bot,
      logUrl: deploymentUrl(platform, run, job),
    })
  }
  tellJob(platform, run, attempt, job, pending ? 'waiting' : 'queued')
  if (!pending) startJob(platform, run, attempt, job)
}

/** What keeps the environment shut for this attempt; `null`: nothing does. */
const hold = (platform: Platform, attempt: Attempt, environment: Environment): PendingDeployment | null => {
  const known = attempt.pending.find((pending) => pending.environment === environment)
  if (known) return known
  const apps = environment.customRules.filter(({ enabled }) => enabled).map(({ app }) => app.id)
  if (apps.length === 0 && environment.reviewers.length === 0 && environment.waitTimer === 0) return null
  const pending: PendingDeployment = {
    environment,
    apps: new Set(apps),
    needsReviewer: environment.reviewers.length > 0,
    since: platform.clock.now(),
  }
  attempt.pending.push(pending)
  return pending
}

const startJob = (platform: Platform, run: WorkflowRun, attempt: Attempt, job: Job): void => {
  job.startedAt = platform.clock.now()
  updateCheckRun(platform, run.repository, job.check, { status: 'in_progress', startedAt: job.startedAt })
  deploymentSays(platform, run, job, 'in_progress')
  tellJob(platform, run, attempt, job, 'in_progress')
}

const deploymentOf = (run: WorkflowRun, job: Job): Deployment | undefined =>
  run.repository.deployments.find(({ id }) => id === job.deployment)

const deploymentSays = (platform: Platform, run: WorkflowRun, job: Job, state: string): void => {
  const deployment = deploymentOf(run, job)
  if (deployment)
    addDeploymentStatus(platform, deployment, {
      state,
      creator: platform.account(ACTIONS_BOT),
      logUrl: deploymentUrl(platform, run, job),
    })
}

/** All rules of the environment are met (or were bypassed): its waiting jobs start. */
export const releaseEnvironment = (platform: Platform, run: WorkflowRun, pending: PendingDeployment): void => {
  const attempt = currentAttempt(run)
  attempt.pending.splice(attempt.pending.indexOf(pending), 1)
  for (const job of attempt.jobs) {
    if (job.environment !== pending.environment.name || job.check.status !== 'waiting') continue
    updateCheckRun(platform, run.repository, job.check, { status: 'queued' })
    deploymentSays(platform, run, job, 'queued')
    tellJob(platform, run, attempt, job, 'queued')
    startJob(platform, run, attempt, job)
  }
  settle(platform, run, attempt)
}

export const refuseEnvironment = (platform: Platform, run: WorkflowRun, pending: PendingDeployment): void => {
  const attempt = currentAttempt(run)
  attempt.pending.splice(attempt.pending.indexOf(pending), 1)
  for (const job of attempt.jobs) {
    if (job.environment === pending.environment.name && job.check.status === 'waiting')
      finishJob(platform, run, job, 'failure')
  }
}

export const finishJob = (platform: Platform, run: WorkflowRun, job: Job, conclusion: Conclusion): void => {
  const attempt = must(
    run.attempts.find(({ jobs }) => jobs.includes(job)),
    `job ${job.name}`,
  )
  updateCheckRun(platform, run.repository, job.check, { status: 'completed', conclusion })
  deploymentSays(
    platform,
    run,
    job,
    conclusion === 'success' ? 'success' : conclusion === 'cancelled' ? 'error' : 'failure',
  )
  tellJob(platform, run, attempt, job, 'completed')
  settle(platform, run, attempt)
}

/** The run's state follows from its jobs. */
const settle = (platform: Platform, run: WorkflowRun, attempt: Attempt): void => {
  const before = attempt.status
  const states = attempt.jobs.map(({ check }) => check.status)
  attempt.updatedAt = platform.clock.now()
  attempt.status = states.every((state) => state === 'completed')
    ? 'completed'
    : states.includes('in_progress')
      ? 'in_progress'
      : states.includes('waiting')
        ? 'waiting'
        : 'in_progress'
  if (attempt.status === before) return
  if (attempt.status === 'waiting') return
  if (attempt.status === 'in_progress') return tellRun(platform, run, 'in_progress')
  const conclusions = attempt.jobs.map(({ check }) => check.conclusion)
  attempt.conclusion = conclusions.includes('failure')
    ? 'failure'
    : conclusions.includes('cancelled')
      ? 'cancelled'
      : conclusions.every((one) => one === 'skipped') && conclusions.length > 0
        ? 'skipped'
        : 'success'
  tellRun(platform, run, 'completed')
}

/** A new attempt at the same commit and ref; with `failedOnly` the jobs that succeeded are taken over. */
export const rerun = (platform: Platform, run: WorkflowRun, by: Account, failedOnly: boolean): void => {
  const { jobs, pending } = currentAttempt(run)
  pending.length = 0
  const kept = failedOnly ? jobs.filter(({ check }) => check.conclusion === 'success') : []
  const again = jobs
    .filter((job) => !kept.includes(job))
    .map(({ name, environment }) => ({ name, ...(environment !== null && { environment }) }))
  startAttempt(platform, run, by, again, kept)
}

export const cancelRun = (platform: Platform, run: WorkflowRun): void => {
  const attempt = currentAttempt(run)
  attempt.pending.length = 0
  for (const job of attempt.jobs) if (job.check.status !== 'completed') finishJob(platform, run, job, 'cancelled')
}

export const tellRun = (platform: Platform, run: WorkflowRun, action: string): void =>
  platform.tell({
    event: 'workflow_run',
    action,
    repository: run.repository,
    sender: currentAttempt(run).triggeringActor,
    body: { workflow: workflowView(platform, run), workflow_run: runView(platform, run) },
  })

const tellJob = (platform: Platform, run: WorkflowRun, attempt: Attempt, job: Job, action: string): void => {
  const deployment = deploymentOf(run, job)
  platform.tell({
    event: 'workflow_job',
    action,
    repository: run.repository,
    sender: attempt.triggeringActor,
    body: {
      workflow_job: jobView(platform, run, attempt, job),
      ...(deployment && { deployment: deploymentView(platform, deployment) }),
    },
  })
}

/** A person answers the environment's required reviewers. */
export const reviewEnvironment = (
  platform: Platform,
  run: WorkflowRun,
  pending: PendingDeployment,
  by: Account,
  state: 'approved' | 'rejected',
  comment: string,
): void => {
  run.approvals.push({ environment: pending.environment.name, state, user: by, comment })
  pending.needsReviewer = false
  platform.tell({
    event: 'deployment_review',
    action: state,
    repository: run.repository,
    sender: by,
    body: {
      approver: userView(platform, by),
      comment,
      since: platform.clock.iso(pending.since),
      reviewers: pendingView(platform, run, pending).reviewers,
      workflow_run: runView(platform, run),
      workflow_job_runs: currentAttempt(run)
        .jobs.filter(({ environment }) => environment === pending.environment.name)
        .map((job) => ({
          id: job.id,
          name: job.name,
          status: job.check.status,
          conclusion: null,
          environment: job.environment,
          html_url: deploymentUrl(platform, run, job),
          created_at: platform.clock.iso(job.createdAt),
          updated_at: platform.clock.iso(),
        })),
    },
  })
  if (state === 'rejected') refuseEnvironment(platform, run, pending)
  else if (pending.apps.size === 0) releaseEnvironment(platform, run, pending)
}

export const approvalsView = (platform: Platform, run: WorkflowRun) =>
  run.approvals.map(({ environment, state, user, comment }) => ({
    environments: run.repository.environments
      .filter(({ name }) => name === environment)
      .map((one) => environmentName(platform, run.repository, one)),
    state,
    user: userView(platform, user),
    comment,
  }))

/** A further job of the newest attempt comes to its turn: it starts, or its environment is asked for again. */
export const startLaterJob = (platform: Platform, run: WorkflowRun, plan: JobPlan): void => {
  const attempt = currentAttempt(run)
  const before = new Set(attempt.pending)
  addJob(platform, run, attempt, plan)
  for (const pending of attempt.pending) if (!before.has(pending)) requestGate(platform, run, pending)
  settle(platform, run, attempt)
}
