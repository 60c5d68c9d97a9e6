import { z } from 'zod'
import { cronSpans, problemOfCron, type CronTerms, type Span } from './cron.js'
import type { Instant } from '../facts.js'
import { duration } from '../parameters.js'
import { DAYS, meantCron, meantDays, meantHours, meantTimezone } from './meant.js'
import { instantOf, isTimezone, localTime, timeOfDay, type LocalDate } from './zones.js'

export interface WeeklyTerms {
  /** 1 (Monday) to 7. */
  readonly days: readonly number[]
  /** Minutes after local midnight; `to` is over 1440 where the span passes midnight. */
  readonly from: number
  readonly to: number
  readonly timezone: string
}

export type Window = ({ readonly kind: 'weekly' } & WeeklyTerms) | ({ readonly kind: 'cron' } & CronTerms)

const DAY = 1440
/** A window that clock changes swallow one week opens in the next. */
const DAYS_AHEAD = 22

/** An IANA zone's name. */
export const timezone = z.string().superRefine((name, context) => {
  if (isTimezone(name)) return
  const message = 'must be a zone of the IANA database, such as Europe/Berlin or UTC'
  context.addIssue({ code: 'custom', message, params: { suggestion: meantTimezone(name) } })
})

/** A cron pattern of five fields that fires at some time. */
export const cronPattern = z.string().superRefine((cron, context) => {
  const problem = problemOfCron(cron)
  if (problem !== null)
    context.addIssue({
      code: 'custom',
      message: `must be a cron pattern of five fields that fires some day (${problem})`,
      params: { suggestion: meantCron(cron) },
    })
})

const dayNumber = (name: string): number => DAYS.findIndex((day) => day === name) + 1

/** `mon`, `mon-thu`, `fri-mon`; `null` where it is none of these. */
const daysOf = (text: string): readonly number[] | null => {
  const [first = '', last = first, ...more] = text.split('-')
  const from = dayNumber(first)
  const to = dayNumber(last)
  if (from === 0 || to === 0 || more.length > 0) return null
  const length = ((to - from + 7) % 7) + 1
  return Array.from({ length }, (_, offset) => ((from - 1 + offset) % 7) + 1)
}

const dayRange = z.string().transform((text, context) => {
  const found = daysOf(text)
  if (found) return found
  const message = `must be one of ${DAYS.join(', ')}, or a range of them such as mon-thu`
  context.addIssue({ code: 'custom', message, params: { suggestion: meantDays(text) } })
  return z.NEVER
})

/** `mon-thu`, `fri-mon`, `[mon, wed]`. */
const days = z
  .union([dayRange, z.array(dayRange).min(1, { error: 'must name at least one day' })], {
    error: `must be one of ${DAYS.join(', ')}, a range of them such as mon-thu, or a list of these`,
  })
  .transform((found) => [...new Set([found].flat(2))].sort((a, b) => a - b))

const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/

/** `09:00-16:00`; `22:00-02:00` passes midnight; `00:00-24:00` is the whole day. */
const hours = z.string().transform((text, context) => {
  const [whole, hour, minute, endHour, endMinute] = HOURS.exec(text) ?? []
  const from = Number(hour) * 60 + Number(minute)
  const end = endHour === undefined ? DAY : Number(endHour) * 60 + Number(endMinute)
  if (whole !== undefined && from !== end) return { from, to: end < from ? end + DAY : end }
  const message =
    whole === undefined
      ? 'must be a span such as "09:00-16:00"'
      : 'must not end when it starts; a whole day is "00:00-24:00"'
  context.addIssue({ code: 'custom', message, params: { suggestion: meantHours(text) } })
  return z.NEVER
})

/** How long each occurrence lasts, in milliseconds of elapsed time. */
export const lasting = duration.refine((length) => length > 0, { error: 'must be longer than nothing' })

const entry = z.strictObject({
  days: days.optional(),
  hours: hours.optional(),
  cron: cronPattern.optional(),
  lasts: lasting.optional(),
  timezone,
})

const EITHER = 'must have either days and hours, or cron and lasts'

/** One entry of a `window` list: `{ days, hours, timezone }` or `{ cron, lasts, timezone }`. */
export const windowSchema = entry.transform((given, context): Window => {
  const { days: on, hours: span, cron, lasts, timezone: zone } = given
  const mixed = (on ?? span) !== undefined && (cron ?? lasts) !== undefined
  if (!mixed && on && span) return { kind: 'weekly', days: on, ...span, timezone: zone }
  if (!mixed && cron !== undefined && lasts !== undefined) return { kind: 'cron', cron, lasts, timezone: zone }
  context.addIssue({ code: 'custom', message: EITHER })
  return z.NEVER
})

/** The parameter of the rule `window`. */
export const windowsSchema = z
  .array(windowSchema)
  .min(1, { error: 'must name at least one window; a gate that never opens is a freeze' })

const weeklySpan = ({ from, to, timezone: zone }: WeeklyTerms, date: LocalDate): Span => ({
  from: instantOf(timeOfDay(date, from), zone, 'opens'),
  to: instantOf(timeOfDay(date, to), zone, 'closes'),
})

/** The spans that start on the days around `at`; those that a clock change empties are left out. */
const weeklySpans = (terms: WeeklyTerms, at: Instant, ahead: number): readonly Span[] => {
  const today = localTime(at, terms.timezone).toPlainDate()
  const spans: Span[] = []
  for (let day = -2; day <= ahead; day += 1) {
    const date = today.add({ days: day })
    if (!terms.days.includes(date.dayOfWeek)) continue
    const span = weeklySpan(terms, date)
    if (span.from < span.to) spans.push(span)
    if (span.from > at && span.from < span.to) return spans
  }
  return spans
}

const covers = (at: Instant) => (span: Span) => span.from <= at && at < span.to

/** When the span that covers `at` ends, the latest of several; `null`: none covers it. */
export const coveredUntil = (window: Window, at: Instant): Instant | null => {
  if (window.kind === 'cron') {
    const { last } = cronSpans(window, at, 'window')
    return last && covers(at)(last) ? last.to : null
  }
  const ends = weeklySpans(window, at, 1)
    .filter(covers(at))
    .map((span) => span.to)
  return ends.length > 0 ? Math.max(...ends) : null
}

/** The next start after `at`; `null`: none is near. */
export const opensNext = (window: Window, at: Instant): Instant | null => {
  if (window.kind === 'cron') return cronSpans(window, at, 'window').next?.from ?? null
  return weeklySpans(window, at, DAYS_AHEAD).find((span) => span.from > at)?.from ?? null
}
