import type { Account, Organisation, Team } from './people.js'
import type { App, Installation } from './apps.js'
import type { CheckRun, CheckSuite, CommitStatus } from './checks.js'
import type { Comment, Pull, QueueEntry, Review, Thread } from './pulls.js'
import type { Deployment, DeploymentStatus, Environment, WorkflowRun } from './actions.js'
import type { Activity, ProtectionRule, Release, Repository } from './repository.js'
import type { Ruleset } from './rules.js'

/** Kinds of things with a node id. */
export interface Kinds {
  readonly User: Account & { readonly type: 'User' }
  readonly Bot: Account & { readonly type: 'Bot' }
  readonly Organization: Organisation & { readonly type: 'Organization' }
  readonly Team: Team
  readonly App: App
  readonly Installation: Installation & { readonly nodeId: string }
  readonly Repository: Repository
  readonly PullRequest: Pull
  readonly PullRequestReview: Review
  readonly PullRequestReviewThread: Thread
  readonly IssueComment: Comment
  readonly MergeQueueEntry: QueueEntry
  readonly CheckSuite: CheckSuite
  readonly CheckRun: CheckRun
  readonly StatusContext: CommitStatus
  readonly WorkflowRun: WorkflowRun
  readonly Environment: Environment
  readonly Deployment: Deployment
  readonly DeploymentStatus: DeploymentStatus
  readonly BranchProtectionRule: ProtectionRule
  readonly RepositoryRuleset: Ruleset
  readonly Release: Release
  readonly Activity: Activity
}

/** Everything that has a node id. */
export type Node = { readonly [Kind in keyof Kinds]: { readonly kind: Kind; readonly value: Kinds[Kind] } }[keyof Kinds]
