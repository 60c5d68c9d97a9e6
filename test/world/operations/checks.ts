import { checkRunView, checkSuiteView, suiteState, statusView } from '../views/checks.js'
import { commitView } from '../views/repository.js'
import { fullName } from '../state/repository.js'
import type { Account } from '../state/people.js'
import type { App } from '../state/apps.js'
import type {
  CheckAction,
  CheckOutput,
  CheckRun,
  CheckStatus,
  CheckSuite,
  CommitStatus,
  Conclusion,
} from '../state/checks.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'
import type { WorkflowRun } from '../state/actions.js'

export const branchAt = (repository: Repository, sha: string): string | null =>
  [...repository.branches].find(([, tip]) => tip === sha)?.[0] ??
  repository.pulls.find(({ headSha }) => headSha === sha)?.head ??
  null

/** One suite per app and commit; GitHub Actions has one per workflow run. */
export const suiteFor = (
  platform: Platform,
  repository: Repository,
  app: App,
  sha: string,
  run: WorkflowRun | null = null,
): CheckSuite => {
  const known = run
    ? undefined
    : repository.suites.find((suite) => suite.app === app && suite.headSha === sha && suite.run === null)
  if (known) return known
  const suite = platform.make('CheckSuite', {
    app,
    headSha: sha,
    headBranch: branchAt(repository, sha),
    createdAt: platform.clock.now(),
    run,
  })
  repository.suites.push(suite)
  return suite
}

export interface CheckChange {
  readonly name?: string
  readonly status?: CheckStatus
  readonly conclusion?: Conclusion | null
  readonly externalId?: string
  readonly detailsUrl?: string
  readonly startedAt?: number
  readonly completedAt?: number
  readonly output?: Partial<CheckOutput>
  readonly actions?: readonly CheckAction[]
}

const NOTHING_SAID: CheckOutput = { title: null, summary: null, text: null }

export const createCheckRun = (
  platform: Platform,
  repository: Repository,
  suite: CheckSuite,
  change: CheckChange & { readonly name: string },
): CheckRun => {
  const completed = change.conclusion != null || change.status === 'completed'
  const status = completed ? 'completed' : (change.status ?? 'queued')
  const now = platform.clock.now()
  const run = platform.make('CheckRun', {
    suite,
    name: change.name,
    status,
    conclusion: change.conclusion ?? null,
    startedAt: change.startedAt ?? now,
    completedAt: completed ? (change.completedAt ?? now) : null,
    externalId: change.externalId ?? '',
    detailsUrl: change.detailsUrl ?? null,
    output: { ...NOTHING_SAID, ...change.output },
    actions: change.actions ?? [],
    deployment: null,
  })
  repository.checkRuns.push(run)
  tellCheck(platform, repository, 'created', run, suite.app.bot)
  if (completed) tellCompleted(platform, repository, run)
  return run
}

/** A completed run stays completed: a change of its status is accepted and does nothing; its words may still change. */
export const updateCheckRun = (
  platform: Platform,
  repository: Repository,
  run: CheckRun,
  change: CheckChange,
): void => {
  const wasCompleted = run.status === 'completed'
  if (change.name !== undefined) run.name = change.name
  if (change.externalId !== undefined) run.externalId = change.externalId
  if (change.detailsUrl !== undefined) run.detailsUrl = change.detailsUrl
  if (change.output) run.output = { ...run.output, ...change.output }
  if (change.actions) run.actions = change.actions
  if (wasCompleted) {
    if (change.conclusion != null) run.conclusion = change.conclusion
    return
  }
  const completed = change.conclusion != null || change.status === 'completed'
  run.status = completed ? 'completed' : (change.status ?? run.status)
  run.startedAt = change.startedAt ?? run.startedAt
  if (!completed) return
  run.conclusion = change.conclusion ?? run.conclusion
  run.completedAt = change.completedAt ?? platform.clock.now()
  tellCompleted(platform, repository, run)
}

const tellCompleted = (platform: Platform, repository: Repository, run: CheckRun): void => {
  tellCheck(platform, repository, 'completed', run, run.suite.app.bot)
  if (suiteState(repository, run.suite).status !== 'completed') return
  platform.tell({
    event: 'check_suite',
    action: 'completed',
    repository,
    sender: run.suite.app.bot,
    body: { check_suite: checkSuiteView(platform, repository, run.suite) },
  })
}

/** `rerequested` and `requested_action` go to the app that owns the run, and to nobody else. */
export const tellCheck = (
  platform: Platform,
  repository: Repository,
  action: string,
  run: CheckRun,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void =>
  platform.tell({
    event: 'check_run',
    action,
    repository,
    sender,
    ...(action.startsWith('re') && { onlyTo: run.suite.app }),
    body: {
      // The event knows no `waiting`.
      check_run: {
        ...checkRunView(platform, repository, run),
        ...(run.status === 'waiting' && { status: 'pending' }),
        check_suite: checkSuiteView(platform, repository, run.suite),
      },
      ...more,
    },
  })

export const setStatus = (
  platform: Platform,
  repository: Repository,
  status: Omit<CommitStatus, 'id' | 'nodeId' | 'createdAt'>,
): CommitStatus => {
  const made = platform.make('StatusContext', { ...status, createdAt: platform.clock.now() })
  repository.statuses.push(made)
  const { id, state, description, target_url, context, created_at, updated_at } = statusView(platform, repository, made)
  const branches = [...repository.branches].filter(([, tip]) => tip === status.sha)
  platform.tell({
    event: 'status',
    action: '',
    repository,
    sender: status.creator,
    body: {
      id,
      state,
      description,
      target_url,
      context,
      created_at,
      updated_at,
      sha: status.sha,
      name: fullName(repository),
      commit: commitView(platform, repository, repository.store.commit(status.sha)),
      branches: branches.map(([name, sha]) => ({
        name,
        protected: false,
        commit: { sha, url: `${platform.api}/repos/${fullName(repository)}/commits/${sha}` },
      })),
    },
  })
  return made
}
