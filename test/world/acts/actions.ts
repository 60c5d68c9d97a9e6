import { WorldOfChecks } from './checks.js'
import * as actions from '../operations/actions.js'
import { addDeployment, addDeploymentStatus } from '../operations/deployments.js'
import { currentAttempt } from '../views/actions.js'
import { disableRule, enableRule, environmentNamed, findEnvironment } from '../operations/environments.js'
import { must } from '../must.js'
import { resolve } from '../operations/git.js'
import type { Conclusion } from '../state/checks.js'
import type { Deployment, Environment, GateAnswer, Job, WorkflowRun } from '../state/actions.js'
import type { EnvironmentSettings } from '../operations/environments.js'
import type { InRepository } from '../core.js'
import type { JobPlan } from '../operations/actions.js'

export interface RunOptions extends InRepository {
  readonly by?: string
  readonly event?: string
  /** `main`, `refs/tags/v1`, `refs/pull/1/merge`; default: the default branch. */
  readonly ref?: string
  /** Default: the ref's tip. */
  readonly sha?: string
  readonly path?: string
  readonly jobs?: readonly JobPlan[]
  /** The code comes from this person's fork. */
  readonly fromFork?: string
}

type By = { readonly by: string }

/** What GitHub Actions and deployers do. */
export class WorldOfActions extends WorldOfChecks {
  async createsEnvironment(
    name: string,
    { gated = true, reviewers = [], ...settings }: EnvironmentSettings = {},
    { repo }: InRepository = {},
  ): Promise<Environment> {
    const environment = environmentNamed(this.platform, this.repository(repo), name)
    if (gated) enableRule(this.platform, environment, this.app)
    else disableRule(environment, this.app)
    const reviewer = (who: string) =>
      who.startsWith('team:')
        ? ({ type: 'Team', id: this.team(who.slice(5)).id } as const)
        : ({ type: 'User', id: this.person(who).id } as const)
    Object.assign(environment, settings, { reviewers: reviewers.map(reviewer), updatedAt: this.clock.now() })
    return environment
  }

  /** GitHub says nothing about it; waiting jobs fail. */
  async deletesEnvironment(name: string, { repo }: InRepository = {}): Promise<void> {
    const repository = this.repository(repo)
    const environment = must(findEnvironment(repository, name), `environment ${name}`)
    repository.environments.splice(repository.environments.indexOf(environment), 1)
    for (const run of repository.runs) {
      const pending = currentAttempt(run).pending.find((one) => one.environment === environment)
      if (pending) actions.refuseEnvironment(this.platform, run, pending)
    }
    await this.afterAct()
  }

  /** Jobs of gated environments wait until the app has answered; the others start at once. */
  async runsWorkflow({
    by = 'dev',
    event = 'push',
    ref,
    sha,
    path = '.github/workflows/deploy.yml',
    jobs = [{ name: 'deploy' }],
    fromFork,
    repo,
  }: RunOptions = {}): Promise<WorkflowRun> {
    const repository = this.repository(repo)
    const name = ref ?? repository.defaultBranch
    const full = name.startsWith('refs/') ? name : `refs/heads/${name}`
    const run = actions.runWorkflow(this.platform, repository, {
      actor: this.platform.findAccount(by) ?? this.person(by),
      event,
      ref: full,
      headBranch: full.replace(/^refs\/(heads|tags)\//, ''),
      sha: sha ?? must(resolve(repository, full), `ref ${full}`),
      path,
      name: path.replace(/^.*\//, '').replace(/\.ya?ml$/, ''),
      jobs,
      ...(fromFork !== undefined && { headRepository: this.forkOf(repository, fromFork) }),
    })
    await this.afterAct()
    return run
  }

  job(run: WorkflowRun, name: string): Job {
    return must(
      currentAttempt(run).jobs.find((job) => job.name === name),
      `job ${name}`,
    )
  }

  /** A further job of the run comes to its turn. */
  async startsJob(run: WorkflowRun, plan: JobPlan): Promise<void> {
    actions.startLaterJob(this.platform, run, plan)
    await this.afterAct()
  }

  async finishesJob(run: WorkflowRun, job: string, conclusion: Conclusion = 'success'): Promise<void> {
    actions.finishJob(this.platform, run, this.job(run, job), conclusion)
    await this.afterAct()
  }

  /** Same commit, same ref, next attempt. */
  async rerunsWorkflow(
    run: WorkflowRun,
    { by, failedOnly = false }: By & { readonly failedOnly?: boolean },
  ): Promise<void> {
    actions.rerun(this.platform, run, this.person(by), failedOnly)
    await this.afterAct()
  }

  async cancelsRun(run: WorkflowRun): Promise<void> {
    actions.cancelRun(this.platform, run)
    await this.afterAct()
  }

  /** An administrator starts what waits, past every rule; whether GitHub tells of it is unknown, so it does not. */
  async startsAllWaitingJobs(run: WorkflowRun, { by: _by = 'owner' }: Partial<By> = {}): Promise<void> {
    for (const pending of [...currentAttempt(run).pending]) {
      if (!pending.environment.canAdminsBypass)
        throw new Error(`${pending.environment.name} does not let administrators bypass its rules`)
      actions.releaseEnvironment(this.platform, run, pending)
    }
    await this.afterAct()
  }

  /** A person answers the environment's required reviewers. */
  async reviewsDeployment(
    run: WorkflowRun,
    environment: string,
    {
      by,
      state = 'approved',
      comment = '',
    }: By & { readonly state?: 'approved' | 'rejected'; readonly comment?: string },
  ): Promise<void> {
    const pending = must(
      currentAttempt(run).pending.find((one) => one.environment.name === environment),
      `pending ${environment}`,
    )
    actions.reviewEnvironment(this.platform, run, pending, this.person(by), state, comment)
    await this.afterAct()
  }

  /** Through the API, without GitHub Actions. */
  async createsDeployment({
    by,
    environment = 'production',
    sha,
    ref,
    payload,
    repo,
  }: By &
    InRepository & {
      readonly environment?: string
      readonly sha?: string
      readonly ref?: string
      readonly payload?: unknown
    }): Promise<Deployment> {
    const repository = this.repository(repo)
    const name = ref ?? sha ?? repository.defaultBranch
    const deployment = addDeployment(this.platform, repository, {
      sha: sha ?? must(resolve(repository, name), `ref ${name}`),
      ref: name,
      environment,
      creator: this.platform.findAccount(by) ?? this.person(by),
      payload,
    })
    await this.afterAct()
    return deployment
  }

  /** `environment` relabels the deployment. */
  async setsDeploymentStatus(
    deployment: Deployment,
    { by, state, environment }: By & { readonly state: string; readonly environment?: string },
  ): Promise<void> {
    addDeploymentStatus(this.platform, deployment, {
      state,
      creator: this.platform.findAccount(by) ?? this.person(by),
      ...(environment !== undefined && { environment }),
    })
    await this.afterAct()
  }

  /** What the app answered and commented on a run, oldest first, once everything has settled. */
  async answers(run: WorkflowRun, environment?: string): Promise<readonly GateAnswer[]> {
    await this.settled()
    return run.answers.filter((answer) => environment === undefined || answer.environment === environment)
  }

  /** Deployments of a run's current attempt, or of the repository through the API. */
  deployments({ run, repo }: InRepository & { readonly run?: WorkflowRun } = {}): readonly Deployment[] {
    return this.repository(repo).deployments.filter((deployment) => run === undefined || deployment.run === run)
  }

  attempt(run: WorkflowRun) {
    return currentAttempt(run)
  }
}
