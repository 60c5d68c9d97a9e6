import { different, overall, stronger, weaker, within, type Change, type Direction } from './changes.js'
import { entriesText, entryText, signatureOf } from './entry-text.js'
import { eventChanges, withoutEvents } from './events.js'
import { ruleChanges } from './rules.js'
import type { Entry } from '../gate.js'
import type { GateKind } from '../verdict.js'
import { rulesIn } from '../reading/walk.js'

/**
 * What another list of entries asks, groups resolved. Whatever is not shown to be at least as strict is weaker or
 * different: an entry must find its counterpart, one for one, so that people count once under `distinct` too.
 */
export const listChanges = (before: readonly Entry[], after: readonly Entry[], kind: GateKind): readonly Change[] =>
  kind === 'release'
    ? [
        ...eventChanges(before, after, isActive(before)),
        ...plainChanges(withoutEvents(before), withoutEvents(after), kind, isActive(before)),
      ]
    : plainChanges(before, after, kind, isActive(before))

/** Whether something in a list is asked whatever the facts: a list that may ask nothing keeps its gate shut then. */
export const isActive = (entries: readonly Entry[]): boolean => entries.some(asksAlways)

const asksAlways = (entry: Entry): boolean => {
  switch (entry.kind) {
    case 'rule':
    case 'not':
      return true
    case 'all':
    case 'any':
      return isActive(entry.entries)
    case 'when':
      return false
  }
}

const spliced = (entries: readonly Entry[]): readonly Entry[] =>
  entries.flatMap((entry) => (entry.kind === 'all' ? spliced(entry.entries) : [entry]))

const plainChanges = (
  before: readonly Entry[],
  after: readonly Entry[],
  kind: GateKind,
  active: boolean,
): readonly Change[] => {
  const { changes, gone, come } = paired(spliced(before), spliced(after), (old, now) =>
    entryChanges(old, now, kind, active),
  )
  return [
    ...changes,
    ...gone.map((entry) => weaker(`${entryText(entry)} is no longer asked`)),
    ...come.map((entry) => added(entry, kind, active)),
  ]
}

/** One demand more opens nothing, but where nothing was asked before, or where it tells from which commit on to look. */
const added = (entry: Entry, kind: GateKind, active: boolean): Change => {
  const words = `${entryText(entry)} is asked too`
  if (!active) return different(`${words}; before, the gate stayed shut where none of its conditions held`)
  const begins = rulesIn(entry).some(
    ({ rule, params }) => rule.name === 'reviewed' && (params as { readonly since?: string }).since !== undefined,
  )
  return kind === 'release' && begins
    ? different(`${words}, which also tells from where on commits ship`)
    : stronger(words)
}

/** How two entries that stand for each other differ; `null`: they are not about the same. */
const entryChanges = (before: Entry, after: Entry, kind: GateKind, active: boolean): readonly Change[] | null => {
  if (before.kind === 'rule' && after.kind === 'rule')
    return before.rule.name === after.rule.name
      ? ruleChanges(before.rule.name, before.params, after.params, kind)
      : null
  if (before.kind === 'when' && after.kind === 'when') return whenChanges(before, after, kind)
  if (after.kind === 'when') return onlyWhere(before, after, kind)
  if (before.kind === 'when') return everywhere(before, after, kind, active)
  if (before.kind !== 'any' && after.kind !== 'any') return null
  return alternatives(
    before.kind === 'any' ? before.entries : [before],
    after.kind === 'any' ? after.entries : [after],
    kind,
  )
}

type When = Extract<Entry, { kind: 'when' }>

const conditionsOf = ({ conditions }: When): string => conditions.map(signatureOf).sort().join()

const whenChanges = (before: When, after: When, kind: GateKind): readonly Change[] | null =>
  conditionsOf(before) === conditionsOf(after)
    ? within(
        `where ${entriesText(after.conditions)}`,
        plainChanges(before.require, after.require, kind, isActive(before.require)),
      )
    : null

