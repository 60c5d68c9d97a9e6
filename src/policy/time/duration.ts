import type { Duration } from '../facts.js'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

const WRITTEN = /^(\d{1,9})([smhd])$/

/** What every message about a duration says is allowed. */
export const DURATION_ALLOWED = 'a duration such as 90s, 30m, 24h or 7d'

/** A policy's `90s`, `30m`, `24h` or `7d` in milliseconds; `null` when it is written in any other way. */
export const parseDuration = (text: string): Duration | null => {
  const [, amount, letter] = WRITTEN.exec(text) ?? []
  const unit = UNITS.find(([name]) => name === letter)
  return unit === undefined ? null : Number(amount) * unit[1]
}

/** The shortest way to write a duration as a policy would: `90s`, `30m`, `2h`, `7d`; never loses a second. */
export const formatDuration = (duration: Duration): string => {
  const unit = UNITS.find(([, size]) => duration >= size && duration % size === 0)
  return unit === undefined ? `${Math.ceil(duration / 1000)}s` : `${duration / unit[1]}${unit[0]}`
}
