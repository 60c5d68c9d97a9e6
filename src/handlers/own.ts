import { at } from './payload.js'

/** What people ask of our own check runs; everything else about them is the echo of what we did. */
const ASKED_OF_US: ReadonlySet<unknown> = new Set(['requested_action', 'rerequested'])

/** Where payloads name the app that made their object. */
const MAKERS = [
  'check_run.app.id',
  'check_suite.app.id',
  'comment.performed_via_github_app.id',
  'deployment_status.performed_via_github_app.id',
] as const

/** Whether this app made what the event tells of, so that judging it again would only answer ourselves. */
export const isOwn = (payload: unknown, appId: number): boolean =>
  !ASKED_OF_US.has(at(payload, 'action')) && MAKERS.some((maker) => at(payload, maker) === appId)
