import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import { has, id, text } from './payload.js'
import { repositoryOf, touch } from './hints.js'

/** How long our own answer may take to be on record before a start counts as one without us, in milliseconds. */
const SECOND_LOOK = 2 * 60 * 1000

/**
 * The environments that a deployment names: where it is now and, where GitHub says so, where it was made for. A later
 * status can move a deployment to another environment, so both are looked at.
 */
export const environmentsOf = (payload: unknown): readonly string[] => [
  ...new Set([
    text(payload, 'deployment.environment'),
    ...(has(payload, 'deployment.original_environment') ? [text(payload, 'deployment.original_environment')] : []),
  ]),
]

/** A job of these environments started: look, in two minutes, whether we had approved it. */
export const startsOf = (payload: unknown, run: number, now: Instant): readonly Hint[] =>
  environmentsOf(payload).map((environment) =>
    touch(
      payload,
      {
        kind: 'start',
        repository: repositoryOf(payload),
        environment,
        run,
        deployment: id(payload, 'deployment.id'),
      },
      { notBefore: now + SECOND_LOOK },
    ),
  )
