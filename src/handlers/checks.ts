import type { Hint } from '../gatekeeper/subject.js'
import type { Sha, Topic } from '../policy/facts.js'
import { at, each, id, sha, text, type Payload } from './payload.js'
import { repositoryOf, touch, touchChange, wakeRepository, type Circumstances, type Handler } from './hints.js'

/** Every key that a subject can have asked. */
const EVERYTHING = Object.keys({
  repository: true,
  change: true,
  commits: true,
  files: true,
  reviews: true,
  comments: true,
  checks: true,
  workflows: true,
  conversations: true,
  linked_issues: true,
  diffs: true,
  protection: true,
  teams: true,
  users: true,
  roles: true,
  organizations: true,
  deployment: true,
  ships: true,
  released: true,
  running: true,
  approvals: true,
  releases: true,
  overrides: true,
  bypasses: true,
  push: true,
  policy: true,
} satisfies Record<Topic | 'policy', true>) as readonly (Topic | 'policy')[]

/** A check of any app, begun or ended: what asked for checks or workflows of this commit may be decided otherwise. */
export const onCheckRun: Handler<Payload<'check_run'>> = (payload, circumstances) => {
  const head = sha(payload, 'check_run.head_sha')
  if (at(payload, 'check_run.app.id') !== circumstances.appId) {
    return [wakeRepository(payload, ['checks', 'workflows'], head)]
  }
  if (payload.action === 'requested_action') return [press(payload, circumstances)]
  return askedAgain(payload, 'check_run', head)
}

/** The same of a whole suite. */
export const onCheckSuite: Handler<Payload<'check_suite'>> = (payload, { appId }) => {
  const head = sha(payload, 'check_suite.head_sha')
  return at(payload, 'check_suite.app.id') === appId
    ? askedAgain(payload, 'check_suite', head)
    : [wakeRepository(payload, ['checks', 'workflows'], head)]
}

/** A commit status was set. */
export const onStatus: Handler<Payload<'status'>> = (payload) => [
  wakeRepository(payload, ['checks'], sha(payload, 'sha')),
]

/** Somebody pressed a button of our own check run. Who and which are the only facts ever taken from an event. */
const press = (payload: Payload<'check_run'>, { delivery }: Circumstances): Hint =>
  touch(
    payload,
    {
      kind: 'press',
      repository: repositoryOf(payload),
      checkRun: id(payload, 'check_run.id'),
      by: id(payload, 'sender.id'),
      identifier: text(payload, 'requested_action.identifier'),
      delivery,
    },
    { sha: sha(payload, 'check_run.head_sha') },
  )

/**
 * Somebody asked our own check to run again: judge everything about its commit. The push or merge group that the check
 * is of is known already, with more than this payload tells; a pull request may share the commit without being known.
 */
const askedAgain = (payload: unknown, field: 'check_run' | 'check_suite', head: Sha): readonly Hint[] => [
  ...each(payload, `${field}.pull_requests`)
    .filter((pull) => at(pull, 'base.repo.id') === repositoryOf(payload))
    .map((pull) => touchChange(payload, id(pull, 'number'), head)),
  wakeRepository(payload, EVERYTHING, head),
]
