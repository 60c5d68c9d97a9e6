import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import { has, id, sha, text, UnexpectedPayload, type Payload } from './payload.js'
import { repositoryOf, touch, wakeRepository, type Handler } from './hints.js'
import { environmentsOf, startsOf } from './starts.js'

/** A run wants to enter an environment and waits for our answer. */
export const onProtectionRule: Handler<Payload<'deployment_protection_rule'>> = (payload) => [
  touch(
    payload,
    {
      kind: 'deployment',
      repository: repositoryOf(payload),
      environment: text(payload, 'environment'),
      run: runOf(text(payload, 'deployment_callback_url')),
    },
    has(payload, 'sha') ? { sha: sha(payload, 'sha') } : {},
  ),
]

/**
 * A deployment made through the API is judged. One that a run made comes before its job waits for an answer, and says
 * nothing yet but that somebody is on the way.
 */
export const onDeployment: Handler<Payload<'deployment'>> = (payload) => [
  wakeRepository(payload, ['running']),
  ...(has(payload, 'workflow_run') ? [] : apiDeployments(payload)),
]

/** A deployment moved on: what is released or running changed, and a job may have started without us. */
export const onDeploymentStatus: Handler<Payload<'deployment_status'>> = (payload, { now }) => [
  wakeRepository(payload, ['released', 'running', 'ships']),
  ...(has(payload, 'workflow_run') ? startsOfRun(payload, now) : apiDeployments(payload)),
]

/** Somebody used GitHub's own environment review, which a policy may count. */
export const onDeploymentReview: Handler<Payload<'deployment_review'>> = (payload) => [
  wakeRepository(payload, ['approvals', 'deployment'], sha(payload, 'workflow_run.head_sha')),
]

/** States that only a job that started reaches. One that was rejected or cancelled ends as `failure` or `error`. */
const STARTED: ReadonlySet<string> = new Set(['in_progress', 'success'])

const startsOfRun = (payload: unknown, now: Instant): readonly Hint[] =>
  STARTED.has(text(payload, 'deployment_status.state')) ? startsOf(payload, id(payload, 'workflow_run.id'), now) : []

const CALLBACK = /\/actions\/runs\/(\d{1,16})\/deployment_protection_rule\/?(?:\?|$)/

/** The run, which the payload names only within the address to answer at. That address itself is never called. */
const runOf = (callback: string): number => {
  const run = Number(CALLBACK.exec(callback)?.[1] ?? 0)
  if (Number.isSafeInteger(run) && run > 0) return run
  throw new UnexpectedPayload('deployment_callback_url', `is ${JSON.stringify(callback)}; it names no workflow run`)
}

const apiDeployments = (payload: unknown): readonly Hint[] =>
  environmentsOf(payload).map((environment) =>
    touch(
      payload,
      {
        kind: 'api_deployment',
        repository: repositoryOf(payload),
        environment,
        deployment: id(payload, 'deployment.id'),
      },
      { sha: sha(payload, 'deployment.sha') },
    ),
  )
