import { freezeState } from '../time/calendar.js'
import type { Instant } from '../facts.js'
import type { Freeze, Gate } from '../gate.js'
import type { Finding } from '../verdict.js'

export interface Frozen {
  readonly findings: readonly Finding[]
  /** When the next freeze begins that does not bind yet. */
  readonly starts: readonly Instant[]
}

/** What these freezes, which bind the gate without being named, find now. */
export const frozen = (freezes: readonly Freeze[], now: Instant): Frozen => {
  const findings: Finding[] = []
  const starts: Instant[] = []
  for (const freeze of freezes) {
    const { frozen: isFrozen, until, nextStart } = freezeState(freeze, now)
    if (isFrozen) findings.push(findingOf(freeze, until))
    if (nextStart !== null) starts.push(nextStart)
  }
  return { findings, starts }
}

/** Releases always, merges where the freeze says so; what is already pushed cannot be held. */
export const binds = ({ merge }: Freeze, { kind }: Gate): boolean => {
  switch (kind) {
    case 'release':
      return true
    case 'merge':
    case 'policy':
      return merge
    case 'push':
      return false
  }
}

const findingOf = ({ name, layer, place, timezone }: Freeze, until: Instant | null): Finding => ({
  rule: 'freeze',
  outcome: 'wait',
  code: 'frozen',
  values: { until, ...(timezone === undefined ? {} : { timezone }) },
  name,
  layer,
  place,
  ...(until === null ? {} : { lookAgainAt: until }),
})
