import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  freezeSchema,
  freezeSpan,
  freezeState,
  windowsSchema,
  windowState,
  type Window,
} from '../../src/policy/time/calendar.js'

const at = (iso: string) => Date.parse(iso)
const iso = (instant: number | null) =>
  instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z')
const windows = (...entries: readonly unknown[]): readonly Window[] => windowsSchema.parse(entries)
const weekly = (days: unknown, hours: string, timezone = 'Europe/Berlin') => windows({ days, hours, timezone })
const state = (of: readonly Window[], now: string) => {
  const { open, opensAt, closesAt } = windowState(of, at(now))
  return { open, opensAt: iso(opensAt), closesAt: iso(closesAt) }
}
const closedUntil = (opensAt: string | null) => ({ open: false, opensAt, closesAt: null })
const openUntil = (closesAt: string | null) => ({ open: true, opensAt: null, closesAt })
const frozen = (raw: Record<string, unknown>, now: string) => {
  const {
    frozen: is,
    until,
    nextStart,
  } = freezeState(freezeSchema.parse({ timezone: 'Europe/Berlin', ...raw }), at(now))
  return { frozen: is, until: iso(until), nextStart: iso(nextStart) }
}
const problem = (entry: unknown) => windowsSchema.safeParse([entry]).error?.issues[0]?.message

describe('a weekly window', () => {
  const office = weekly('mon-thu', '09:00-16:00')

  test.each([
    ['2026-11-23T07:59:59Z', closedUntil('2026-11-23T08:00:00Z')],
    ['2026-11-23T08:00:00Z', openUntil('2026-11-23T15:00:00Z')],
    ['2026-11-23T14:59:59Z', openUntil('2026-11-23T15:00:00Z')],
    ['2026-11-23T15:00:00Z', closedUntil('2026-11-24T08:00:00Z')],
    ['2026-11-26T15:00:00Z', closedUntil('2026-11-30T08:00:00Z')],
    ['2026-11-27T10:00:00Z', closedUntil('2026-11-30T08:00:00Z')],
  ])('is half-open: at %s', (now, expected) => expect(state(office, now)).toEqual(expected))

  test('follows the zone through the clock changes', () => {
    expect(state(office, '2026-07-06T07:00:00Z')).toEqual(openUntil('2026-07-06T14:00:00Z'))
    expect(state(office, '2026-10-22T14:00:00Z')).toEqual(closedUntil('2026-10-26T08:00:00Z'))
  })

  test('wraps round the end of the week', () => {
    const weekend = weekly('fri-mon', '10:00-11:00', 'UTC')
    const openOn = [26, 27, 28, 29, 30].filter((day) => state(weekend, `2026-11-${day}T10:30:00Z`).open)
    expect(openOn).toEqual([27, 28, 29, 30])
    expect(state(weekend, '2026-12-01T10:30:00Z')).toEqual(closedUntil('2026-12-04T10:00:00Z'))
  })

  test('a span past midnight belongs to the day it starts', () => {
    const night = weekly('fri', '22:00-02:00', 'UTC')
    expect(state(night, '2026-11-27T01:00:00Z')).toEqual(closedUntil('2026-11-27T22:00:00Z'))
    expect(state(night, '2026-11-28T01:59:00Z')).toEqual(openUntil('2026-11-28T02:00:00Z'))
  })

  test('windows that run into each other close once, and the earliest of several opens', () => {
    const shifts = windows(
      { days: 'mon', hours: '09:00-12:00', timezone: 'UTC' },
      { days: ['mon', 'wed'], hours: '12:00-24:00', timezone: 'UTC' },
    )
    expect(state(shifts, '2026-11-23T10:00:00Z')).toEqual(openUntil('2026-11-24T00:00:00Z'))
    expect(state(shifts, '2026-11-24T10:00:00Z')).toEqual(closedUntil('2026-11-25T12:00:00Z'))
  })

  test('one that never closes has no closing time', () => {
    expect(state(weekly('mon-sun', '00:00-24:00', 'America/New_York'), '2026-11-01T10:00:00Z')).toEqual(openUntil(null))
  })

  test.each([
    ['Asia/Kolkata', '2026-11-23T03:30:00Z', '2026-11-23T10:30:00Z'],
    ['America/New_York', '2026-11-23T14:00:00Z', '2026-11-23T21:00:00Z'],
    ['Australia/Lord_Howe', '2026-11-22T22:00:00Z', '2026-11-23T05:00:00Z'],
  ])('keeps the local hours of %s', (timezone, opens, closes) => {
    expect(state(weekly('mon', '09:00-16:00', timezone), opens)).toEqual(openUntil(closes))
  })
})

