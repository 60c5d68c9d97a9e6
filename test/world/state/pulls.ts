import type { Account } from './people.js'
import type { Repository } from './repository.js'

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'

export interface Review {
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  /** `null`: a deleted account ("ghost"). */
  user: Account | null
  state: ReviewState
  /** `null` after garbage collection. */
  commit: string | null
  body: string
  readonly submittedAt: number
  editedAt: number | null
  editor: Account | null
}

export interface Thread {
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  readonly path: string
  readonly comments: {
    readonly id: number
    readonly nodeId: string
    readonly user: Account
    readonly body: string
    readonly at: number
  }[]
  resolvedBy: Account | null
}

export interface Comment {
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  readonly user: Account | null
  /** The app that wrote it. */
  readonly viaApp: number | null
  readonly createdAt: number
  readonly createdViaEmail: boolean
  body: string
  updatedAt: number
  editedAt: number | null
  editor: Account | null
  minimized: boolean
  readonly reactions: {
    readonly id: number
    readonly nodeId: string
    readonly user: Account
    readonly content: string
    readonly at: number
  }[]
}

/** What the conversation shows of what was done to a pull request. */
export type TimelineEvent = {
  readonly id: number
  readonly nodeId: string
  readonly at: number
  readonly actor: Account | null
} & (
  | { readonly kind: 'BaseRefChangedEvent'; readonly previous: string; readonly current: string }
  | { readonly kind: 'HeadRefForcePushedEvent'; readonly before: string; readonly after: string }
  | {
      readonly kind:
        'AutoMergeEnabledEvent' | 'AutoSquashEnabledEvent' | 'AutoRebaseEnabledEvent' | 'AutoMergeDisabledEvent'
    }
  | { readonly kind: 'AddedToMergeQueueEvent' | 'RemovedFromMergeQueueEvent' }
  | { readonly kind: 'ClosedEvent' | 'ReopenedEvent' | 'MergedEvent' | 'ReadyForReviewEvent' | 'ConvertToDraftEvent' }
  | { readonly kind: 'LabeledEvent' | 'UnlabeledEvent'; readonly label: string }
  | { readonly kind: 'RenamedTitleEvent'; readonly previous: string; readonly current: string }
)

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface QueueEntry {
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  readonly enqueuer: Account
  readonly enqueuedAt: number
  /** The merge group's head and base. */
  head: string
  base: string
  ref: string
  jump: boolean
  solo: boolean
}

export interface Pull {
  readonly id: number
  readonly nodeId: string
  readonly number: number
  readonly repository: Repository
  readonly author: Account
  /** `null`: the fork was deleted. */
  headRepository: Repository | null
  head: string
  headSha: string
  base: string
  /** The base's tip when the pull request was opened, pushed to or retargeted last: GitHub does not follow the branch. */
  baseSha: string
  title: string
  body: string
  draft: boolean
  state: 'open' | 'closed'
  labels: string[]
  /** Numbers of issues that merging closes. */
  closes: number[]
  mergedAt: number | null
  mergedBy: Account | null
  mergeCommit: string | null
  /** Commits that a rebase merge made of the pull request's own. */
  rebased: readonly string[]
  /** The base's tip just before the merge; the commits of a merged pull request are counted from it. */
  mergedOnto: string | null
  autoMerge: { readonly by: Account; readonly method: MergeMethod; readonly at: number } | null
  queueEntry: QueueEntry | null
  lastEditedAt: number | null
  editor: Account | null
  readonly createdAt: number
  updatedAt: number
  closedAt: number | null
  readonly reviews: Review[]
  readonly threads: Thread[]
  readonly comments: Comment[]
  readonly timeline: TimelineEvent[]
}
