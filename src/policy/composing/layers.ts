import type { BypassTerms, Entry, Group, Layer, OverrideTerms, ProtectionTerms } from '../gate.js'
import { resolvePeople, type Scope } from './groups.js'
import type { PeopleReference } from '../parameters.js'
import type { ReleaseSection } from '../reading/policy-document.js'
import type { RawProtection } from './protection-terms.js'
import { EVENTS } from '../rules/event.js'
import type { LayerName } from '../verdict.js'

/** What one layer's entries are resolved with. */
export interface Resolving {
  readonly scope: Scope
  readonly defaultBranch: string
}

/** A layer of a merge, policy or push gate: rules only. */
export const plainLayer = (name: LayerName, entries: readonly Entry[], resolving: Resolving): Layer => ({
  name,
  entries: resolveEntries(entries, resolving),
  rollback: null,
  override: null,
  bypass: null,
})

/**
 * A layer of a release gate. One that has no `release` of its own may still bring an override or a rollback list.
 * `events`: those that the layer may name, and its override let in.
 */
export const releaseLayer = (
  name: LayerName,
  section: ReleaseSection,
  resolving: Resolving,
  events: readonly string[] = EVENTS,
): Layer => {
  const { rollback, override, bypass } = section
  const group = (people: PeopleReference): Group => resolvePeople(people, resolving.scope)
  const groupOrNobody = (people: PeopleReference | null) => (people === null ? null : group(people))
  return {
    name,
    entries: resolveEntries(section.release ?? [], resolving),
    rollback: rollback && { within: rollback.within, entries: resolveEntries(rollback.entries, resolving) },
    override:
      override &&
      ({
        ...override,
        events,
        by: group(override.by),
        reviewedBy: groupOrNobody(override.reviewedBy),
      } satisfies OverrideTerms),
    bypass: bypass && ({ ...bypass, reviewedBy: groupOrNobody(bypass.reviewedBy) } satisfies BypassTerms),
  }
}

/** Protection with its groups resolved. */
export const resolveProtection = ({ bypass, ...terms }: RawProtection, scope: Scope): ProtectionTerms => ({
  ...terms,
  ...(bypass === undefined ? {} : { bypass: bypass.map((people) => resolvePeople(people, scope)) }),
})

const resolveEntries = (entries: readonly Entry[], resolving: Resolving): readonly Entry[] =>
  entries.map((entry) => resolveEntry(entry, resolving))

const resolveEntry = (entry: Entry, resolving: Resolving): Entry => {
  switch (entry.kind) {
    case 'rule':
      return { ...entry, params: resolveParameters(entry, resolving) }
    case 'all':
    case 'any':
      return { ...entry, entries: resolveEntries(entry.entries, resolving) }
    case 'not':
      return { ...entry, entry: resolveEntry(entry.entry, resolving) }
    case 'when':
      return {
        ...entry,
        conditions: resolveEntries(entry.conditions, resolving),
        require: resolveEntries(entry.require, resolving),
      }
  }
}

const resolveParameters = (
  { rule, params }: Extract<Entry, { kind: 'rule' }>,
  { scope, defaultBranch }: Resolving,
): unknown => {
  const resolved = (rule.groups ?? []).reduce(
    (changed, path) => replaceAt(changed, path.split('.'), (people) => resolvePeople(people as PeopleReference, scope)),
    params,
  )
  return rule.name === 'ref'
    ? replaceAt(resolved, ['branches', '*'], (glob) => (glob === '~default' ? literal(defaultBranch) : glob))
    : resolved
}

/** Replaces what stands at a path; `*` is every item of a list. Where there is nothing, nothing changes. */
const replaceAt = (value: unknown, path: readonly string[], replace: (found: unknown) => unknown): unknown => {
  const [first, ...rest] = path
  if (value === undefined || value === null) return value
  if (first === undefined) return replace(value)
  if (first === '*') return Array.isArray(value) ? value.map((item: unknown) => replaceAt(item, rest, replace)) : value
  if (typeof value !== 'object' || !Object.hasOwn(value, first)) return value
  return { ...value, [first]: replaceAt((value as Readonly<Record<string, unknown>>)[first], rest, replace) }
}

/** A glob that fits this name alone. */
const literal = (name: string): string => name.replace(/[*?[\]{}\\]/g, '[$&]')
