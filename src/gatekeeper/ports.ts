import type { Instant } from '../policy/facts.js'
import type { Records } from './store-ports.js'

export * from './github-ports.js'
export * from './store-ports.js'

/** Server time in epoch milliseconds; injected everywhere, so that tests have their own. */
export interface Clock {
  now(): Instant
}

/** What GitHub and the records together say; readers fill in what only we know (`gate`, `throughUs`). */
export type ReaderRecords = Pick<Records, 'mergeGate' | 'approvedRuns' | 'rejectedAt' | 'pin' | 'locks'>

export type Logger = {
  readonly [Level in 'debug' | 'info' | 'warn' | 'error']: (values: object, message: string) => void
}
