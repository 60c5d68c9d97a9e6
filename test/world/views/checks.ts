import { fullName } from '../state/repository.js'
import { appView, userView } from './people.js'
import { pullUrl, pullCommits } from './pulls.js'
import { repositoryUrl } from './repository.js'
import type { CheckRun, CheckSuite, CommitStatus } from '../state/checks.js'
import type { Platform } from '../state/platform.js'
import type { Pull } from '../state/pulls.js'
import type { Repository } from '../state/repository.js'

/** Pull requests from this repository whose head it is: empty for forks. */
export const pullsAt = (repository: Repository, sha: string): readonly Pull[] =>
  repository.pulls.filter(
    ({ state, headSha, headRepository }) => state === 'open' && headSha === sha && headRepository === repository,
  )

export const minimalPulls = (platform: Platform, repository: Repository, sha: string) =>
  pullsAt(repository, sha).map((pull) => {
    const repo = { id: repository.id, url: repositoryUrl(platform, repository), name: repository.name }
    return {
      id: pull.id,
      number: pull.number,
      url: pullUrl(platform, pull),
      head: { ref: pull.head, sha: pull.headSha, repo },
      base: { ref: pull.base, sha: pull.baseSha, repo },
    }
  })

const appOf = (platform: Platform, suite: CheckSuite) =>
  appView(
    platform,
    suite.app,
    platform.installations.find(({ app }) => app === suite.app),
  )

export const checkRunView = (platform: Platform, repository: Repository, run: CheckRun) => {
  const iso = (at: number | null) => (at === null ? null : platform.clock.iso(at))
  const url = `${repositoryUrl(platform, repository)}/check-runs/${run.id}`
  const deployment = repository.deployments.find(({ id }) => id === run.deployment)
  return {
    id: run.id,
    node_id: run.nodeId,
    head_sha: run.suite.headSha,
    name: run.name,
    external_id: run.externalId,
    url,
    html_url: `${platform.origin}/${fullName(repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${platform.origin}/apps/${run.suite.app.slug}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: iso(run.startedAt),
    completed_at: iso(run.completedAt),
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: run.suite.id },
    app: appOf(platform, run.suite),
    pull_requests: minimalPulls(platform, repository, run.suite.headSha),
    deployment: deployment && {
      url: `${repositoryUrl(platform, repository)}/deployments/${deployment.id}`,
      id: deployment.id,
      node_id: deployment.nodeId,
      task: deployment.task,
      original_environment: deployment.originalEnvironment,
      environment: deployment.environment,
      description: deployment.description,
      created_at: platform.clock.iso(deployment.createdAt),
      updated_at: platform.clock.iso(deployment.updatedAt),
      statuses_url: `${repositoryUrl(platform, repository)}/deployments/${deployment.id}/statuses`,
      repository_url: repositoryUrl(platform, repository),
    },
  }
}

/** Newest per name, as GitHub's `filter=latest`. */
export const latestRuns = (runs: readonly CheckRun[]): readonly CheckRun[] => {
  const newest = new Map<string, CheckRun>()
  for (const run of runs) {
    const key = `${run.suite.id}/${run.name}`
    if ((newest.get(key)?.id ?? 0) < run.id) newest.set(key, run)
  }
  return [...newest.values()]
}

/** A suite's state is made of its newest runs: completed only when all are. */
export const suiteState = (repository: Repository, suite: CheckSuite) => {
  const runs = latestRuns(repository.checkRuns.filter((run) => run.suite === suite))
  const open = runs.find(({ status }) => status !== 'completed')
  if (runs.length === 0) return { status: 'queued', conclusion: null }
  if (open)
    return {
      status: open.status === 'waiting' ? 'waiting' : open.status === 'queued' ? 'queued' : 'in_progress',
      conclusion: null,
    }
  const bad = runs.find(
    ({ conclusion }) => conclusion !== 'success' && conclusion !== 'neutral' && conclusion !== 'skipped',
  )
  return { status: 'completed', conclusion: bad?.conclusion ?? 'success' }
}

export const checkSuiteView = (platform: Platform, repository: Repository, suite: CheckSuite) => ({
  id: suite.id,
  node_id: suite.nodeId,
  head_branch: suite.headBranch,
  head_sha: suite.headSha,
  ...suiteState(repository, suite),
  url: `${repositoryUrl(platform, repository)}/check-suites/${suite.id}`,
  app: appOf(platform, suite),
  pull_requests: minimalPulls(platform, repository, suite.headSha),
  created_at: platform.clock.iso(suite.createdAt),
  updated_at: platform.clock.iso(),
  latest_check_runs_count: latestRuns(repository.checkRuns.filter((run) => run.suite === suite)).length,
  check_runs_url: `${repositoryUrl(platform, repository)}/check-suites/${suite.id}/check-runs`,
})

export const statusView = (platform: Platform, repository: Repository, status: CommitStatus) => ({
  url: `${repositoryUrl(platform, repository)}/statuses/${status.sha}`,
  id: status.id,
  node_id: status.nodeId,
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: platform.clock.iso(status.createdAt),
  updated_at: platform.clock.iso(status.createdAt),
  creator: userView(platform, status.creator),
})

/** Newest per context, whose case does not matter. */
export const latestStatuses = (repository: Repository, sha: string): readonly CommitStatus[] => {
  const newest = new Map<string, CommitStatus>()
  for (const status of repository.statuses) if (status.sha === sha) newest.set(status.context.toLowerCase(), status)
  return [...newest.values()]
}

/** Worst first: failure, pending, success; without any status: pending. */
export const combinedState = (statuses: readonly CommitStatus[]): string => {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure'
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success'
}

/** Pull requests that hold a commit: on the default branch only the merged one that brought it. */
export const pullsWith = (repository: Repository, sha: string): readonly Pull[] => {
  const tip = repository.branches.get(repository.defaultBranch)
  const landed = tip !== undefined && repository.store.ancestors(tip).has(sha)
  const merged = repository.pulls.filter(
    (pull) =>
      pull.mergedAt !== null &&
      (pull.mergeCommit === sha ||
        pullCommits(pull).some((commit) => commit.sha === sha) ||
        pull.rebased.includes(sha)),
  )
  if (landed) return merged
  return [
    ...merged,
    ...repository.pulls.filter(
      (pull) => pull.state === 'open' && pullCommits(pull).some((commit) => commit.sha === sha),
    ),
  ]
}
