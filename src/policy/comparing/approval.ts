import { different, stronger, weaker, type Change } from './changes.js'
import { groupChanges } from './people.js'
import { lengthText } from './time.js'
import { allowances, amounts } from './values.js'
import { counted, listOf, MARKDOWN } from '../words/text.js'
import type { ApprovalParams } from '../rules/approval.js'
import type { GateKind } from '../verdict.js'

const SURVIVES = ['void', 'same_diff', 'keep'] as const
const SAID = {
  void: 'an approval counts for the approved commit only',
  same_diff: 'an approval survives a push that leaves the diff as it was',
  keep: 'an approval survives every push',
} as const

/** How many, and from whom. */
export const approvalText = ({ count, from }: ApprovalParams): string =>
  count === 1
    ? `approval from ${MARKDOWN.name(from.name)}`
    : `${counted(count, 'approval')} from ${MARKDOWN.name(from.name)}`

/** What two approvals ask differently. Fewer people who may approve are also fewer who may object. */
export const approvalChanges = (before: ApprovalParams, after: ApprovalParams, kind: GateKind): readonly Change[] => {
  const from = MARKDOWN.name(after.from.name)
  const heard = kind === 'release' || before.objections === 'block'
  const changes = [
    ...groupChanges('approval from', before.from, after.from, {
      wider: 'weaker',
      narrower: heard ? 'different' : 'stronger',
    }),
    ...amounts(
      before.count,
      after.count,
      'stronger',
      `${counted(after.count, 'approval')} instead of ${before.count} from ${from}`,
    ),
    ...allowances(`approval from ${from}: in spite of being involved `, before.involved, after.involved),
    ...survival(before, after),
    ...lapsing(before, after),
    ...reasons(before, after),
    ...channels(before, after, kind),
  ]
  return before.objections === after.objections || kind === 'release' ? changes : [...changes, objections(after)]
}

const survival = (before: ApprovalParams, after: ApprovalParams): readonly Change[] =>
  amounts(SURVIVES.indexOf(before.after_push), SURVIVES.indexOf(after.after_push), 'weaker', SAID[after.after_push])

const lapsing = ({ within: before }: ApprovalParams, { within: after }: ApprovalParams): readonly Change[] => {
  const counts = (length: number | undefined) =>
    length === undefined ? 'however old it is' : `for ${lengthText(length)}`
  const words = `an approval counts ${counts(after)} instead of ${counts(before)}`
  return amounts(before ?? Infinity, after ?? Infinity, 'weaker', words)
}

const reasons = ({ reason: before }: ApprovalParams, { reason: after }: ApprovalParams): readonly Change[] => {
  if (before === after) return []
  return after === 'required'
    ? [stronger('an approval needs a reason')]
    : [weaker('an approval needs no reason any more')]
}

const objections = ({ objections: after, from }: ApprovalParams): Change => {
  const name = MARKDOWN.name(from.name)
  return after === 'block'
    ? stronger(`an objection from ${name} holds the gate`)
    : weaker(`an objection from ${name} no longer holds the gate`)
}

const usualChannels = (kind: GateKind) =>
  kind === 'release' ? (['page', 'comment', 'button'] as const) : (['review'] as const)

/** A review can take a release's approval back, so a gate that no longer listens to reviews hears fewer objections. */
const channels = (before: ApprovalParams, after: ApprovalParams, kind: GateKind): readonly Change[] => {
  const given: readonly string[] = before.by ?? usualChannels(kind)
  const changes = allowances('approval by ', given, after.by ?? usualChannels(kind))
  const unheard = kind === 'release' && given.includes('review') && !(after.by ?? []).includes('review')
  return unheard && changes.length > 0
    ? [
        different(
          `approvals are heard by ${listOf((after.by ?? usualChannels(kind)).map(String))} instead of ${listOf(given)}`,
        ),
      ]
    : changes
}