/** What was asked always is asked under a condition now. */
const onlyWhere = (before: Entry, after: When, kind: GateKind): readonly Change[] | null => {
  const changes = after.require.map((entry) => sameOrChanges(before, entry, kind)).find((found) => found !== null)
  if (changes === undefined || changes === null) return null
  return [weaker(`${entryText(before)} is asked only where ${entriesText(after.conditions)}`), ...changes]
}

/** What was asked under a condition is asked always now. Of some conditions nobody can tell whether they hold. */
const everywhere = (before: When, after: Entry, kind: GateKind, active: boolean): readonly Change[] | null => {
  const [only, ...more] = before.require
  const changes = only === undefined || more.length > 0 ? null : sameOrChanges(only, after, kind)
  if (changes === null) return null
  const words = `${entryText(after)} is asked always, not only where ${entriesText(before.conditions)}`
  const tells = before.conditions.flatMap(rulesIn).every(({ rule }) => !ABOUT_PEOPLE.includes(rule.name))
  return [active && tells ? stronger(words) : different(words), ...changes]
}

/** Predicates that are undecided about somebody without an account, however much is known. */
const ABOUT_PEOPLE: readonly string[] = ['author', 'contributors', 'deployer', 'actor', 'signed']

const sameOrChanges = (before: Entry, after: Entry, kind: GateKind): readonly Change[] | null =>
  signatureOf(before) === signatureOf(after) ? [] : entryChanges(before, after, kind, true)

/** Of `any`: an alternative more is weaker. One fewer is stronger, unless people in it could reject a release. */
const alternatives = (before: readonly Entry[], after: readonly Entry[], kind: GateKind): readonly Change[] | null => {
  const { changes, gone, come, alike } = paired(before, after, (old, now) => entryChanges(old, now, kind, true))
  if (alike === 0) return null
  const all = [
    ...changes,
    ...come.map((entry) => weaker(`${entryText(entry)} is enough too`)),
    ...gone.map((entry) => {
      const words = `${entryText(entry)} is no longer enough`
      return kind === 'release' && couldReject(entry)
        ? different(`${words}, and those it named can no longer reject`)
        : stronger(words)
    }),
  ]
  return isActive(before) && isActive(after) ? all : all.map(({ words }) => different(words))
}

const couldReject = (entry: Entry): boolean => rulesIn(entry).some(({ rule }) => rule.name === 'approval')

interface Paired {
  readonly changes: readonly Change[]
  readonly gone: readonly Entry[]
  readonly come: readonly Entry[]
  /** How many stand for each other, equal or changed. */
  readonly alike: number
}

const RANK: Readonly<Record<Direction | 'same', number>> = { same: 0, stronger: 1, weaker: 2, different: 3 }

/** Finds for each entry its counterpart: the same first, then whatever differs least. */
const paired = (
  before: readonly Entry[],
  after: readonly Entry[],
  compare: (before: Entry, after: Entry) => readonly Change[] | null,
): Paired => {
  const { left, right } = withoutEqual(before, after)
  const pairs = left
    .flatMap((old) => right.map((now) => ({ old, now, changes: compare(old, now) })))
    .filter((pair): pair is Pair => pair.changes !== null)
    .sort((a, b) => RANK[overall(a.changes)] - RANK[overall(b.changes)] || a.changes.length - b.changes.length)
  const taken = new Set<Entry>()
  const chosen: Pair[] = []
  for (const pair of pairs) {
    if (taken.has(pair.old) || taken.has(pair.now)) continue
    taken.add(pair.old).add(pair.now)
    chosen.push(pair)
  }
  return {
    changes: chosen.flatMap(({ changes }) => changes),
    gone: left.filter((entry) => !taken.has(entry)),
    come: right.filter((entry) => !taken.has(entry)),
    alike: before.length - left.length + chosen.length,
  }
}

interface Pair {
  readonly old: Entry
  readonly now: Entry
  readonly changes: readonly Change[]
}

const withoutEqual = (before: readonly Entry[], after: readonly Entry[]) => {
  const right = [...after]
  const left = before.filter((entry) => {
    const index = right.findIndex((other) => signatureOf(other) === signatureOf(entry))
    if (index >= 0) right.splice(index, 1)
    return index < 0
  })
  return { left, right }
}
