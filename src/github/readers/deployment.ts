import { z } from 'zod'
import type { ApiDeployment, FactSubject, WorkflowRun } from '../../gatekeeper/ports.js'
import type { Deployment, Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { filled, textOrEmpty } from '../shapes.js'
import { isAncestor } from './compare.js'
import { findRef, NO_REF, type RefFound } from './refs.js'

export type RunSubject = Extract<FactSubject, { readonly kind: 'deployment' }>
export type ApiSubject = Extract<FactSubject, { readonly kind: 'api_deployment' }>

/** The ref that is deployed; none where a deployment was made from a bare SHA. */
export const deployedRef = (scope: Scope, subject: RunSubject | ApiSubject): Promise<RefFound> => {
  switch (subject.kind) {
    case 'deployment':
      return subject.run.branch === null ? Promise.resolve(NO_REF) : findRef(scope, subject.run.branch)
    case 'api_deployment': {
      const { ref, sha } = subject.deployment
      return ref === sha ? Promise.resolve(NO_REF) : findRef(scope, ref)
    }
  }
}

const blob = z.object({ type: filled, sha: filled })

const blobAt = (scope: Scope, path: string, ref: Sha) =>
  scope.api.find(
    `${path} at ${ref}`,
    'GET /repos/{owner}/{repo}/contents/{path}',
    { owner: scope.owner, repo: scope.repo, path, ref },
    blob,
  )

/** Whether the workflow that runs is, byte for byte, the default branch's; a file that is not shown is not. */
const isAsDefault = async (scope: Scope, path: string, sha: Sha, tip: Sha): Promise<boolean> => {
  if (sha === tip) return true
  const [here, there] = await Promise.all([blobAt(scope, path, sha), blobAt(scope, path, tip)])
  return here !== null && there !== null && here.type === 'file' && there.type === 'file' && here.sha === there.sha
}

const release = z.object({ body: textOrEmpty })

const releaseNotes = async (scope: Scope, { ref, kind }: RefFound): Promise<string | null> => {
  if (ref === null || kind !== 'tag') return null
  const tag = ref.slice('refs/tags/'.length)
  const found = await scope.api.find(
    `release ${tag}`,
    'GET /repos/{owner}/{repo}/releases/tags/{tag}',
    { owner: scope.owner, repo: scope.repo, tag },
    release,
  )
  return found?.body ?? null
}

const isReachable = async (scope: Scope, sha: Sha, { tip }: RefFound): Promise<boolean> =>
  tip !== null && isAncestor(scope, sha, tip)

/**
 * Nobody starts a schedule; whoever runs it again starts that attempt. That GitHub does not name a starter is no schedule.
 */
const starters = ({
  id,
  event,
  attempt,
  actor,
  triggeringActor,
}: WorkflowRun): Pick<Deployment, 'by' | 'startedBy'> => {
  const by = triggeringActor ?? (attempt === 1 ? actor : null)
  if (event === 'schedule') return { by: attempt === 1 ? null : by, startedBy: null }
  if (by === null || actor === null)
    throw unreadable(`who started run ${id}`, 'GitHub does not name a person or an app')
  return { by, startedBy: actor }
}

/** What asks to be released, with the ref that it came from and the workflow that would do it. */
export const readDeployment = async (
  scope: Scope,
  subject: RunSubject | ApiSubject,
  found: RefFound,
  tip: () => Promise<Sha>,
): Promise<Deployment> => {
  const { environment, requestedAt } = subject
  const sha = subject.kind === 'deployment' ? subject.run.sha : subject.deployment.sha
  const [reachable, notes] = await Promise.all([isReachable(scope, sha, found), releaseNotes(scope, found)])
  const common = {
    environment,
    sha,
    ref: found.ref,
    sameNamedRef: found.ambiguous,
    reachable,
    requestedAt,
    releaseNotes: notes,
  }
  switch (subject.kind) {
    case 'deployment': {
      const { run } = subject
      const sameAsDefault = await isAsDefault(scope, run.path, run.sha, await tip())
      const workflow = { path: run.path, sameAsDefault }
      return { ...common, ...starters(run), event: run.event, attempt: run.attempt, workflow, fork: run.fork }
    }
    case 'api_deployment':
      return { ...common, ...byApi(subject.deployment) }
  }
}

const byApi = ({ creator }: ApiDeployment) => ({
  event: 'api',
  by: creator,
  startedBy: creator,
  attempt: 1,
  workflow: null,
  fork: false,
})
