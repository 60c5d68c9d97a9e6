import { Unreadable } from './ports.js'

/** GitHub said no, or was not asked: it has not taken the call. A time-out, a lost reply or its own trouble leaves that open. */
export const isRefusal = (error: unknown): error is Unreadable =>
  error instanceof Unreadable && error.status !== null && error.status >= 400 && error.status < 500
