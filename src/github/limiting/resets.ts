import type { Instant } from '../../policy/facts.js'
import { whole, type Headers } from '../headers.js'

/** The longest that any limit of GitHub's lasts, in milliseconds: of what it says beyond this, nothing is believed. */
const LONGEST = 60 * 60_000

/** When `retry-after` (seconds) is over; `null`: the reply has none that is a number. */
export const retryAfter = (headers: Headers, now: Instant): Instant | null => {
  const after = whole(headers['retry-after'])
  return after === null ? null : now + Math.min(after * 1_000, LONGEST)
}

/** When the budget is whole again, by our clock: `x-ratelimit-reset` (epoch seconds) is by GitHub's, as `date` is. */
export const resetAt = (headers: Headers, now: Instant): Instant | null => {
  const reset = whole(headers['x-ratelimit-reset'])
  if (reset === null) return null
  const { date: told } = headers
  const date = typeof told === 'string' ? Date.parse(told) : Number.NaN
  const left = reset * 1_000 - (Number.isNaN(date) ? now : date)
  return now + Math.min(Math.max(left, 0), LONGEST)
}
