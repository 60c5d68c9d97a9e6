import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { windowState, freezeState } from '../../src/policy/time/calendar.js'
import { decide } from '../../src/policy/decide.js'
import { freezeSchema } from '../../src/policy/time/freezes.js'
import { windowsSchema } from '../../src/policy/time/windows.js'
import { DAY, MINUTE, NOW } from './given.js'
import { anything, made } from './properties-given.js'

const real = { Date: globalThis.Date, random: Math.random, now: performance.now.bind(performance) }

const forbidden = (what: string) => (): never => {
  throw new Error(`a decision read ${what}`)
}

/** What the one library that asks for the time, and then does not look at it, is told: another time each time it asks. */
const LIES = [0, NOW - 30_000 * DAY, NOW + 30_000 * DAY, NaN]
let lies = 0

const isCroner = (): boolean => new Error().stack?.includes('/croner/') === true

/** A date of a given instant is a value; one of no instant reads the clock. */
class GivenDate extends real.Date {
  public constructor(...given: readonly unknown[]) {
    if (given.length > 0) super(...(given as [number]))
    else super(isCroner() ? lie() : forbidden('the clock')())
  }
  public static override now = forbidden('the clock')
}

const lie = (): number => {
  lies += 1
  return LIES[lies % LIES.length] ?? 0
}

const stopClocks = (): void => {
  Object.assign(globalThis, { Date: GivenDate })
  Math.random = forbidden('chance')
  performance.now = forbidden('the clock')
}

const startClocks = (): void => {
  Object.assign(globalThis, { Date: real.Date })
  Math.random = real.random
  performance.now = real.now
}
afterEach(startClocks)

const withoutClocks = <T>(run: () => T): T => {
  stopClocks()
  try {
    return run()
  } finally {
    startClocks()
  }
}

test('the clock is really stopped while deciding', () => {
  expect(() => withoutClocks(() => new Date())).toThrow('read the clock')
  expect(() => withoutClocks(() => Date.now())).toThrow('read the clock')
  expect(() => withoutClocks(() => Math.random())).toThrow('read chance')
  expect(withoutClocks(() => new Date(5).getTime())).toBe(5)
  expect(Date.now()).toBeGreaterThan(NOW - 10_000 * DAY)
})

test('a decision reads no clock and leaves nothing to chance', () => {
  fc.assert(
    fc.property(anything, fc.integer({ min: 0, max: 400 * 24 * 60 }), (each, minutes) => {
      const at = NOW + minutes * MINUTE
      const one = made(each)
      const verdict = withoutClocks(() => decide(one.gate, one.facts, at))
      const other = made(each)
      expect(decide(other.gate, other.facts, at)).toEqual(verdict)
    }),
    { numRuns: 120 },
  )
})

const WINDOWS = [
  [{ days: 'mon-thu', hours: '09:00-16:00', timezone: 'Europe/Berlin' }],
  [{ cron: '30 1 * * *', lasts: '3h', timezone: 'America/New_York' }],
  [
    { days: 'fri-mon', hours: '22:00-02:30', timezone: 'Europe/London' },
    { cron: '0 2 * * 0', lasts: '26h', timezone: 'UTC' },
  ],
]
const SPANS = [
  { cron: '30 2 * * *', lasts: '90m', timezone: 'Europe/Berlin' },
  { cron: '0 20 * * 5', lasts: '60h', timezone: 'America/New_York' },
  { cron: '0 8-12 * * *', lasts: '90m', timezone: 'UTC' },
]
/** Quarters of an hour in a week of no clock change, and in those of Europe's and America's. */
const times = fc
  .tuple(
    fc.constantFrom(NOW, Date.UTC(2026, 9, 23), Date.UTC(2027, 2, 12), Date.UTC(2027, 2, 26)),
    fc.array(fc.integer({ min: 0, max: 7 * 96 }), { minLength: 2, maxLength: 16 }),
  )
  .map(([start, quarters]) => quarters.map((each) => start + each * 15 * MINUTE))

test('a window says the same however often and in whatever order it is asked', () => {
  fc.assert(
    fc.property(fc.constantFrom(...WINDOWS), times, (written, instants) => {
      const asked = windowsSchema.parse(written)
      for (const at of instants) expect(windowState(asked, at)).toEqual(windowState([...asked], at))
    }),
    { numRuns: 60 },
  )
})

test('a freeze says the same however often and in whatever order it is asked', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SPANS), times, (written, instants) => {
      const { span } = freezeSchema.parse({ name: 'f', ...written })
      for (const at of instants) expect(freezeState({ span }, at)).toEqual(freezeState({ span: { ...span } }, at))
    }),
    { numRuns: 60 },
  )
})
