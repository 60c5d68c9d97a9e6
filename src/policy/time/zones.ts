import { Temporal } from 'temporal-polyfill'
import type { Instant } from '../facts.js'

/**
 * What happens at a local time. Where a clock change makes it ambiguous, each takes the stricter reading: windows get
 * shorter, freezes get longer.
 */
export type Edge = 'opens' | 'closes' | 'freezes' | 'thaws'

export type LocalTime = Temporal.PlainDateTime
export type LocalDate = Temporal.PlainDate

const MILLISECOND = { milliseconds: 1 } as const

const zones = new Map<string, boolean>()
/** Names come from policies; so many are kept. */
const KEPT = 1000

/** An IANA name such as `Europe/Berlin`; a bare offset is none, because it knows no clock changes. */
export const isTimezone = (name: string): boolean => {
  const before = zones.get(name)
  if (before !== undefined) return before
  if (zones.size >= KEPT) zones.clear()
  const fresh = isKnown(name)
  zones.set(name, fresh)
  return fresh
}

/** Asking for a zone's calendar is slow, and the only way to learn whether there is one. */
const isKnown = (name: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/**
 * The instant of a local time, in epoch milliseconds. A time that a clock change skips is the first instant after the
 * gap (a freeze begins at the last one before it); of a repeated time a window takes the second start and the first end,
 * a freeze the first start and the second end.
 */
export const instantOf = (local: LocalTime, timezone: string, edge: Edge): Instant => {
  const later = local.toZonedDateTime(timezone, { disambiguation: 'later' })
  const earlier = local.toZonedDateTime(timezone, { disambiguation: 'earlier' })
  if (later.epochMilliseconds === earlier.epochMilliseconds) return later.epochMilliseconds
  if (!later.toPlainDateTime().equals(local)) return afterGap(later) - (edge === 'freezes' ? 1 : 0)
  return edge === 'opens' || edge === 'thaws' ? later.epochMilliseconds : earlier.epochMilliseconds
}

/** The first instant after the gap that `later`, a skipped local time moved forward, has jumped over. */
const afterGap = (later: Temporal.ZonedDateTime): Instant => {
  const change = later.add(MILLISECOND).getTimeZoneTransition('previous')
  if (!change) throw new Error(`${later.toString()} stands beside a gap, but no clock change is known there`)
  return change.epochMilliseconds
}

/** What a wall clock of the zone shows. */
export const localTime = (at: Instant, timezone: string): LocalTime => zoned(at, timezone).toPlainDateTime()

/** The latest time that a wall clock of the zone has shown until now: more than it shows while an hour is repeated. */
export const latestShown = (at: Instant, timezone: string): LocalTime => {
  const now = zoned(at, timezone)
  const beforeChange = now.add(MILLISECOND).getTimeZoneTransition('previous')?.subtract(MILLISECOND).toPlainDateTime()
  const shown = now.toPlainDateTime()
  return beforeChange && Temporal.PlainDateTime.compare(beforeChange, shown) > 0 ? beforeChange : shown
}

const zoned = (at: Instant, timezone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone)

/** `minutes` after midnight of a day; 1440 is the midnight that ends it. */
export const timeOfDay = (date: LocalDate, minutes: number): LocalTime =>
  date
    .add({ days: Math.floor(minutes / 1440) })
    .toPlainDateTime({ hour: Math.floor((minutes % 1440) / 60), minute: minutes % 60 })

/** `2026-12-18T18:00`, seconds allowed, nothing else: no zone, no date alone. `null` where it is no such time. */
export const parseLocalTime = (text: string): LocalTime | null => {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return null
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** A local time as if its clock were UTC's: what a cron pattern, which knows no zone, is held against. */
export const asUtc = (local: LocalTime): Date => new Date(local.toZonedDateTime('UTC').epochMilliseconds)
export const fromUtc = (date: Date): LocalTime => localTime(date.getTime(), 'UTC')
