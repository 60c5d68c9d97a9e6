import type { Instant } from '../facts.js'
import { coveredUntil, opensNext, type Window } from './windows.js'

export { freezeSchema, freezeSpan, freezeState, type FreezeState, type FreezeTerms } from './freezes.js'
export { windowSchema, windowsSchema, type Window } from './windows.js'

export interface WindowState {
  readonly open: boolean
  /** When one opens next; `null`: open now, or none opens. */
  readonly opensAt: Instant | null
  /** When the last of those that run into each other closes, or when to look again; `null`: closed, or never closing. */
  readonly closesAt: Instant | null
}

const FIVE_WEEKS = 35 * 24 * 3_600_000
const LONGEST_CHAIN = 1500

interface Remembered {
  readonly since: Instant
  readonly until: Instant
  readonly state: WindowState
}
/** A state holds until its next edge: judging thousands of deployments in a second computes it once. */
const remembered = new WeakMap<readonly Window[], readonly Remembered[]>()
/** Times are asked for in order, but for scenarios, which have a few of their own. */
const KEPT = 20

/** Whether now is inside one of the windows, and the next edge of their union. */
export const windowState = (windows: readonly Window[], now: Instant): WindowState => {
  const before = remembered.get(windows) ?? []
  const found = before.find(({ since, until }) => since <= now && now < until)
  if (found) return found.state
  const state = stateOf(windows, now)
  const until = state.opensAt ?? state.closesAt ?? now + 1
  remembered.set(windows, [{ since: now, until, state }, ...before.slice(0, KEPT - 1)])
  return state
}

const stateOf = (windows: readonly Window[], now: Instant): WindowState => {
  if (latestEnd(windows, now) !== null) return { open: true, opensAt: null, closesAt: closing(windows, now) }
  const starts = windows.map((window) => opensNext(window, now)).filter((start) => start !== null)
  return { open: false, opensAt: starts.length > 0 ? Math.min(...starts) : null, closesAt: null }
}

const latestEnd = (windows: readonly Window[], at: Instant): Instant | null => {
  const ends = windows.map((window) => coveredUntil(window, at)).filter((end) => end !== null)
  return ends.length > 0 ? Math.max(...ends) : null
}

/** Follows windows that run into each other: the first instant that none covers. */
const closing = (windows: readonly Window[], now: Instant): Instant | null => {
  let end: Instant = now
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const later = latestEnd(windows, end)
    if (later === null) return end
    if (later - now > FIVE_WEEKS) return null
    end = later
  }
  return end
}
