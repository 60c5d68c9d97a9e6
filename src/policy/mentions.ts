import type { Entry } from './gate.js'
import type { PeopleReference } from './parameters.js'
import type { PolicyDocument, ReleaseSection } from './policy-document.js'
import type { Place } from './verdict.js'

/** A reference to people somewhere in a file. */
export interface Mention {
  readonly people: PeopleReference
  readonly place: Place
}

/** Every reference to people in a file, outside `groups`. */
export const mentions = (policy: PolicyDocument): readonly Mention[] => [
  ...(policy.policy?.entries ?? []).flatMap(mentionsIn),
  ...policy.branches.flatMap(({ merge, push, protection, place }) => [
    ...[...(merge ?? []), ...(push ?? [])].flatMap(mentionsIn),
    ...(protection?.bypass ?? []).map((people) => ({ people, place })),
  ]),
  ...[...policy.environments, ...policy.tiers].flatMap(releaseMentions),
]

const releaseMentions = ({ release, rollback, override, bypass }: ReleaseSection): readonly Mention[] => [
  ...[...(release ?? []), ...(rollback?.entries ?? [])].flatMap(mentionsIn),
  ...(override === null ? [] : [{ people: override.by, place: override.place }]),
  ...[override, bypass].flatMap((terms) =>
    terms?.reviewedBy ? [{ people: terms.reviewedBy, place: terms.place }] : [],
  ),
]

const mentionsIn = (entry: Entry): readonly Mention[] => {
  switch (entry.kind) {
    case 'rule':
      return (entry.rule.groups ?? [])
        .flatMap((path) => valuesAt(entry.params, path.split('.')))
        .map((people) => ({ people: people as PeopleReference, place: entry.place }))
    case 'all':
    case 'any':
      return entry.entries.flatMap(mentionsIn)
    case 'not':
      return mentionsIn(entry.entry)
    case 'when':
      return [...entry.conditions, ...entry.require].flatMap(mentionsIn)
  }
}

/** What stands at a path; `*` is every item of a list. */
const valuesAt = (value: unknown, path: readonly string[]): readonly unknown[] => {
  const [first, ...rest] = path
  if (value === undefined || value === null) return []
  if (first === undefined) return [value]
  if (first === '*') return Array.isArray(value) ? value.flatMap((item: unknown) => valuesAt(item, rest)) : []
  return typeof value === 'object' && Object.hasOwn(value, first)
    ? valuesAt((value as Readonly<Record<string, unknown>>)[first], rest)
    : []
}
