import type { Account, RepositoryRole } from './people.js'
import type { CheckRun, CheckSuite, CommitStatus } from './checks.js'
import type { ClassicProtection, Ruleset } from './rules.js'
import type { Deployment, Environment, WorkflowRun } from './actions.js'
import type { ObjectStore } from './git.js'
import type { Pull, QueueEntry } from './pulls.js'

export interface ProtectionRule {
  readonly id: number
  readonly nodeId: string
  readonly pattern: string
  protection: ClassicProtection
}

export interface Tag {
  readonly name: string
  /** The commit, also where the tag is annotated. */
  sha: string
  /** `null`: a lightweight tag. */
  readonly object: {
    readonly sha: string
    readonly message: string
    readonly tagger: Account
    readonly at: number
  } | null
}

export interface Release {
  readonly id: number
  readonly nodeId: string
  readonly tag: string
  readonly name: string
  body: string
  readonly author: Account
  readonly draft: boolean
  readonly prerelease: boolean
  readonly createdAt: number
}

export interface Activity {
  readonly id: number
  readonly nodeId: string
  readonly type: 'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge' | 'merge_queue_merge'
  readonly ref: string
  readonly before: string
  readonly after: string
  readonly actor: Account
  readonly at: number
}

export interface Repository {
  readonly id: number
  readonly nodeId: string
  readonly owner: Account
  readonly parent: Repository | null
  readonly store: ObjectStore
  readonly createdAt: number
  name: string
  private: boolean
  archived: boolean
  defaultBranch: string
  pushedAt: number
  readonly collaborators: Map<number, RepositoryRole>
  readonly teamRoles: Map<number, RepositoryRole>
  readonly branches: Map<string, string>
  readonly tags: Map<string, Tag>
  readonly protections: ProtectionRule[]
  readonly rulesets: Ruleset[]
  readonly pulls: Pull[]
  readonly suites: CheckSuite[]
  readonly checkRuns: CheckRun[]
  readonly statuses: CommitStatus[]
  readonly environments: Environment[]
  readonly runs: WorkflowRun[]
  readonly deployments: Deployment[]
  readonly releases: Release[]
  readonly activity: Activity[]
  readonly queues: Map<string, QueueEntry[]>
  readonly issues: Map<number, { readonly number: number; readonly title: string }>
  /** Trees that are answered cut short, to see what a reader makes of it. */
  readonly truncatedTrees: Set<string>
  nextNumber: number
}

export const fullName = (repository: Repository): string => `${repository.owner.login}/${repository.name}`

export const ZERO_SHA = '0'.repeat(40)
