import { classicRuleFor } from './rules.js'
import { simplePullView, reviewView, pullView } from '../views/pulls.js'
import type { Account } from '../state/people.js'
import type { Platform } from '../state/platform.js'
import type { Pull, TimelineEvent } from '../state/pulls.js'
import type { Repository } from '../state/repository.js'

interface Moved {
  readonly before: string | null
  readonly after: string | null
  readonly forced: boolean
  readonly by: Account
}

type Untimed = TimelineEvent extends infer Event
  ? Event extends TimelineEvent
    ? Omit<Event, 'id' | 'nodeId' | 'at' | 'actor'>
    : never
  : never

/** Writes into a pull request's conversation. */
export const note = (platform: Platform, pull: Pull, actor: Account | null, event: Untimed): void => {
  const id = platform.nextId(event.kind)
  pull.timeline.push({ ...event, id, nodeId: platform.nodeId(event.kind, id), at: platform.clock.now(), actor })
  pull.updatedAt = platform.clock.now()
}

export const tellPull = (
  platform: Platform,
  pull: Pull,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void =>
  platform.tell({
    event: 'pull_request',
    action,
    repository: pull.repository,
    sender,
    body: { number: pull.number, pull_request: pullView(platform, pull), ...more },
  })

export const tellReview = (
  platform: Platform,
  review: Pull['reviews'][number],
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void =>
  platform.tell({
    event: 'pull_request_review',
    action,
    repository: review.pull.repository,
    sender,
    body: {
      review: { ...reviewView(platform, review), state: review.state.toLowerCase() },
      pull_request: simplePullView(platform, review.pull),
      ...more,
    },
  })

/** A branch moved: pull requests from it have a new head; those whose head is now in their base are merged or closed. */
export const followBranch = (platform: Platform, repository: Repository, branch: string, moved: Moved): void => {
  for (const { pulls } of platform.repositories) {
    for (const pull of pulls) {
      if (pull.state === 'open' && pull.headRepository === repository && pull.head === branch)
        followHead(platform, pull, moved)
    }
  }
  for (const pull of repository.pulls) {
    if (pull.state === 'open' && pull.base === branch && moved.after !== null)
      absorb(platform, pull, moved.after, moved.before, moved.by)
  }
}

const followHead = (platform: Platform, pull: Pull, { before, after, forced, by }: Moved): void => {
  if (after === null) return closePull(platform, pull, by)
  const { repository } = pull
  pull.headSha = after
  pull.baseSha = repository.branches.get(pull.base) ?? pull.baseSha
  pull.updatedAt = platform.clock.now()
  if (forced && before !== null) note(platform, pull, by, { kind: 'HeadRefForcePushedEvent', before, after })
  if (pull.autoMerge && platform.roleOf(repository, by) === null) pull.autoMerge = null
  tellPull(platform, pull, 'synchronize', by, { before: before ?? after, after })
  if (classicRuleFor(repository, pull.base)?.protection.required_pull_request_reviews?.dismiss_stale_reviews)
    dismissStale(platform, pull, by)
  const base = repository.branches.get(pull.base)
  if (base !== undefined) absorb(platform, pull, base, null, by)
}

const dismissStale = (platform: Platform, pull: Pull, by: Account): void => {
  for (const review of pull.reviews) {
    if (review.state !== 'APPROVED') continue
    review.state = 'DISMISSED'
    tellReview(platform, review, 'dismissed', by)
  }
}

/** GitHub shows a pull request as merged as soon as its base holds its head, however that came. */
const absorb = (platform: Platform, pull: Pull, baseTip: string, before: string | null, by: Account): void => {
  if (!pull.repository.store.ancestors(baseTip).has(pull.headSha)) return
  pull.mergedAt = platform.clock.now()
  pull.mergedBy = by
  pull.mergeCommit = pull.headSha
  pull.mergedOnto = before ?? pull.baseSha
  note(platform, pull, by, { kind: 'MergedEvent' })
  closePull(platform, pull, by)
}

export const closePull = (platform: Platform, pull: Pull, by: Account): void => {
  pull.state = 'closed'
  pull.closedAt = platform.clock.now()
  pull.queueEntry = null
  pull.autoMerge = null
  note(platform, pull, by, { kind: 'ClosedEvent' })
  tellPull(platform, pull, 'closed', by)
}
