import type { Entry } from '../gate.js'
import type { PolicyDocument, ReleaseSection } from './policy-document.js'
import type { GateKind } from '../verdict.js'

export type RuleEntry = Extract<Entry, { kind: 'rule' }>

/** A list of entries of a file, and the kind of gate it belongs to. */
export interface EntryList {
  readonly kind: GateKind
  readonly entries: readonly Entry[]
  /** The environment that the list is about, where it is about one. */
  readonly environment: string | null
}

/** Every list of entries in a file. */
export const listsIn = (policy: PolicyDocument): readonly EntryList[] => [
  ...(policy.policy === null ? [] : [{ kind: 'policy' as const, entries: policy.policy.entries, environment: null }]),
  ...policy.branches.flatMap(({ merge, push }) => [
    ...(merge === null ? [] : [{ kind: 'merge' as const, entries: merge, environment: null }]),
    ...(push === null ? [] : [{ kind: 'push' as const, entries: push, environment: null }]),
  ]),
  ...policy.tiers.flatMap((tier) => releaseLists(tier, null)),
  ...policy.environments.flatMap((environment) => releaseLists(environment, environment.name)),
]

const releaseLists = ({ release, rollback }: ReleaseSection, environment: string | null): readonly EntryList[] =>
  [release, rollback?.entries].flatMap((entries) =>
    entries ? [{ kind: 'release' as const, entries, environment }] : [],
  )

/** The rules of an entry, those inside combinators too. */
export const rulesIn = (entry: Entry): readonly RuleEntry[] => {
  switch (entry.kind) {
    case 'rule':
      return [entry]
    case 'all':
    case 'any':
      return entry.entries.flatMap(rulesIn)
    case 'not':
      return rulesIn(entry.entry)
    case 'when':
      return [...entry.conditions, ...entry.require].flatMap(rulesIn)
  }
}
