import { has, id, sha, at, type Payload } from './payload.js'
import { touchChange, wakeRepository, type Handler } from './hints.js'

/**
 * A pull request changed: judge it afresh, whatever changed. One that is merged also matters to releases that ship it;
 * one that is closed no longer weighs on others with the same head.
 */
export const onPullRequest: Handler<Payload<'pull_request'>> = (payload) => {
  const head = sha(payload, 'pull_request.head.sha')
  return [
    touchChange(payload, id(payload, 'pull_request.number'), head),
    ...(at(payload, 'pull_request.merged') === true ? [wakeRepository(payload, ['ships'])] : []),
    ...(payload.action === 'closed' ? [wakeRepository(payload, ['change'], head)] : []),
  ]
}

/** An approval is gone, or somebody objects. */
const mayClose = (payload: unknown): boolean =>
  at(payload, 'action') === 'dismissed' || at(payload, 'review.state') === 'changes_requested'

/** A review counts for its pull request, for releases that ship it, and for a release of the reviewed commit. */
export const onReview: Handler<Payload<'pull_request_review'>> = (payload) => [
  {
    ...touchChange(payload, id(payload, 'pull_request.number'), sha(payload, 'pull_request.head.sha')),
    ...(mayClose(payload) ? { closes: true } : {}),
  },
  wakeRepository(payload, ['ships']),
  ...(has(payload, 'review.commit_id') ? [wakeRepository(payload, ['reviews'], sha(payload, 'review.commit_id'))] : []),
]

/** A conversation was opened again or resolved. */
export const onReviewThread: Handler<Payload<'pull_request_review_thread'>> = (payload) => [
  touchChange(payload, id(payload, 'pull_request.number'), sha(payload, 'pull_request.head.sha')),
]
