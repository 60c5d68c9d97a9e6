import type { Entry, Gate } from '../policy/gate.js'
import { SECOND, type Gatekeeper } from './gatekeeper.js'

/** Beyond this, in milliseconds, our clock and GitHub's are told apart: windows and freezes cannot be judged by ours. */
const TRUSTED = 30 * SECOND

const readsTheClock = (entry: Entry): boolean => {
  switch (entry.kind) {
    case 'rule':
      return entry.rule.name === 'window'
    case 'all':
    case 'any':
      return entry.entries.some(readsTheClock)
    case 'when':
      return [...entry.conditions, ...entry.require].some(readsTheClock)
    case 'not':
      return readsTheClock(entry.entry)
  }
}

const dependsOnTime = ({ freezes, layers }: Gate): boolean =>
  freezes.length > 0 ||
  layers.some(({ entries, rollback }) => [...entries, ...(rollback?.entries ?? [])].some(readsTheClock))

/** A gate with windows or freezes is undecided while the server's clock is more than 30 seconds off GitHub's. */
export const withTrustedClock = ({ github }: Pick<Gatekeeper, 'github'>, gate: Gate): Gate => {
  const offset = github.clockOffset()
  if (gate.problem !== null || offset === null || Math.abs(offset) <= TRUSTED || !dependsOnTime(gate)) return gate
  const reason = `the server’s clock is ${Math.round(Math.abs(offset) / SECOND)} seconds ${offset > 0 ? 'behind' : 'ahead of'} GitHub’s`
  return { ...gate, problem: { code: 'fact_unknown', values: { fact: 'clock', reason } } }
}
