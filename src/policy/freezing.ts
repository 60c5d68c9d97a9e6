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
  const binding = gate.freezes.filter((freeze) => binds(freeze, gate) && !(rollback && freeze.exceptRollback))
  const states = binding.map((freeze) => ({ freeze, ...freezeState(freeze, now) }))
  return {
    findings: states.flatMap(({ freeze, frozen: isFrozen, until }) => (isFrozen ? [findingOf(freeze, until)] : [])),
    starts: states.flatMap(({ nextStart }) => (nextStart === null ? [] : [nextStart])),
  }
}

/** Releases always, merges where the freeze says so; what is already pushed cannot be held. */
const binds = ({ merge }: Freeze, { kind }: Gate): boolean => {
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