describe('a clock change makes a window shorter, never longer', () => {
  test('one that would open inside the skipped hour opens at the first instant after it', () => {
    const window = weekly('sun', '02:30-04:00')
    expect(state(window, '2026-03-29T00:59:59Z')).toEqual(closedUntil('2026-03-29T01:00:00Z'))
    expect(state(window, '2026-03-29T01:00:00Z')).toEqual(openUntil('2026-03-29T02:00:00Z'))
  })
  test('one that would close inside the skipped hour closes before it', () => {
    expect(state(weekly('sun', '01:00-02:30'), '2026-03-29T00:30:00Z')).toEqual(openUntil('2026-03-29T01:00:00Z'))
  })
  test('one that lies inside the skipped hour opens a week later', () => {
    expect(state(weekly('sun', '02:10-02:50'), '2026-03-29T00:30:00Z')).toEqual(closedUntil('2026-04-05T00:10:00Z'))
  })
  test('in the repeated hour it takes the second start', () => {
    const window = weekly('sun', '02:30-04:00')
    expect(state(window, '2026-10-25T00:45:00Z')).toEqual(closedUntil('2026-10-25T01:30:00Z'))
  })
  test('in the repeated hour it takes the first end', () => {
    expect(state(weekly('sun', '01:00-02:30'), '2026-10-25T00:29:00Z')).toEqual(openUntil('2026-10-25T00:30:00Z'))
  })
  test('one that lies inside the repeated hour opens a week later', () => {
    expect(state(weekly('sun', '02:10-02:50'), '2026-10-25T00:20:00Z')).toEqual(closedUntil('2026-11-01T01:10:00Z'))
  })
  test('a clock that moves by half an hour is no exception', () => {
    expect(state(weekly('sun', '02:10-05:00', 'Australia/Lord_Howe'), '2026-10-03T15:29:59Z')).toEqual(
      closedUntil('2026-10-03T15:30:00Z'),
    )
    expect(state(weekly('sun', '01:45-05:00', 'Australia/Lord_Howe'), '2026-04-04T15:00:00Z')).toEqual(
      closedUntil('2026-04-04T15:15:00Z'),
    )
  })
})

describe('a window by cron', () => {
  const night = windows({ cron: '0 22 * * 5', lasts: '90m', timezone: 'Europe/Berlin' })
  test('lasts as long as it says from each start', () => {
    expect(state(night, '2026-11-27T20:59:59Z')).toEqual(closedUntil('2026-11-27T21:00:00Z'))
    expect(state(night, '2026-11-27T21:00:00Z')).toEqual(openUntil('2026-11-27T22:30:00Z'))
    expect(state(night, '2026-11-27T22:30:00Z')).toEqual(closedUntil('2026-12-04T21:00:00Z'))
  })
  test('its length is elapsed time, whatever the clocks do', () => {
    const early = windows({ cron: '30 1 * * 0', lasts: '2h', timezone: 'Europe/Berlin' })
    expect(state(early, '2026-03-29T00:30:00Z')).toEqual(openUntil('2026-03-29T02:30:00Z'))
    expect(state(early, '2026-10-24T23:30:00Z')).toEqual(openUntil('2026-10-25T01:30:00Z'))
  })
  test('a start in the repeated hour is the second one, in the skipped hour the first instant after it', () => {
    const early = windows({ cron: '30 2 * * *', lasts: '1h', timezone: 'Europe/Berlin' })
    expect(state(early, '2026-10-25T00:40:00Z')).toEqual(closedUntil('2026-10-25T01:30:00Z'))
    expect(state(early, '2026-03-29T00:40:00Z')).toEqual(closedUntil('2026-03-29T01:00:00Z'))
    expect(state(early, '2026-03-29T01:40:00Z')).toEqual(openUntil('2026-03-29T02:00:00Z'))
  })
  test('starts that overlap close with the last', () => {
    expect(state(windows({ cron: '*/10 9-11 * * *', lasts: '15m', timezone: 'UTC' }), '2026-11-23T09:05:00Z')).toEqual(
      openUntil('2026-11-23T12:05:00Z'),
    )
  })
})

