import type { Clock } from './gatekeeper/ports.js'

/** The machine's clock, in epoch milliseconds. */
export const systemClock: Clock = { now: () => Date.now() }
