import type { Entry, Gate } from '../policy/gate.js'
import { SECOND, type Gatekeeper } from './gatekeeper.js'

/** Beyond this, in milliseconds, our clock and GitHub's are told apart: nothing that lasts can be judged by ours. */
const TRUSTED = 30 * SECOND

/** Whether a rule's parameters name a time that has to pass, or after which something counts no more. */
const names = (params: unknown, key: string): boolean =>
  typeof params === 'object' && params !== null && Number((params as Readonly<Record<string, unknown>>)[key] ?? 0) > 0

const isOfTime = ({ rule, params }: Extract<Entry, { readonly kind: 'rule' }>): boolean => {
  switch (rule.name) {
    case 'window':
    case 'delay':
      return true
    case 'deployed':
      return names(params, 'for')
    case 'approval':
      return names(params, 'within')
    default:
      return false
  }
}

const readsTheClock = (entry: Entry): boolean => {
  switch (entry.kind) {
    case 'rule':
      return isOfTime(entry)
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
  layers.some(
    ({ entries, rollback, override }) => rollback !== null || override !== null || entries.some(readsTheClock),
  )

/**
 * A gate that opens or closes with time (windows, freezes, delays, soaking, approvals, overrides and roll-backs that
 * lapse) is undecided while the server's clock is more than 30 seconds off GitHub's.
 */
export const withTrustedClock = ({ github }: Pick<Gatekeeper, 'github'>, gate: Gate): Gate => {
  const offset = github.clockOffset()
  if (gate.problem !== null || offset === null || Math.abs(offset) <= TRUSTED || !dependsOnTime(gate)) return gate
  const reason = `the server’s clock is ${Math.round(Math.abs(offset) / SECOND)} seconds ${offset > 0 ? 'behind' : 'ahead of'} GitHub’s`
  return { ...gate, problem: { code: 'fact_unknown', values: { fact: 'clock', reason } } }
}
