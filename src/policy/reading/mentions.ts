import type { PeopleReference } from '../parameters.js'
import type { PolicyDocument, ReleaseSection } from './policy-document.js'
import type { Place } from '../verdict.js'
import { listsIn, rulesIn, type RuleEntry } from './walk.js'

/** A reference to people somewhere in a file. */
export interface Mention {
  readonly people: PeopleReference
  readonly place: Place
}

/** Every reference to people in a file, outside `groups`. */
export const mentions = (policy: PolicyDocument): readonly Mention[] => [
  ...listsIn(policy).flatMap(({ entries }) => entries.flatMap(rulesIn).flatMap(mentionsOf)),
  ...policy.branches.flatMap(({ protection, place }) =>
    (protection?.bypass ?? []).map((people) => ({ people, place })),
  ),
  ...[...policy.environments, ...policy.tiers].flatMap(mentionsBeside),
]

const mentionsBeside = ({ override, bypass }: ReleaseSection): readonly Mention[] => [
  ...(override === null ? [] : [{ people: override.by, place: override.place }]),
  ...[override, bypass].flatMap((terms) =>
    terms?.reviewedBy ? [{ people: terms.reviewedBy, place: terms.place }] : [],
  ),
]

const mentionsOf = ({ rule, params, place }: RuleEntry): readonly Mention[] =>
  (rule.groups ?? []).flatMap((path) =>
    valuesAt(params, path.split('.')).map((people) => ({ people: people as PeopleReference, place })),
  )

/** What stands at a path; `*` is every item of a list. */
const valuesAt = (value: unknown, path: readonly string[]): readonly unknown[] => {
  const [first, ...rest] = path
  if (value === undefined || value === null) return []
  if (first === undefined) return [value]
  if (first === '*') return Array.isArray(value) ? value.flatMap((item: unknown) => valuesAt(item, rest)) : []
  if (typeof value !== 'object' || !Object.hasOwn(value, first)) return []
  return valuesAt((value as Readonly<Record<string, unknown>>)[first], rest)
}