describe('what is no window', () => {
  test.each([
    [{ days: 'mon', hours: '09:00-09:00', timezone: 'UTC' }, /must not end when it starts/],
    [{ days: 'mon', hours: '9-17', timezone: 'UTC' }, /must be a span/],
    [{ days: 'mon', hours: '09:00-25:00', timezone: 'UTC' }, /must be a span/],
    [{ days: 'monday', hours: '09:00-10:00', timezone: 'UTC' }, /must be one of mon, tue/],
    [{ days: 'mon-', hours: '09:00-10:00', timezone: 'UTC' }, /must be one of mon, tue/],
    [{ days: [], hours: '09:00-10:00', timezone: 'UTC' }, /at least one day/],
    [{ days: 'mon', hours: '09:00-10:00', timezone: 'Europe/Berln' }, /zone of the IANA database/],
    [{ days: 'mon', hours: '09:00-10:00', timezone: '+01:00' }, /zone of the IANA database/],
    [{ cron: '0 0 30 2 *', lasts: '1h', timezone: 'UTC' }, /never fires/],
    [{ cron: '0 0 0 1 1 *', lasts: '1h', timezone: 'UTC' }, /five fields/],
    [{ cron: '61 * * * *', lasts: '1h', timezone: 'UTC' }, /five fields/],
    [{ cron: '0 * * * *', lasts: '0s', timezone: 'UTC' }, /longer than nothing/],
    [{ cron: '0 * * * *', timezone: 'UTC' }, /either days and hours, or cron and lasts/],
    [{ cron: '0 * * * *', lasts: '1h', days: 'mon', timezone: 'UTC' }, /either days and hours, or cron and lasts/],
    [{ days: 'mon', timezone: 'UTC' }, /either days and hours, or cron and lasts/],
  ])('%j', (entry, message) => expect(problem(entry)).toMatch(message))

  test.each([
    { days: 'mon', hours: '09:00-10:00' },
    { days: 'mon', hours: '09:00-10:00', timezone: 'UTC', except: 1 },
  ])('a missing zone or an unknown key: %j', (entry) => expect(windowsSchema.safeParse([entry]).success).toBe(false))
  test('an empty list', () => expect(windowsSchema.safeParse([]).success).toBe(false))
})

