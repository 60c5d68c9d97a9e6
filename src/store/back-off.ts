import { sql } from 'kysely'
import type { Duration, Instant } from '../policy/facts.js'

const FIRST = 1_000
const LONGEST = 10 * 60_000

/** How long to wait after so many failures: 1 s, doubled each time, at most 10 minutes. */
export const backOff = (attempts: number): Duration => Math.min(FIRST * 2 ** Math.max(0, attempts - 1), LONGEST)

/** Whether a delivery's wait is over: also where it is longer than any, because the clock was ahead when it began. */
export const isItsTurn = (now: Instant) => sql<boolean>`(retry_at <= ${now} or retry_at > ${now + 2 * LONGEST})`
