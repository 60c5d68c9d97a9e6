import type { Instant, Person } from './facts.js'

/**
 * `allow`; `wait`: people, time or a re-run can cure it; `deny`: nothing can cure this attempt (a release), or not as it
 * stands (a merge); `undecided`: a fact or the policy could not be read.
 */
export type Decision = 'allow' | 'wait' | 'deny' | 'undecided'

/** `inactive`: as if the entry were absent (its `when` did not hold). */
export type Outcome = Decision | 'inactive'

/** Why something does not allow, as policy authors and scenario files name it. */
export const CODES = [
  'approval_missing',
  'approval_stale',
  'approval_rejected',
  'approver_involved',
  'approver_not_eligible',
  'objection',
  'author_not_allowed',
  'contributor_not_allowed',
  'contributor_unknown',
  'deployer_missing',
  'not_deployer',
  'actor_not_allowed',
  'check_missing',
  'check_running',
  'check_failed',
  'check_untrusted',
  'workflow_missing',
  'workflow_failed',
  'ref_not_allowed',
  'ref_ambiguous',
  'sha_not_reachable',
  'event_not_allowed',
  'workflow_not_allowed',
  'workflow_changed',
  'protection_weak',
  'not_deployed_before',
  'soaking',
  'unreviewed_commit',
  'documents_missing',
  'issue_missing',
  'window_closed',
  'frozen',
  'delayed',
  'busy',
  'outdated',
  'path_not_allowed',
  'size_not_allowed',
  'label_missing',
  'pattern_not_met',
  'tier_not_allowed',
  'draft',
  'fork_not_allowed',
  'not_signed',
  'conversations_open',
  'override_unreviewed',
  'unsatisfiable',
  'renamed',
  'tier_lowered',
  'no_rule_applies',
  'policy_invalid',
  'fact_unknown',
] as const
export type Code = (typeof CODES)[number]

/** JSON only: findings are stored, replayed and shown. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type Values = { readonly [key: string]: Json }

/** Where in which policy file an entry stands. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type LayerName =
  | 'built-in'
  | 'organisation tier'
  | 'organisation environment'
  | 'organisation branch'
  | 'organisation policy'
  | 'organisation freeze'
  | 'repository tier'
  | 'repository environment'
  | 'repository branch'
  | 'repository policy'
  | 'repository freeze'

/** Who could cure this, and who looks as if they could but may not. */
export interface WhoMayAct {
  readonly may: readonly Person[]
  readonly mayNot: readonly {
    readonly person: Person
    readonly code: Code
    /** What the code leaves open: which part somebody has in it. */
    readonly why?: string
  }[]
}

/**
 * One rule's or combinator's outcome, as data; the words live in `explain.ts`. `rule` is the rule's name, or `all`,
 * `any`, `not`, `when`, `freeze`, `rejection`, `override`, `gate`.
 */
export interface Finding {
  readonly rule: string
  readonly outcome: Outcome
  readonly code?: Code
  /** Further codes that stand beside `code` (`unsatisfiable` beside `approval_missing`). */
  readonly also?: readonly Code[]
  readonly values: Values
  readonly who?: WhoMayAct
  /** When the same facts would give another outcome, in epoch milliseconds. */
  readonly lookAgainAt?: Instant
  readonly name?: string
  readonly layer?: LayerName
  readonly place?: Place
  /** Lifted by an override: shown, not counted. */
  readonly lifted?: boolean
  readonly children?: readonly Finding[]
}

/** `policy` guards the policy file itself and is shown inside the merge gate's check. */
export type GateKind = 'merge' | 'policy' | 'push' | 'release'

export interface Verdict {
  readonly kind: GateKind
  /** The branch's or environment's name. */
  readonly gate: string
  readonly decision: Decision
  /** False: the gate has nothing to say about this subject (a policy gate of a change that touches no policy file). */
  readonly applies: boolean
  readonly findings: readonly Finding[]
  /** The earliest instant at which time alone may change the decision. */
  readonly lookAgainAt?: Instant
  /** Keys of the questions asked, sorted: an event wakes only subjects that asked its fact. */
  readonly asked: readonly string[]
  /** The release was judged by rollback lists. */
  readonly rollback?: boolean
  /** An override made the difference and is spent by answering `allow`. */
  readonly overridden?: boolean
}
