import { z } from 'zod'
import type { ApiDeployment, WorkflowRun } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import { sameRepository, type Scope } from '../scope.js'
import { accountOrNull, filled, instant, instantOrNull, positive, text, textOrEmpty } from '../shapes.js'
import { workflowPath } from './workflows.js'

const runReply = (scope: Scope) =>
  z.object({
    id: positive,
    run_attempt: positive,
    head_sha: filled,
    head_branch: text.nullable(),
    event: filled,
    status: filled,
    conclusion: text.nullable(),
    path: filled,
    actor: accountOrNull,
    triggering_actor: accountOrNull,
    repository: sameRepository(scope),
    head_repository: z.object({ id: positive }).nullish(),
    created_at: instant,
    run_started_at: instantOrNull,
  })

/** A workflow run's present attempt. Code from anywhere but this repository counts as a fork's. */
export const readRun = async (scope: Scope, id: number): Promise<WorkflowRun> => {
  const found = await scope.api.get(
    `run ${id}`,
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
    { owner: scope.owner, repo: scope.repo, run_id: id },
    runReply(scope),
  )
  return {
    id: found.id,
    attempt: found.run_attempt,
    sha: found.head_sha,
    branch: found.head_branch,
    event: found.event,
    status: found.status,
    conclusion: found.conclusion,
    path: workflowPath(found.path),
    actor: found.actor,
    triggeringActor: found.triggering_actor,
    fork: found.head_repository?.id !== scope.id,
    createdAt: found.created_at,
    startedAt: found.run_started_at ?? found.created_at,
  }
}

const waits = z.object({ environment: z.object({ name: filled }) })

/** Environments of a run that still wait for a decision. */
export const readPending = async (scope: Scope, run: number): Promise<readonly string[]> => {
  const found = await scope.api.get(
    `what run ${run} waits for`,
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments',
    { owner: scope.owner, repo: scope.repo, run_id: run },
    z.array(waits),
  )
  return found.map(({ environment }) => environment.name)
}

/** GitHub shows at most this many runs of a search. */
const CAP = 1_000

/** Every run of a commit: their ids. */
export const readRunsOf = async (scope: Scope, sha: Sha): Promise<readonly number[]> => {
  const runs = await scope.api.all(
    `runs of ${sha}`,
    'GET /repos/{owner}/{repo}/actions/runs',
    { owner: scope.owner, repo: scope.repo, head_sha: sha },
    z.object({ id: positive }),
    { rows: 'workflow_runs', most: CAP - 1 },
  )
  return runs.map(({ id }) => id)
}

/** GitHub calls a run in progress while one of its jobs runs and another waits. */
const MAY_WAIT = ['waiting', 'in_progress'] as const

/** Runs of which a job may wait for somebody. */
export const readWaitingRuns = async (scope: Scope): Promise<readonly number[]> => {
  const found = await Promise.all(
    MAY_WAIT.map((status) =>
      scope.api.all(
        `${status} runs`,
        'GET /repos/{owner}/{repo}/actions/runs',
        { owner: scope.owner, repo: scope.repo, status },
        z.object({ id: positive }),
        { rows: 'workflow_runs' },
      ),
    ),
  )
  return [...new Set(found.flat().map(({ id }) => id))]
}

const deploymentReply = z.object({
  id: positive,
  node_id: filled.optional(),
  sha: filled,
  ref: filled,
  environment: filled,
  original_environment: filled.optional(),
  creator: accountOrNull,
  performed_via_github_app: z.object({ slug: filled }).nullish(),
  created_at: instant,
})

const statusRow = z.object({
  id: positive,
  state: filled,
  description: text.nullish(),
  created_at: instant,
  log_url: text.nullish(),
  target_url: text.nullish(),
})
export type StatusRow = z.infer<typeof statusRow>

/** Every status of a deployment. */
export const readStatuses = (scope: Scope, deployment: number): Promise<readonly StatusRow[]> =>
  scope.api.all(
    `statuses of deployment ${deployment}`,
    'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    { owner: scope.owner, repo: scope.repo, deployment_id: deployment },
    statusRow,
  )

const newest = (statuses: readonly StatusRow[]): StatusRow | undefined =>
  [...statuses].sort((one, other) => one.created_at - other.created_at || one.id - other.id).at(-1)

/** A deployment made through the API, with its newest status. */
export const readApiDeployment = async (scope: Scope, id: number): Promise<ApiDeployment> => {
  const found = await scope.api.get(
    `deployment ${id}`,
    'GET /repos/{owner}/{repo}/deployments/{deployment_id}',
    { owner: scope.owner, repo: scope.repo, deployment_id: id },
    deploymentReply,
  )
  const statuses = await readStatuses(scope, id)
  const status = newest(statuses)
  return {
    id: found.id,
    node: found.node_id,
    sha: found.sha,
    ref: found.ref,
    environment: found.environment,
    originalEnvironment: found.original_environment ?? found.environment,
    creator: found.creator,
    byApp: found.performed_via_github_app?.slug ?? null,
    createdAt: found.created_at,
    state: status?.state ?? null,
    description: status?.description ?? null,
    statuses: statuses.map(({ state, description = null, created_at: at }) => ({ state, description, at })),
  }
}

/** Whether a status says by its log that it is this run's. */
export const isOfRun = (run: number, { log_url, target_url }: Pick<StatusRow, 'log_url' | 'target_url'>): boolean =>
  [log_url, target_url].some((url) => new RegExp(`/actions/runs/${run}(?:/|$)`).test(url ?? ''))

const environmentReview = z.object({
  environments: z.array(z.object({ name: filled })),
  state: z.enum(['approved', 'rejected', 'pending']),
  comment: textOrEmpty,
  user: accountOrNull,
})

/** GitHub's own environment reviews of a run. What an unknown account or an app said is nobody's word. */
export const readEnvironmentReviews = async (scope: Scope, run: number) => {
  const found = await scope.api.get(
    `environment reviews of run ${run}`,
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
    { owner: scope.owner, repo: scope.repo, run_id: run },
    z.array(environmentReview),
  )
  return found.flatMap(({ environments, state, comment, user }) =>
    state === 'pending' || user?.kind !== 'user'
      ? []
      : [{ environments: environments.map(({ name }) => name), by: user, state, comment }],
  )
}
