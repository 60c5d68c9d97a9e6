import { freezeState } from './calendar.js'
import type { Instant } from './facts.js'
import type { Freeze, Gate } from './gate.js'
import type { Finding } from './verdict.js'

export interface Frozen {
  readonly findings: readonly Finding[]
  /** When the next freeze begins that does not bind yet. */
  readonly starts: readonly Instant[]
}

/** The freezes that bind this gate now. They apply without being named; a rollback is free of those that except it. */
export const frozen = (gate: Gate, rollback: boolean, now: Instant): Frozen => {
  const binding = gate.freezes.filter(
    (freeze) => (gate.kind === 'release' || freeze.merge) && !(rollback && freeze.exceptRollback),
  )
  const states = binding.map((freeze) => ({ freeze, ...freezeState(freeze, now) }))
  return {
    findings: states.flatMap(({ freeze, frozen: isFrozen, until }) => (isFrozen ? [findingOf(freeze, until)] : [])),
    starts: states.flatMap(({ nextStart }) => (nextStart === null ? [] : [nextStart])),
  }
}

const findingOf = ({ name, layer, place }: Freeze, until: Instant | null): Finding => ({
  rule: 'freeze',
  outcome: 'wait',
  code: 'frozen',
  values: { until },
  name,
  layer,
  place,
  ...(until === null ? {} : { lookAgainAt: until }),
})
