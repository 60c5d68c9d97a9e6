import { currentAttempt } from '../views/actions.js'
import { refuseEnvironment, releaseEnvironment } from './actions.js'
import { unprocessable } from '../http/problem.js'
import type { App } from '../state/apps.js'
import type { Platform } from '../state/platform.js'
import type { WorkflowRun } from '../state/actions.js'

/** Status reports per environment of a run, and characters of each. */
export const MOST_REPORTS = 10
export const LONGEST_COMMENT = 1024

export interface Answer {
  readonly environment: string
  readonly state: string | undefined
  readonly comment: string
}

/**
 * An app answers its own rule, or reports on it. It names a run and an environment, nothing more: a late answer falls on
 * the attempt that runs now.
 */
export const answerGate = (
  platform: Platform,
  run: WorkflowRun,
  app: App,
  { environment, state, comment }: Answer,
): void => {
  const attempt = currentAttempt(run)
  const pending = attempt.pending.find((one) => one.environment.name === environment && one.apps.has(app.id))
  if (!pending) throw unprocessable(`No pending deployment protection rule for ${environment}`)
  if (comment.length > LONGEST_COMMENT)
    throw unprocessable(`comment is too long (maximum is ${LONGEST_COMMENT} characters)`)
  const decision = state === 'approved' || state === 'rejected' ? state : null
  const reports = run.answers.filter(
    (one) => one.environment === environment && one.attempt === attempt.number && one.state === null,
  )
  if (decision === null && reports.length >= MOST_REPORTS)
    throw unprocessable(`No more than ${MOST_REPORTS} status reports`)
  run.answers.push({ environment, attempt: attempt.number, state: decision, comment, at: platform.clock.now() })
  if (decision === 'rejected') refuseEnvironment(platform, run, pending)
  if (decision !== 'approved') return
  pending.apps.delete(app.id)
  if (pending.apps.size === 0 && !pending.needsReviewer) releaseEnvironment(platform, run, pending)
}
