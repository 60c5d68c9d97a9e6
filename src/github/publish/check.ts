import { z } from 'zod'
import { Unreadable, type Annotation, type CheckToPost, type PostedCheck } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import type { Parameters } from '../api.js'
import type { Scope } from '../scope.js'
import { filled, positive, text, textOrEmpty } from '../shapes.js'
import { cut } from './cut.js'

const TITLE = 140
const BODY = 65_535
const ACTIONS = 3
/** GitHub takes no more annotations in one request. */
const BATCH = 50

const checkRun = z.object({
  id: positive,
  name: filled,
  head_sha: filled,
  status: text,
  conclusion: text.nullable(),
  external_id: textOrEmpty,
  app: z.object({ id: positive }).nullable(),
})
type CheckRun = z.infer<typeof checkRun>

const created = z.object({ id: positive })
const updated = created.extend({ status: text.optional(), conclusion: text.nullish() })

const annotationOf = ({ path, line, endLine, level, message }: Annotation) => ({
  path,
  start_line: line,
  end_line: endLine,
  annotation_level: level,
  message,
})

const outputOf = (check: CheckToPost, annotations: readonly Annotation[]) => ({
  title: cut(check.title, TITLE),
  summary: cut(check.summary, BODY),
  ...(check.text === undefined ? {} : { text: cut(check.text, BODY) }),
  ...(annotations.length === 0 ? {} : { annotations: annotations.map(annotationOf) }),
})

/** Open, or completed with success or failure: nothing here can say neutral or skipped, which GitHub counts as green. */
const stateOf = ({ conclusion }: CheckToPost) =>
  conclusion === null ? { status: 'in_progress' } : { status: 'completed', conclusion }

const bodyOf = (check: CheckToPost) => ({
  name: check.name,
  ...stateOf(check),
  external_id: check.externalId,
  ...(check.detailsUrl === undefined ? {} : { details_url: check.detailsUrl }),
  output: outputOf(check, (check.annotations ?? []).slice(0, BATCH)),
  actions: (check.actions ?? []).slice(0, ACTIONS),
})

const PATCH = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}'

const annotateRest = async (scope: Scope, id: number, check: CheckToPost): Promise<void> => {
  const all = check.annotations ?? []
  for (let start = BATCH; start < all.length; start += BATCH) {
    const at = { owner: scope.owner, repo: scope.repo, check_run_id: id }
    const output = outputOf(check, all.slice(start, start + BATCH))
    await scope.api.write(`annotations of check run ${id}`, PATCH, { ...at, output }, created).catch(notRefused)
  }
}

/** The run is there by then: whatever becomes of its annotations, it was not refused. */
const notRefused = (error: unknown): never => {
  throw error instanceof Unreadable ? new Unreadable(error.what, error.reason, null, error.retryAt) : error
}

/** Posts a new check run and returns its id. */
export const postCheck = async (scope: Scope, check: CheckToPost): Promise<number> => {
  const { id } = await scope.api.write(
    `the posting of ${check.name} on ${check.sha}`,
    'POST /repos/{owner}/{repo}/check-runs',
    { owner: scope.owner, repo: scope.repo, head_sha: check.sha, ...bodyOf(check) },
    created,
  )
  await annotateRest(scope, id, check)
  return id
}

/** Changes an open check run. On one that has ended GitHub accepts this and changes nothing; false: so it was. */
export const updateCheck = async (scope: Scope, id: number, check: CheckToPost): Promise<boolean> => {
  const at = { owner: scope.owner, repo: scope.repo, check_run_id: id }
  const said = await scope.api.write(`the update of check run ${id}`, PATCH, { ...at, ...bodyOf(check) }, updated)
  const wanted = stateOf(check).status
  if ((said.status ?? wanted) !== wanted || (said.conclusion ?? check.conclusion) !== check.conclusion) return false
  await annotateRest(scope, id, check)
  return true
}

const postedOf = (run: CheckRun): PostedCheck => ({
  id: run.id,
  name: run.name,
  status: run.status === 'completed' ? 'completed' : run.status === 'in_progress' ? 'in_progress' : 'queued',
  conclusion: run.conclusion,
  externalId: run.external_id,
})

const ownRuns = async (scope: Scope, sha: Sha, what: string, only: Parameters): Promise<readonly CheckRun[]> => {
  const runs = await scope.api.all(
    what,
    'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    { owner: scope.owner, repo: scope.repo, ref: sha, ...only, app_id: scope.appId, filter: 'all' },
    checkRun,
    { rows: 'check_runs' },
  )
  return runs.filter((run) => run.app?.id === scope.appId && run.head_sha === sha)
}

/** This app's newest check run of a name on a commit: the highest id, whatever GitHub calls the latest. */
export const newestCheck = async (scope: Scope, sha: Sha, name: string): Promise<PostedCheck | null> => {
  const runs = await ownRuns(scope, sha, `check runs ${name} of ${sha}`, { check_name: name })
  const own = runs.filter((run) => run.name === name)
  const newest = own.reduce<CheckRun | null>((best, run) => (best && best.id > run.id ? best : run), null)
  return newest && postedOf(newest)
}

/** This app's newest check run of each name on a commit. */
export const ownChecks = async (scope: Scope, sha: Sha): Promise<readonly PostedCheck[]> => {
  const runs = await ownRuns(scope, sha, `this app’s check runs of ${sha}`, {})
  const oldestFirst = [...runs].sort((one, other) => one.id - other.id)
  return [...new Map(oldestFirst.map((run) => [run.name, postedOf(run)])).values()]
}

/** A check run by its id; `own`: this app made it. `null`: there is none. */
export const checkById = async (
  scope: Scope,
  id: number,
): Promise<(PostedCheck & { readonly sha: Sha; readonly own: boolean }) | null> => {
  const run = await scope.api.find(
    `check run ${id}`,
    'GET /repos/{owner}/{repo}/check-runs/{check_run_id}',
    { owner: scope.owner, repo: scope.repo, check_run_id: id },
    checkRun,
  )
  return run && { ...postedOf(run), sha: run.head_sha, own: run.app?.id === scope.appId }
}
