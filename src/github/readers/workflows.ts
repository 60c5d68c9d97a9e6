import { z } from 'zod'
import type { Sha, WorkflowResult } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { filled, positive, text, whole } from '../shapes.js'

/**
 * The path of a workflow file out of a run's `path`, which may carry `@ref`. A name that itself ends like a workflow file
 * is left alone: a file called `release.yml@x.yml` must not pass for `release.yml`.
 */
export const workflowPath = (path: string): string =>
  /\.ya?ml$/i.test(path) ? path : (/^(.+\.ya?ml)@.*$/is.exec(path)?.[1] ?? path)

const row = z.object({
  id: positive,
  path: filled,
  run_attempt: whole.nullish(),
  head_sha: filled,
  status: text.nullable(),
  conclusion: text.nullable(),
})

/** GitHub shows at most this many runs of a search. */
const CAP = 1_000

/** The newest completed run of each workflow on a commit. */
export const readWorkflows = async (scope: Scope, sha: Sha): Promise<readonly WorkflowResult[]> => {
  const runs = await scope.api.all(
    `workflow runs of ${sha}`,
    'GET /repos/{owner}/{repo}/actions/runs',
    { owner: scope.owner, repo: scope.repo, head_sha: sha },
    row,
    { rows: 'workflow_runs', most: CAP - 1 },
  )
  const newest = new Map<string, z.infer<typeof row>>()
  for (const run of runs) {
    if (run.head_sha !== sha || run.status !== 'completed' || run.conclusion === null) continue
    const path = workflowPath(run.path)
    const known = newest.get(path)
    if (!known || run.id > known.id) newest.set(path, run)
  }
  return [...newest].map(([path, { conclusion }]) => ({ path, conclusion: (conclusion ?? '').toLowerCase() }))
}
