import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import type { Facts } from '../../src/policy/facts.js'
import type { Policies } from '../../src/policy/composing/gates.js'
import type { Verdict } from '../../src/policy/verdict.js'
import { findingsIn, mergeCase, NOW, policies, releaseCase, type Case } from './given.js'
import { entries, EXTRAS, FREEZES, MERGE, RELEASE, written, type Tree } from './properties-gates.js'
import { rawChange, rawDeployment, TEAMS, type Raw } from './properties-subjects.js'

/** A subject and the gate that judges it, before facts are made of it. */
export interface Made {
  readonly kind: 'merge' | 'release'
  readonly raw: Raw
  readonly list: readonly Tree[]
  /** Everything of the section but its list of rules. */
  readonly more: readonly string[]
  readonly freezes: readonly string[]
}

/** The policy of a gate with this list. */
export const policyOf = ({ kind, more, freezes }: Made, list: readonly Tree[]): string => {
  const frozen = freezes.length === 0 ? '' : `\nfreezes: [${freezes.join(', ')}]`
  const section = [`${kind}: ${written(list)}`, ...more].join(', ')
  return kind === 'merge'
    ? `branches: { main: { ${section} } }${frozen}`
    : `environments: { production: { ${section} } }${frozen}`
}

export const caseOf = ({ kind }: Pick<Made, 'kind'>, given: Policies, raw: Raw, teams = TEAMS): Case =>
  kind === 'merge' ? mergeCase(given, raw, { teams: teams ?? {} }) : releaseCase(given, raw, { teams: teams ?? {} })

/** The gate and the facts of what was made; another raw subject or other teams in their place. */
export const made = (each: Made, raw: Raw = each.raw, teams = TEAMS): Case =>
  caseOf(each, policies(policyOf(each, each.list)), raw, teams)

const freezes = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray([...FREEZES]))

export const releases: fc.Arbitrary<Made> = fc
  .tuple(rawDeployment, entries(RELEASE), fc.subarray([...EXTRAS]), freezes)
  .map(([raw, list, more, frozen]) => ({ kind: 'release', raw, list, more, freezes: frozen }))

export const merges: fc.Arbitrary<Made> = fc
  .tuple(rawChange, entries(MERGE), fc.boolean(), freezes)
  .map(([raw, list, distinct, frozen]) => ({
    kind: 'merge',
    raw,
    list,
    more: [`distinct: ${distinct}`],
    freezes: frozen,
  }))

export const anything: fc.Arbitrary<Made> = fc.oneof(merges, releases)

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
