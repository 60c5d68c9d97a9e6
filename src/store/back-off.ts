import type { Duration } from '../policy/facts.js'

const FIRST = 1_000
const LONGEST = 10 * 60_000

/** How long to wait after so many failures: 1 s, doubled each time, at most 10 minutes. */
export const backOff = (attempts: number): Duration => Math.min(FIRST * 2 ** Math.max(0, attempts - 1), LONGEST)
