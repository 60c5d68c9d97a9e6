import { z } from 'zod'
import type { Scope } from '../scope.js'
import { cut } from './cut.js'

const ROUTE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule'
/** GitHub takes no longer comment. */
const COMMENT = 1_024

/** GitHub answers with nothing; a page of whatever stands in between is no answer of GitHub's. */
const nothing = z
  .unknown()
  .refine((body) => typeof body !== 'string' || body === '', 'a page, where nothing was expected')

const at = ({ owner, repo }: Scope, run: number) => ({ owner, repo, run_id: run })

/** Says on the waiting deployment why it waits, and decides nothing. */
export const report = async (scope: Scope, run: number, environment: string, text: string): Promise<void> => {
  const body = { environment_name: environment, comment: cut(text, COMMENT) }
  await scope.api.write(`the report to run ${run}, ${environment}`, ROUTE, { ...at(scope, run), ...body }, nothing)
}

/** Lets the run into the environment, or fails it. GitHub takes neither back. */
export const answer = async (
  scope: Scope,
  run: number,
  environment: string,
  state: 'approved' | 'rejected',
  comment: string,
): Promise<void> => {
  const body = { environment_name: environment, state, comment: cut(comment, COMMENT) }
  await scope.api.write(`the answer to run ${run}, ${environment}`, ROUTE, { ...at(scope, run), ...body }, nothing)
}
