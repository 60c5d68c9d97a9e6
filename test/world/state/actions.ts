import type { Account } from './people.js'
import type { App } from './apps.js'
import type { CheckRun, CheckSuite, CheckStatus, Conclusion } from './checks.js'
import type { Repository } from './repository.js'

export interface Reviewer {
  readonly type: 'User' | 'Team'
  readonly id: number
}

export interface Environment {
  readonly id: number
  readonly nodeId: string
  readonly name: string
  readonly createdAt: number
  updatedAt: number
  /** Minutes. */
  waitTimer: number
  reviewers: readonly Reviewer[]
  preventSelfReview: boolean
  /** `null`: any ref may deploy. */
  branchPolicy: 'protected' | readonly string[] | null
  canAdminsBypass: boolean
  /** Custom deployment protection rules, enabled per environment. */
  customRules: { readonly id: number; readonly nodeId: string; readonly app: App; enabled: boolean }[]
}

export interface Job {
  /** Also the id of its check run. */
  readonly id: number
  readonly name: string
  readonly check: CheckRun
  readonly environment: string | null
  readonly createdAt: number
  startedAt: number | null
  deployment: number | null
}

/** What the app told GitHub about one environment of one run. */
export interface GateAnswer {
  readonly environment: string
  readonly attempt: number
  /** `null`: a status report without a decision. */
  readonly state: 'approved' | 'rejected' | null
  readonly comment: string
  readonly at: number
}

/** A person's answer to an environment's required reviewers. */
export interface HumanApproval {
  readonly environment: string
  readonly state: 'approved' | 'rejected' | 'pending'
  readonly user: Account
  readonly comment: string
}

/** One environment of one attempt that holds jobs back. */
export interface PendingDeployment {
  readonly environment: Environment
  /** Apps whose rule is still open. */
  readonly apps: Set<number>
  needsReviewer: boolean
  readonly since: number
}

export interface Attempt {
  readonly number: number
  readonly triggeringActor: Account
  readonly startedAt: number
  updatedAt: number
  status: CheckStatus
  conclusion: Conclusion | null
  readonly suite: CheckSuite
  readonly jobs: Job[]
  readonly pending: PendingDeployment[]
}

export interface WorkflowRun {
  readonly id: number
  readonly nodeId: string
  readonly number: number
  readonly repository: Repository
  readonly headRepository: Repository
  readonly workflowId: number
  readonly name: string
  readonly path: string
  readonly event: string
  readonly headSha: string
  readonly headBranch: string | null
  /** What the run executes as `GITHUB_REF`. */
  readonly ref: string
  readonly actor: Account
  readonly createdAt: number
  /** Last is current. */
  readonly attempts: Attempt[]
  readonly answers: GateAnswer[]
  readonly approvals: HumanApproval[]
}

export interface DeploymentStatus {
  readonly id: number
  readonly nodeId: string
  readonly state: string
  readonly description: string
  /** A status may relabel the deployment. */
  readonly environment: string
  readonly logUrl: string
  readonly environmentUrl: string
  readonly creator: Account
  readonly viaApp: App | null
  readonly createdAt: number
}

export interface Deployment {
  readonly id: number
  readonly nodeId: string
  readonly repository: Repository
  readonly sha: string
  readonly ref: string
  readonly task: string
  readonly payload: unknown
  environment: string
  readonly originalEnvironment: string
  readonly description: string | null
  readonly creator: Account
  readonly viaApp: App | null
  readonly run: WorkflowRun | null
  readonly transient: boolean
  readonly production: boolean
  readonly createdAt: number
  updatedAt: number
  readonly statuses: DeploymentStatus[]
}
