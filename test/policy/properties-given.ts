import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import type { Facts } from '../../src/policy/facts.js'
import type { Gate } from '../../src/policy/gate.js'
import type { Policies } from '../../src/policy/composing/gates.js'
import type { RawSituation } from '../../src/policy/scenario/schema.js'
import type { Verdict } from '../../src/policy/verdict.js'
import { findingsIn, mergeCase, NOW, policies, policyCase, pushCase, releaseCase, type Case } from './given.js'
import { entries, EXTRAS, FREEZES, MERGE, plainEntries, PUSH, RELEASE, written, type Tree } from './properties-gates.js'
import {
  protection,
  rawChange,
  rawDeployment,
  rawPolicyChange,
  rawPush,
  TEAMS,
  type Raw,
} from './properties-subjects.js'

/** A subject and the gate that judges it, before facts are made of it. */
export interface Made {
  readonly kind: Gate['kind']
  readonly raw: Raw
  readonly list: readonly Tree[]
  /** Everything of the section but its list of rules. */
  readonly more: readonly string[]
  readonly freezes: readonly string[]
  /** What GitHub enforces on the branch; absent: what the policy asks. */
  readonly protection?: RawSituation['protection']
}

/** The policy of a gate with this list. */
export const policyOf = ({ kind, more, freezes }: Made, list: readonly Tree[]): string => {
  const frozen = freezes.length === 0 ? '' : `\nfreezes: [${freezes.join(', ')}]`
  const section = [`${kind}: ${written(list)}`, ...more].join(', ')
  switch (kind) {
    case 'merge':
    case 'push':
      return `branches: { main: { ${section} } }${frozen}`
    case 'policy':
      return `${section}${frozen}`
    case 'release':
      return `environments: { production: { ${section} } }${frozen}`
  }
}

const CASES = { merge: mergeCase, policy: policyCase, push: pushCase, release: releaseCase } as const

export const caseOf = (
  { kind, protection }: Pick<Made, 'kind' | 'protection'>,
  given: Policies,
  raw: Raw,
  teams = TEAMS,
): Case => CASES[kind](given, raw, { teams: teams ?? {}, ...(protection === undefined ? {} : { protection }) })

/** The gate and the facts of what was made; another raw subject or other teams in their place. */
export const made = (each: Made, raw: Raw = each.raw, teams = TEAMS): Case =>
  caseOf(each, policies(policyOf(each, each.list)), raw, teams)

const freezes = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray([...FREEZES]))
const NO_MORE = fc.constant([])

const gates = (
  kind: Gate['kind'],
  raw: fc.Arbitrary<Raw>,
  list: fc.Arbitrary<readonly Tree[]>,
  more: fc.Arbitrary<readonly string[]>,
): fc.Arbitrary<Made> => fc.record({ kind: fc.constant(kind), raw, list, more, freezes, protection })

export const releases = gates('release', rawDeployment, entries(RELEASE), fc.subarray([...EXTRAS]))
export const merges = gates(
  'merge',
  rawChange,
  entries(MERGE),
  fc.boolean().map((distinct) => [`distinct: ${distinct}`]),
)
export const pushes = gates('push', rawPush, plainEntries(PUSH), NO_MORE)
export const policyChanges = gates('policy', rawPolicyChange, entries(MERGE), NO_MORE)

/** Any gate with conditions among its entries. */
export const conditioned: fc.Arbitrary<Made> = fc.oneof(
  { weight: 3, arbitrary: merges },
  { weight: 3, arbitrary: releases },
  policyChanges,
)
export const anything: fc.Arbitrary<Made> = fc.oneof({ weight: 6, arbitrary: conditioned }, pushes)

export const opens = ({ gate, facts }: Case, other: Facts = facts): boolean =>
  decide(gate, other, NOW).decision === 'allow'

/** What of a verdict must not depend on the order of anything. */
export const gist = ({ decision, lookAgainAt, findings }: Verdict) => ({
  decision,
  lookAgainAt,
  outcomes: findingsIn(findings).map(({ rule, outcome, code, also }) => [
    rule,
    outcome,
    code,
    [...(also ?? [])].sort(),
  ]),
})
