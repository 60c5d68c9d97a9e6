import type { Account } from './people.js'
import type { WorkflowRun } from './actions.js'
import type { App } from './apps.js'

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending'
export type Conclusion =
  | 'action_required'
  | 'cancelled'
  | 'failure'
  | 'neutral'
  | 'success'
  | 'skipped'
  | 'stale'
  | 'timed_out'
  | 'startup_failure'

export interface CheckSuite {
  readonly id: number
  readonly nodeId: string
  readonly app: App
  readonly headSha: string
  readonly headBranch: string | null
  readonly createdAt: number
  /** The workflow run whose jobs fill this suite. */
  run: WorkflowRun | null
}

export interface CheckAction {
  readonly label: string
  readonly description: string
  readonly identifier: string
}

export interface CheckOutput {
  readonly title: string | null
  readonly summary: string | null
  readonly text: string | null
}

export interface CheckRun {
  readonly id: number
  readonly nodeId: string
  readonly suite: CheckSuite
  name: string
  status: CheckStatus
  conclusion: Conclusion | null
  startedAt: number | null
  completedAt: number | null
  externalId: string
  detailsUrl: string | null
  output: CheckOutput
  actions: readonly CheckAction[]
  /** The deployment of the job that this check run shows. */
  deployment: number | null
}

export interface CommitStatus {
  readonly id: number
  readonly nodeId: string
  readonly sha: string
  readonly context: string
  readonly state: 'error' | 'failure' | 'pending' | 'success'
  readonly description: string | null
  readonly targetUrl: string | null
  readonly creator: Account
  readonly createdAt: number
}
