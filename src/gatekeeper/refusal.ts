import { Unreadable } from './ports.js'

/** A server in front of GitHub gave up waiting: nobody knows what GitHub did. */
const TIMED_OUT = 408

/**
 * GitHub said no, or was not asked: whatever was asked of it did not happen. A time-out, a lost reply or its own trouble
 * leaves that open.
 */
export const isRefusal = (error: unknown): error is Unreadable =>
  error instanceof Unreadable &&
  error.status !== null &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== TIMED_OUT
