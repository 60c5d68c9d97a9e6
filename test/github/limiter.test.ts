import { describe, expect, test } from '@jest/globals'
import type { Urgency } from '../../src/gatekeeper/ports.js'
import { troubleOf } from '../../src/github/errors.js'
import { createLimiter, type Limiter } from '../../src/github/limiting/limiter.js'
import { GITHUB_LIMITS, weightOf, type Limits } from '../../src/github/limiting/limits.js'

const READ = weightOf('GET /repos/{owner}/{repo}')
const QUERY = weightOf('POST https://api.github.com/graphql')
const CHECK = weightOf('POST /repos/{owner}/{repo}/check-runs')
const HOUR = 3_600_000
const BEGIN = Date.parse('2026-03-02T09:00:00Z')

const clockAt = (start: number) => {
  let now = start
  return { now: () => now, advance: (by: number) => (now += by) }
}

const left = (remaining: number, { limit = 5_000, reset = BEGIN + HOUR } = {}) => ({
  headers: {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset / 1_000),
  },
})
const plenty = left(4_999)

const refusal = (status: number, headers: Readonly<Record<string, string>>, message = 'no') =>
  Object.assign(new Error(message), { name: 'HttpError', status, response: { headers } })

const site = (limits: Partial<Limits> = {}) => {
  const clock = clockAt(BEGIN)
  return { clock, limiter: createLimiter(clock, { ...GITHUB_LIMITS, ...limits }) }
}

const asks = (limiter: Limiter, urgency: Urgency, { weight = READ, reply = plenty } = {}) =>
  limiter.run(weight, urgency, () => Promise.resolve(reply))
const fails = (limiter: Limiter, error: Error, weight = READ) =>
  limiter.run(weight, 'release', () => Promise.reject(error)).catch(() => undefined)
/** How many of so many calls were made. */
const made = async (calls: number, call: () => Promise<unknown>): Promise<number> => {
  const ended = await Promise.allSettled(Array.from({ length: calls }, call))
  return ended.filter(({ status }) => status === 'fulfilled').length
}

describe('the hourly budget', () => {
  test.each([
    ['background', 1_000, 1_001],
    ['change', 250, 251],
    ['release', 0, 1],
  ] as const)('%s stops at %i of 5,000 left, and not before', async (urgency, stopsAt, goesAt) => {
    const { limiter } = site()
    await asks(limiter, 'release', { reply: left(goesAt) })
    await expect(asks(limiter, urgency, { reply: left(stopsAt) })).resolves.toBeDefined()
    await expect(asks(limiter, urgency)).rejects.toMatchObject({ name: 'Limited', at: BEGIN + HOUR })
  })

  test('is whole again after its reset', async () => {
    const { limiter, clock } = site()
    await asks(limiter, 'release', { reply: left(0) })
    await expect(asks(limiter, 'release')).rejects.toMatchObject({ name: 'Limited' })
    clock.advance(HOUR)
    await expect(asks(limiter, 'background')).resolves.toBeDefined()
  })

  test('of REST and of GraphQL are two', async () => {
    const { limiter } = site()
    await asks(limiter, 'release', { weight: QUERY, reply: left(0) })
    await expect(asks(limiter, 'release', { weight: QUERY })).rejects.toMatchObject({ name: 'Limited' })
    await expect(asks(limiter, 'background')).resolves.toBeDefined()
  })

  test('is not refilled by a reply that comes late', async () => {
    const { limiter } = site()
    await asks(limiter, 'release', { reply: left(10) })
    await asks(limiter, 'release', { reply: left(4_000) })
    expect(limiter.budgets().get('core')?.remaining).toBe(10)
  })

  test('that GraphQL calls used up in a reply of status 200 is used up', async () => {
    const { limiter } = site()
    limiter.exhausted('graphql', left(0).headers)
    await expect(asks(limiter, 'release', { weight: QUERY })).rejects.toMatchObject({ at: BEGIN + HOUR })
  })
})

describe('a pause that GitHub asks for', () => {
  test.each([
    ['403 with retry-after', refusal(403, { 'retry-after': '90' }), 90_000],
    ['429 with retry-after', refusal(429, { 'retry-after': '30' }), 30_000],
    ['429 without a time', refusal(429, {}), 60_000],
    ['403 that speaks of a secondary rate limit', refusal(403, {}, 'You have exceeded a secondary rate limit'), 60_000],
  ])('by %s is kept, whatever is to be asked', async (_what, error, wait) => {
    const { limiter, clock } = site()
    await fails(limiter, error)
    expect(limiter.pausedUntil()).toBe(BEGIN + wait)
    await expect(asks(limiter, 'release', { weight: QUERY })).rejects.toMatchObject({ at: BEGIN + wait })
    clock.advance(wait)
    await expect(asks(limiter, 'background')).resolves.toBeDefined()
    expect(limiter.pausedUntil()).toBeNull()
  })

  test('by 403 with nothing left lasts until the reset', async () => {
    const { limiter } = site()
    await fails(limiter, refusal(403, left(0).headers))
    await expect(asks(limiter, 'release')).rejects.toMatchObject({ at: BEGIN + HOUR })
  })

  test('is not taken from a 403 for a missing permission', async () => {
    const { limiter } = site()
    await fails(limiter, refusal(403, plenty.headers, 'Resource not accessible by integration'))
    await expect(asks(limiter, 'background')).resolves.toBeDefined()
  })

  test('is one for calls that were refused together, and doubles when the next call is refused again', async () => {
    const { limiter, clock } = site()
    await Promise.all([1, 2, 3].map(() => fails(limiter, refusal(429, {}))))
    expect(limiter.pausedUntil()).toBe(BEGIN + 60_000)
    clock.advance(60_000)
    await fails(limiter, refusal(429, {}))
    expect(limiter.pausedUntil()).toBe(BEGIN + 60_000 + 120_000)
  })
})

