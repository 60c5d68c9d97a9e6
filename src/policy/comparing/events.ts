import { different, stronger, weaker, type Change } from './changes.js'
import { allowances } from './values.js'
import { codeSpan, listOf } from '../words/text.js'
import type { Entry } from '../gate.js'

/** What a release gate asks where none of its layers names events. */
const DEFAULT: readonly string[] = ['push', 'workflow_dispatch', 'release', 'schedule']

type Rule = Extract<Entry, { kind: 'rule' }>

const isEvent = (entry: Entry): entry is Rule => entry.kind === 'rule' && entry.rule.name === 'event'

export const withoutEvents = (entries: readonly Entry[]): readonly Entry[] => entries.filter((entry) => !isEvent(entry))

/** The events that a list names at its top, where several entries do so those in all; `null`: it names none. */
const eventsOf = (entries: readonly Entry[]): readonly string[] | null => {
  const [first, ...more] = entries
    .filter(isEvent)
    .map(({ params }) => (params as { readonly in: readonly string[] }).in)
  return first?.filter((event) => more.every((other) => other.includes(event))) ?? null
}

/**
 * What other events start a release. To name none is to ask the default ones, unless another layer names some.
 *
 * @param active whether the list before asked something in any case; to name events is to ask something.
 */
export const eventChanges = (before: readonly Entry[], after: readonly Entry[], active: boolean): readonly Change[] => {
  const [old, now] = [eventsOf(before), eventsOf(after)]
  if (now !== null) {
    if (!active) return [different(`\`event\`: ${listOf(now.map(codeSpan))} opens the gate where no condition holds`)]
    const changes = allowances('`event`: ', old ?? DEFAULT, now)
    return old === null && changes.length === 0
      ? [stronger('`event`: no other layer may widen the events any more')]
      : changes
  }
  if (old === null) return []
  const words = `\`event\`: ${listOf(old.map(codeSpan))} are no longer named`
  return DEFAULT.every((event) => old.includes(event)) ? [different(words)] : [weaker(words)]
}
