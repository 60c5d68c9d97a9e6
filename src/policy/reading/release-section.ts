import { z } from 'zod'
import { fit } from './fit.js'
import { readEntries, type EntryContext } from './entries.js'
import { count, duration, flag, peopleReference } from '../parameters.js'
import type { RawBypass, RawOverride, ReleaseSection } from './policy-document.js'
import type { Report, Span } from './problems.js'
import { asMap, isMisspelt, knownPairs, placeOf } from './sections.js'
import type { GateKind } from '../verdict.js'
import type { Node } from './yaml.js'

export const RELEASE_KEYS = ['release', 'rollback', 'override', 'bypass', 'distinct'] as const

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DEFAULT_WITHIN = 90 * DAY
const DEFAULT_REVIEW_WITHIN = 24 * HOUR
const LIFTABLE = ['event', 'ref', 'workflow'] as const

/** `override` as a policy file writes it. */
export const overrideSchema = z.strictObject({
  by: peopleReference,
  count: count.default(1),
  expires: duration.default(HOUR),
  review_within: duration.default(DEFAULT_REVIEW_WITHIN),
  reviewed_by: peopleReference.optional(),
  lifts: z.array(z.enum(LIFTABLE)).default([]),
  even_if_undecided: flag.default(false),
})

/** `bypass` as a policy file writes it. */
export const bypassSchema = z.strictObject({
  cancel: flag.default(false),
  review_within: duration.default(DEFAULT_REVIEW_WITHIN),
  reviewed_by: peopleReference.optional(),
})

/** What an environment and a tier have in common, read from the values of their keys. */
export const readRelease = (
  values: ReadonlyMap<string, Node>,
  span: Span,
  context: Omit<EntryContext, 'kind' | 'predicates'>,
): ReleaseSection => {
  const { report } = context
  const standing: EntryContext = { ...context, kind: 'release', predicates: false }
  const release = values.get('release')
  const rollback = values.get('rollback')
  const override = values.get('override')
  const bypass = values.get('bypass')
  return {
    place: placeOf(report, span),
    release: release === undefined ? null : readEntries(release, '`release`', standing),
    rollback: rollback === undefined ? null : readRollback(rollback, standing),
    override: override === undefined ? null : readOverride(override, report),
    bypass: bypass === undefined ? null : readBypass(bypass, report),
    distinct: readFlag(values.get('distinct'), 'distinct', report),
    locked: readLocked(values.get('locked'), ['release'], report),
  }
}

const readRollback = (node: Node, context: EntryContext): ReleaseSection['rollback'] => {
  const { report } = context
  const map = asMap(node, '`rollback`', report)
  if (map === null) return null
  const values = knownPairs(map, ['within', 'rules'], 'in `rollback`', report)
  const rules = values.get('rules')
  const within = values.get('within')
  if (rules === undefined && !isMisspelt(map, 'rules'))
    report.error(map.span, '`rollback` has no `rules`; without them it would ask nothing.')
  return {
    within: (within === undefined ? undefined : fit(duration, within, '`within`', report)) ?? DEFAULT_WITHIN,
    entries: rules === undefined ? [] : readEntries(rules, '`rules`', context),
  }
}

const readOverride = (node: Node, report: Report): RawOverride | null => {
  const terms = fit(overrideSchema, node, '`override`', report)
  if (terms === undefined) return null
  return {
    by: terms.by,
    count: terms.count,
    expires: terms.expires,
    reviewWithin: terms.review_within,
    reviewedBy: terms.reviewed_by ?? null,
    lifts: terms.lifts,
    evenIfUndecided: terms.even_if_undecided,
    place: placeOf(report, node.span),
  }
}

const readBypass = (node: Node, report: Report): RawBypass | null => {
  const terms = fit(bypassSchema, node, '`bypass`', report)
  if (terms === undefined) return null
  return {
    cancel: terms.cancel,
    reviewWithin: terms.review_within,
    reviewedBy: terms.reviewed_by ?? null,
    place: placeOf(report, node.span),
  }
}

/** A key that is true or false, and false where it is absent. */
export const readFlag = (node: Node | undefined, key: string, report: Report): boolean =>
  node === undefined ? false : (fit(flag, node, `\`${key}\``, report) ?? false)

/** The gates of a section to which a repository may add nothing. */
export const readLocked = (node: Node | undefined, kinds: readonly GateKind[], report: Report): readonly GateKind[] => {
  if (node === undefined) return []
  const [first, ...more] = kinds
  if (first === undefined) return []
  const list = z.array(z.enum([first, ...more])).min(1, { error: 'must name at least one gate' })
  return fit(list, node, '`locked`', report) ?? []
}