describe('what may be asked at once and within a minute', () => {
  test.each([
    ['background', 540],
    ['change', 810],
    ['release', 900],
  ] as const)('%s reads %i times', async (urgency, most) => {
    const { limiter, clock } = site()
    await asks(limiter, 'release')
    clock.advance(60_000)
    expect(await made(1_000, () => asks(limiter, urgency))).toBe(most)
    await expect(asks(limiter, urgency)).rejects.toMatchObject({ at: clock.now() + 60_000 })
    clock.advance(60_000)
    await expect(asks(limiter, urgency)).resolves.toBeDefined()
  })

  test('eighty things are made in a minute and five hundred in an hour, the last by deployments', async () => {
    const { limiter, clock } = site()
    await asks(limiter, 'release')
    let sum = 0
    for (let minute = 0; minute < 10; minute += 1) {
      sum += await made(100, () => asks(limiter, 'change', { weight: CHECK }))
      clock.advance(60_000)
    }
    expect(sum).toBe(450)
    expect(await made(100, () => asks(limiter, 'release', { weight: CHECK }))).toBe(50)
  })

  test('nothing is counted where the server tells of no limits', async () => {
    const { limiter } = site()
    const reply = { headers: {} }
    expect(await made(2_000, () => asks(limiter, 'background', { reply: reply as never }))).toBe(2_000)
  })

  test('no more than the places are under way, and the most urgent in line goes first', async () => {
    const { limiter } = site({ concurrent: 1 })
    const order: string[] = []
    let release = () => {}
    const first = limiter.run(
      READ,
      'change',
      () => new Promise<typeof plenty>((done) => (release = () => done(plenty))),
    )
    await Promise.resolve()
    const others = (['background', 'change', 'release'] as const).map((urgency) =>
      limiter.run(READ, urgency, async () => (order.push(urgency), plenty)),
    )
    await Promise.resolve()
    expect(order).toEqual([])
    release()
    await Promise.all([first, ...others])
    expect(order).toEqual(['release', 'change', 'background'])
  })

  test('who stands in line when GitHub asks for a pause is refused, not sent', async () => {
    const { limiter } = site({ concurrent: 1 })
    let refuse = () => {}
    const first = limiter.run(
      READ,
      'change',
      () => new Promise<typeof plenty>((_, reject) => (refuse = () => reject(refusal(429, { 'retry-after': '5' })))),
    )
    await Promise.resolve()
    const second = asks(limiter, 'release')
    refuse()
    await expect(first).rejects.toMatchObject({ status: 429 })
    await expect(second).rejects.toMatchObject({ name: 'Limited', at: BEGIN + 5_000 })
  })
})

describe('a clock that was wrong, ours or GitHub’s', () => {
  test('and went back keeps no pause, no budget and no window for as long as it had been ahead', async () => {
    const { limiter, clock } = site({
      points: { core: { most: 1, window: 60_000 }, graphql: GITHUB_LIMITS.points.graphql },
    })
    clock.advance(5 * HOUR)
    await asks(limiter, 'release', { reply: left(0, { reset: clock.now() + HOUR }) })
    await fails(limiter, refusal(429, { 'retry-after': '60' }), QUERY)
    clock.advance(-5 * HOUR)
    expect(limiter.pausedUntil()).toBeNull()
    const refused = await asks(limiter, 'release').catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'Limited', at: clock.now() + 60_000 })
    clock.advance(60_000)
    await expect(asks(limiter, 'release')).resolves.toBeDefined()
  })

  test.each([
    ['behind', -5 * HOUR],
    ['ahead of', 5 * HOUR],
  ])('and is %s the other does not change how long a budget is used up', async (_what, off) => {
    const { limiter, clock } = site()
    const headers = { ...left(0, { reset: BEGIN + off + HOUR / 2 }).headers, date: new Date(BEGIN + off).toUTCString() }
    await asks(limiter, 'release', { reply: { headers } })
    await expect(asks(limiter, 'release')).rejects.toMatchObject({ at: BEGIN + HOUR / 2 })
    clock.advance(HOUR / 2)
    await expect(asks(limiter, 'release')).resolves.toBeDefined()
  })

  test('and any number that GitHub may say: nothing is put off for more than an hour', async () => {
    const huge = String(Number.MAX_SAFE_INTEGER)
    const { limiter } = site()
    await fails(limiter, refusal(429, { 'retry-after': huge }))
    expect(limiter.pausedUntil()).toBe(BEGIN + HOUR)
    const trouble = troubleOf('it', refusal(429, { 'retry-after': huge }), BEGIN)
    expect(trouble).toMatchObject({ retryAt: BEGIN + HOUR })
    const spent = refusal(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': huge })
    expect(troubleOf('it', spent, BEGIN)).toMatchObject({ retryAt: BEGIN + HOUR })
  })
})