describe('a freeze', () => {
  const yearEnd = { name: 'Year end', from: '2026-12-18T18:00', to: '2027-01-04T08:00' }
  test('covers its start and not its end', () => {
    expect(frozen(yearEnd, '2026-12-18T16:59:59Z')).toEqual({
      frozen: false,
      until: null,
      nextStart: '2026-12-18T17:00:00Z',
    })
    expect(frozen(yearEnd, '2026-12-18T17:00:00Z')).toEqual({
      frozen: true,
      until: '2027-01-04T07:00:00Z',
      nextStart: null,
    })
    expect(frozen(yearEnd, '2027-01-04T07:00:00Z')).toEqual({ frozen: false, until: null, nextStart: null })
  })
  test('begins at the last instant before a skipped hour, and ends at the first after one', () => {
    const begins = { from: '2026-03-29T02:30', to: '2026-03-29T12:00' }
    expect(frozen(begins, '2026-03-29T00:59:59.998Z').frozen).toBe(false)
    expect(frozen(begins, '2026-03-29T00:59:59.999Z').frozen).toBe(true)
    expect(frozen({ from: '2026-03-28T12:00', to: '2026-03-29T02:30' }, '2026-03-29T00:00:00Z').until).toBe(
      '2026-03-29T01:00:00Z',
    )
  })
  test('takes the first start and the second end in a repeated hour', () => {
    expect(frozen({ from: '2026-10-25T02:30', to: '2026-10-25T12:00' }, '2026-10-25T00:30:00Z').frozen).toBe(true)
    expect(frozen({ from: '2026-10-24T12:00', to: '2026-10-25T02:30' }, '2026-10-25T00:45:00Z').until).toBe(
      '2026-10-25T01:30:00Z',
    )
  })
  test('by cron covers each span, and knows the next', () => {
    const friday = { cron: '0 12 * * 5', lasts: '60h' }
    expect(frozen(friday, '2026-11-27T10:59:00Z')).toEqual({
      frozen: false,
      until: null,
      nextStart: '2026-11-27T11:00:00Z',
    })
    expect(frozen(friday, '2026-11-29T22:00:00Z')).toEqual({
      frozen: true,
      until: '2026-11-29T23:00:00Z',
      nextStart: '2026-12-04T11:00:00Z',
    })
  })
  test('by cron in a repeated hour lasts from the first start to the second end', () => {
    const early = { cron: '30 2 * * *', lasts: '30m' }
    expect(frozen(early, '2026-10-25T00:30:00Z')).toMatchObject({ frozen: true, until: '2026-10-25T02:00:00Z' })
    expect(frozen(early, '2026-10-25T01:29:00Z').frozen).toBe(true)
  })
  test('spans that run into each other end once', () => {
    expect(frozen({ cron: '0 0 * * 6,0', lasts: '24h', timezone: 'UTC' }, '2026-11-28T05:00:00Z').until).toBe(
      '2026-11-30T00:00:00Z',
    )
  })

  test.each([
    { ...yearEnd, to: '2026-12-18T18:00' },
    { ...yearEnd, to: '2026-12-01T18:00' },
    { ...yearEnd, to: undefined },
    { ...yearEnd, from: '2026-12-18' },
    { ...yearEnd, from: '2026-12-18T18:00Z' },
    { ...yearEnd, from: '2026-02-30T18:00' },
    { ...yearEnd, cron: '0 0 * * *', lasts: '1h' },
    { ...yearEnd, tiers: [] },
    { ...yearEnd, tiers: ['prod'] },
    { ...yearEnd, timezone: 'Mars/Olympus' },
    { cron: '0 0 * * *' },
    { name: 'nothing' },
  ])('is an error: %j', (raw) => {
    expect(freezeSchema.safeParse({ timezone: 'Europe/Berlin', ...raw }).success).toBe(false)
  })
  test('local times are read in the zone given', () => {
    expect(freezeSpan('2026-11-23T00:00', '2026-11-24T00:00', 'Asia/Kolkata')).toEqual({
      span: { from: at('2026-11-22T18:30:00Z'), to: at('2026-11-23T18:30:00Z') },
    })
  })
})

describe('for every window and instant', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC')
  const clock = fc
    .integer({ min: 0, max: 1439 })
    .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`)
  const days = fc.uniqueArray(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), { minLength: 1 })
  const byWeek = fc
    .record({ days, from: clock, to: clock, timezone: zones })
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, ...rest }) => ({ ...rest, hours: `${from}-${to}` }))
  const instant = fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') })

  test('the state holds until its next edge and changes there', () => {
    fc.assert(
      fc.property(byWeek, instant, (entry, now) => {
        const fresh = () => windows(entry)
        const { open, opensAt, closesAt } = windowState(fresh(), now)
        const edge = open ? closesAt : opensAt
        if (edge === null) return
        expect(edge).toBeGreaterThan(now)
        expect(windowState(fresh(), edge - 1).open).toBe(open)
        expect(windowState(fresh(), edge).open).toBe(!open)
      }),
      { numRuns: 150 },
    )
  })

  test('an open window shows a wall clock inside its hours', () => {
    fc.assert(
      fc.property(clock, clock, zones, instant, (from, to, timezone, now) => {
        fc.pre(from < to)
        if (!windowState(windows({ days: 'mon-sun', hours: `${from}-${to}`, timezone }), now).open) return
        const wall = new Intl.DateTimeFormat('en-GB', {
          timeZone: timezone,
          hour: '2-digit',
          minute: '2-digit',
        }).format(now)
        expect(wall >= from && wall < to).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('what is remembered of a list of windows is what would be found anew', () => {
    fc.assert(
      fc.property(byWeek, fc.array(instant, { minLength: 2, maxLength: 6 }), (entry, instants) => {
        const list = windows(entry)
        for (const now of instants) expect(windowState(list, now)).toEqual(windowState(windows(entry), now))
      }),
      { numRuns: 40 },
    )
  })
})
