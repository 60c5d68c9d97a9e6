import { different, overall, stronger, weaker, within, type Change } from './changes.js'
import { entriesText } from './entry-text.js'
import { isActive, listChanges } from './entries.js'
import { groupChanges } from './people.js'
import { lengthText } from './time.js'
import { allowances, amounts, switches } from './values.js'
import { codeSpan, MARKDOWN } from '../words/text.js'
import type { BypassTerms, Entry, Group, Layer, OverrideTerms } from '../gate.js'

/** One file's say in a release gate, groups resolved. */
export interface ReleaseTerms extends Pick<Layer, 'rollback' | 'override' | 'bypass'> {
  /** `null`: it has no list of its own. */
  readonly release: readonly Entry[] | null
  readonly distinct: boolean
}

const DAY = 86_400_000
/** How old a release may be to be rolled back to, where no layer says so. */
const USUAL_WITHIN = 90 * DAY

/** What one section says otherwise of releases. */
export const releaseChanges = (before: ReleaseTerms, after: ReleaseTerms): readonly Change[] => [
  ...ownList(before.release, after.release),
  ...within('rollback', rollbackChanges(before, after)),
  ...switches(before.distinct, after.distinct, 'stronger', '`distinct`'),
  ...within('`override`', overrideChanges(before.override, after.override)),
  ...within('`bypass`', bypassChanges(before, after)),
]

/** A list where there was none may open what nothing opened before, unless the tier's list was there. */
const ownList = (before: ReleaseTerms['release'], after: ReleaseTerms['release']): readonly Change[] => {
  if (before === null && after === null) return []
  if (after === null)
    return [weaker(`${entriesText(before ?? [])}: no longer asked, for it has no \`release\` any more`)]
  if (before === null) return [different(`it has a \`release\` now: ${entriesText(after)}`)]
  return listChanges(before, after, 'release')
}

const entriesOnRollback = ({ rollback, release }: ReleaseTerms): readonly Entry[] => rollback?.entries ?? release ?? []

/** A rollback takes its own list where there is one; a longer `within` makes more releases rollbacks. */
const rollbackChanges = (before: ReleaseTerms, after: ReleaseTerms): readonly Change[] => {
  if (before.rollback === null && after.rollback === null) return []
  const lists = listChanges(entriesOnRollback(before), entriesOnRollback(after), 'release')
  const [from, to] = [before.rollback?.within ?? USUAL_WITHIN, after.rollback?.within ?? USUAL_WITHIN]
  const words = `\`within\` is ${lengthText(to)} instead of ${lengthText(from)}`
  const ends =
    after.rollback === null
      ? [different('it takes the list of ordinary releases, up to what other layers say of `within`')]
      : []
  if (to >= from) return [...ends, ...lists, ...amounts(from, to, 'weaker', words)]
  const stricter = listChanges(entriesOnRollback(before), after.release ?? [], 'release')
  const safe = ['same', 'stronger'].includes(overall(stricter)) && isActive(entriesOnRollback(before))
  return [
    ...ends,
    ...lists,
    safe ? stronger(words) : different(`${words}; older ones take the list of ordinary releases`),
  ]
}

const overrideChanges = (before: OverrideTerms | null, after: OverrideTerms | null): readonly Change[] => {
  if (before === null && after === null) return []
  if (before === null)
    return [weaker(`${MARKDOWN.name(after?.by.name ?? '')} can lift what the gate finds, with a reason`)]
  if (after === null)
    return [different('it is no longer possible, and one that nobody reviewed no longer holds the gate')]
  return [
    ...groupChanges('by', before.by, after.by, { wider: 'weaker' }),
    ...amounts(before.count, after.count, 'stronger', `\`count\` is ${after.count} instead of ${before.count}`),
    ...amounts(
      before.expires,
      after.expires,
      'weaker',
      `\`expires\` is ${lengthText(after.expires)} instead of ${lengthText(before.expires)}`,
    ),
    ...debtChanges(before, after),
    ...allowances('`lifts`: ', before.lifts, after.lifts),
    ...switches(before.evenIfUndecided, after.evenIfUndecided, 'weaker', '`even_if_undecided`'),
  ]
}

type Debt = Pick<BypassTerms, 'reviewWithin' | 'reviewedBy'>

const debtChanges = (before: Debt, after: Debt): readonly Change[] => {
  const [from, to] = [before.reviewWithin, after.reviewWithin]
  return [
    ...amounts(from, to, 'weaker', `\`review_within\` is ${lengthText(to)} instead of ${lengthText(from)}`),
    ...reviewers(before.reviewedBy, after.reviewedBy),
  ]
}

const reviewers = (before: Group | null, after: Group | null): readonly Change[] => {
  if (before !== null && after !== null) return groupChanges('`reviewed_by`', before, after, { wider: 'weaker' })
  if (before === null && after === null) return []
  const named = after ?? before
  return [
    different(`\`reviewed_by\` ${after === null ? 'no longer names' : 'names'} ${MARKDOWN.name(named?.name ?? '')}`),
  ]
}

/** What a job that started without this app owes; where nothing says so, what an override owes. */
const bypassChanges = (before: ReleaseTerms, after: ReleaseTerms): readonly Change[] => {
  if (before.bypass === null && after.bypass === null) return []
  if (after.bypass === null) return [weaker('nothing is said of it any more')]
  const cancel = switches(before.bypass?.cancel ?? false, after.bypass.cancel, 'stronger', '`cancel`')
  const owed = before.bypass ?? before.override
  return owed === null
    ? [stronger(`it wants a review within ${lengthText(after.bypass.reviewWithin)}`), ...cancel]
    : [...cancel, ...debtChanges(owed, after.bypass)]
}

/** A section that was not there, or is not there any more, as a list of what it says. */
export const NOTHING: ReleaseTerms = { release: null, rollback: null, override: null, bypass: null, distinct: false }

/** How an added or removed section shows its gate. */
export const listText = ({ release }: ReleaseTerms): string =>
  release === null ? 'no `release` of its own' : `asking ${entriesText(release)}`

export const tierText = (tier: string | null): string => (tier === null ? 'as its name suggests' : codeSpan(tier))
