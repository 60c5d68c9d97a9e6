import type { Duration } from '../facts.js'
import type { FreezeTerms } from '../time/freezes.js'
import type { Entry, Gate, Tier } from '../gate.js'
import type { Groups } from '../composing/groups.js'
import type { PeopleReference } from '../parameters.js'
import type { RawProtection } from '../composing/protection-terms.js'
import type { GateKind, Place } from '../verdict.js'

/** Whose file it is: what may stand in it, and what it can bind, depends on that. */
export type PolicyOrigin = 'organisation' | 'repository' | 'built-in'

/**
 * A policy file, read and found valid by itself. People are still names: what they stand for depends on the other file,
 * and composition (`gates.ts`) resolves them.
 */
export interface PolicyDocument {
  readonly file: string
  readonly origin: PolicyOrigin
  readonly groups: Groups
  readonly policy: PolicySection | null
  readonly branches: readonly BranchSection[]
  readonly environments: readonly EnvironmentSection[]
  readonly tiers: readonly TierSection[]
  readonly freezes: readonly FreezeSection[]
  /** Which repositories an organisation's file binds; `null`: all. */
  readonly repositories: { readonly include: readonly string[]; readonly exclude: readonly string[] } | null
  /** Kinds of gates to which no repository may add anywhere. */
  readonly locked: readonly GateKind[]
  readonly mode: Gate['mode']
}

/** Who may change the policy: its list of rules, with names of people unresolved. */
export interface PolicySection {
  readonly entries: readonly Entry[]
  readonly place: Place
}

export interface BranchSection {
  /** A name, a glob, or `~default`. */
  readonly key: string
  readonly place: Place
  readonly protection: RawProtection | null
  readonly merge: readonly Entry[] | null
  readonly push: readonly Entry[] | null
  readonly distinct: boolean
  readonly locked: readonly GateKind[]
}

/** What an environment and a tier have in common. */
export interface ReleaseSection {
  readonly place: Place
  readonly release: readonly Entry[] | null
  readonly rollback: { readonly within: Duration; readonly entries: readonly Entry[] } | null
  readonly override: RawOverride | null
  readonly bypass: RawBypass | null
  readonly distinct: boolean
  readonly locked: readonly GateKind[]
}

export interface EnvironmentSection extends ReleaseSection {
  readonly name: string
  readonly tier: Tier | null
  readonly tierPlace: Place | null
}

export interface TierSection extends ReleaseSection {
  readonly tier: Tier
}

export interface RawOverride {
  readonly by: PeopleReference
  readonly count: number
  readonly expires: Duration
  readonly reviewWithin: Duration
  readonly reviewedBy: PeopleReference | null
  readonly lifts: readonly string[]
  readonly evenIfUndecided: boolean
  readonly place: Place
}

export interface RawBypass {
  readonly cancel: boolean
  readonly reviewWithin: Duration
  readonly reviewedBy: PeopleReference | null
  readonly place: Place
}

export interface FreezeSection {
  readonly terms: FreezeTerms
  readonly place: Place
}
