import type { Duration, Instant, Question } from './facts.js'
import type { AnyRule } from './rule.js'
import type { Code, Finding, GateKind, LayerName, Place, Values } from './verdict.js'

export type Tier = 'development' | 'testing' | 'staging' | 'production' | 'other'

/** A named group as a policy file writes it, resolved: the union of its parts. `key` names it for memoising. */
export interface Group {
  readonly name: string
  readonly key: string
  readonly parts: readonly GroupPart[]
}

export type GroupPart =
  | { readonly kind: 'team'; readonly slug: string; readonly id?: number; readonly inherited: boolean }
  | { readonly kind: 'user'; readonly login: string; readonly id?: number }
  | { readonly kind: 'role'; readonly role: 'read' | 'triage' | 'write' | 'maintain' | 'admin' }
  | { readonly kind: 'organization'; readonly login: string }

/** What a policy asks of GitHub's protection; a key that is absent is not asked. `admins` is true unless it says false. */
export interface ProtectionTerms {
  readonly pullRequest?: {
    readonly approvals?: number
    readonly dismissStale?: boolean
    readonly lastPush?: boolean
    readonly codeOwners?: boolean
  }
  readonly checks?: readonly string[]
  readonly upToDate?: boolean
  readonly forcePush?: boolean
  readonly deletion?: boolean
  readonly linearHistory?: boolean
  readonly signedCommits?: boolean
  readonly conversations?: boolean
  readonly admins?: boolean
  readonly bypass?: readonly Group[]
}

/** One entry of a gate's list, as parsed. */
export type Entry =
  | { readonly kind: 'rule'; readonly rule: AnyRule; readonly params: unknown; readonly place: Place }
  | { readonly kind: 'all' | 'any'; readonly entries: readonly Entry[]; readonly place: Place }
  | { readonly kind: 'not'; readonly entry: Entry; readonly place: Place }
  | {
      readonly kind: 'when'
      readonly conditions: readonly Entry[]
      readonly require: readonly Entry[]
      readonly place: Place
    }

export interface OverrideTerms {
  readonly by: Group
  readonly count: number
  readonly expires: Duration
  readonly reviewWithin: Duration
  readonly reviewedBy: Group | null
  /** Rules that it lifts besides the ordinary ones: `event`, `ref`, `workflow`. */
  readonly lifts: readonly string[]
  /** Events that it lets in where it lifts `event`: those that its layer may name. */
  readonly events: readonly string[]
  readonly evenIfUndecided: boolean
  readonly place: Place
}

export interface BypassTerms {
  readonly cancel: boolean
  readonly reviewWithin: Duration
  readonly reviewedBy: Group | null
  readonly place: Place
}

/** One layer's say in a gate. Layers of a gate stand in order, the organisation's first. */
export interface Layer {
  readonly name: LayerName
  readonly entries: readonly Entry[]
  readonly rollback: { readonly within: Duration; readonly entries: readonly Entry[] } | null
  readonly override: OverrideTerms | null
  readonly bypass: BypassTerms | null
}

/** A span in which nothing goes: half-open [from, to), or a cron start with an elapsed length. */
export interface Freeze {
  readonly name: string
  readonly layer: LayerName
  readonly place: Place
  readonly span:
    | { readonly from: Instant; readonly to: Instant }
    | { readonly cron: string; readonly lasts: Duration; readonly timezone: string }
  /** The zone it is written in; times are told in it. */
  readonly timezone?: string
  /** Binds merges too. */
  readonly merge: boolean
  /** Does not bind a rollback. */
  readonly exceptRollback: boolean
}

/**
 * A composed gate: what `decide` judges. Composition (`gates.ts`) has already matched branches and environments, found
 * the tier, resolved group names, joined protection, added the default `event` rule, and kept only freezes that cover
 * this gate.
 */
export interface Gate {
  readonly kind: GateKind
  /** The branch's or environment's name as GitHub writes it. */
  readonly name: string
  readonly tier: Tier | null
  readonly layers: readonly Layer[]
  /** Entries added unasked (the default `event` rule); they do not make a gate active. */
  readonly added: readonly Entry[]
  /** The same where the release is judged by rollback lists, which may name other events than the ordinary ones. */
  readonly addedOnRollback?: readonly Entry[]
  readonly freezes: readonly Freeze[]
  /** One person counts for one approval rule only, over the whole gate. */
  readonly distinct: boolean
  /** Joined over all keys and layers that match the branch the subject is about; for a release: by branch name. */
  readonly protectionOf: (branch: string) => ProtectionTerms
  /** Set: the gate is undecided whatever the facts (policy_invalid, tier_lowered). */
  readonly problem: { readonly code: Code; readonly also?: readonly Code[]; readonly values: Values } | null
  readonly mode: 'enforce' | 'observe' | 'observe-and-approve'
  /** The gate as the organisation's rules see it: where a first release begins, no `since` of the repository's says. */
  readonly seenByOrganisation?: true
}

/** Every question that judging this gate may need, each once. Implemented by `decide.ts`. */
export type QuestionsOf = (gate: Gate) => readonly Question[]

/** PURE: no clock, network, environment or random. Implemented by `decide.ts`. */
export type FindingOf = (gate: Gate, entry: Entry) => Finding
