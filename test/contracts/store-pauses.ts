import { expect, test } from '@jest/globals'
import type { Lease } from '../../src/gatekeeper/ports.js'
import type { Hint, Subject } from '../../src/gatekeeper/subject.js'
import type { Store } from '../../src/store/store.js'
import {
  aChange,
  aDeployment,
  aLook,
  aRecord,
  judgedOnce,
  MINUTE,
  NOW,
  SECOND,
  SHOP,
  theLease,
  touch,
  type OpenEmpty,
} from './store-world.js'

const LOOK_TAKES = 30
const TOGETHER = 16

/** Looks, by the clock of the test, from the first touch on. */
interface Seen {
  readonly begun: readonly number[]
  readonly last: number
}

/** So many touches, evenly over a time, handled as many in a commit as the server does, and a worker that is never busy. */
const flood = async (
  { subjects }: Store,
  hint: Hint,
  { count, over }: { readonly count: number; readonly over: number },
): Promise<Seen> => {
  const begun: number[] = []
  let under: { readonly lease: Lease; readonly until: number } | null = null
  const step = (over * TOGETHER) / count
  const tick = async (at: number) => {
    const now = NOW + Math.round(at)
    if (under !== null && under.until <= at) {
      await subjects.judged(under.lease, aLook({ lookAgainAt: NOW + 60 * MINUTE }), now)
      under = null
    }
    if (under !== null) return
    const [lease] = await subjects.lease('worker', now, 1, MINUTE)
    if (lease === undefined) return
    begun.push(at)
    under = { lease, until: at + LOOK_TAKES }
  }
  let at = 0
  for (let sent = 0; sent < count; sent += TOGETHER, at += step) {
    await subjects.hint(Array<Hint>(TOGETHER).fill(hint), NOW + Math.round(at))
    await tick(at)
  }
  const last = at - step
  for (; at < last + MINUTE; at += 100) await tick(at)
  return { begun, last }
}

/** Fifty events of this moment. */
const crowd = (subject: Subject): readonly Hint[] => Array<Hint>(50).fill(touch(subject))

const due = ({ subjects }: Store) => subjects.nextDue(NOW)

/** Two looks in a flood, the second one just ended: what happens now has to wait. */
const inAPause = async (store: Store, subject: Subject, lookAgainAt: number | null = null): Promise<void> => {
  for (let looks = 0; looks < 2; looks++) {
    await store.subjects.hint(crowd(subject), NOW)
    await store.subjects.judged(await theLease(store, NOW), aLook({ lookAgainAt }), NOW)
  }
}

const floods = (open: OpenEmpty): void => {
  test('what may close a gate is looked at within a second, however long the pause of a flood and whatever follows', async () => {
    const store = await open()
    await store.records.verdict(aRecord({ decision: 'allow' }), NOW)
    for (let looks = 0; looks < 4; looks++) {
      const now = (await due(store)) ?? NOW
      await store.subjects.hint(crowd(aChange()), now)
      await store.subjects.judged(await theLease(store, Math.max(now, (await due(store)) ?? now)), aLook(), now)
    }
    const now = NOW + 3 * SECOND
    await store.subjects.hint([touch(aChange())], now)
    expect(await due(store)).toBeGreaterThan(now + SECOND)
    await store.subjects.hint([{ ...touch(aChange()), closes: true }], now)
    expect(await due(store)).toBeLessThanOrEqual(now + SECOND)
    await store.subjects.hint(crowd(aChange()), now + SECOND / 2)
    expect(await due(store)).toBeLessThanOrEqual(now + SECOND)
  })

  test.each([5, 20])(
    'a flood of events of one pull request over %i seconds costs five looks at most, and the last sees the last state',
    async (seconds) => {
      const { begun, last } = await flood(await open(), touch(aChange()), { count: 2_400, over: seconds * SECOND })
      expect(begun.length).toBeLessThanOrEqual(5)
      expect(begun.length).toBeGreaterThanOrEqual(3)
      expect(begun.at(-1)).toBeGreaterThanOrEqual(last)
      expect(begun.at(-1)).toBeLessThanOrEqual(last + 3 * SECOND)
    },
    60_000,
  )

  test('so do events of a fact that it asked', async () => {
    const store = await open()
    await judgedOnce(store, aChange(), {}, NOW - MINUTE)
    const wake: Hint = { kind: 'wake', scope: { repository: SHOP }, about: ['change'] }
    const { begun, last } = await flood(store, wake, { count: 2_000, over: 8 * SECOND })
    expect(begun.length).toBeLessThanOrEqual(5)
    expect(begun.at(-1)).toBeGreaterThanOrEqual(last)
  }, 60_000)

  test('a deployment in a flood is looked at every second', async () => {
    const { begun, last } = await flood(await open(), touch(aDeployment()), { count: 1_600, over: 5 * SECOND })
    const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(SECOND + LOOK_TAKES + 100)
    expect(begun.at(-1)).toBeGreaterThanOrEqual(last)
  }, 60_000)
}

/** What waits in a pause, and what does not. */
export const pausesContract = (open: OpenEmpty): void => {
  floods(open)

  test('in a flood too the first event after a look is judged at once, even if the look asked for tomorrow', async () => {
    const store = await open()
    await store.subjects.hint(crowd(aChange()), NOW)
    const lease = await theLease(store, NOW)
    await store.subjects.hint(crowd(aChange()), NOW)
    await store.subjects.judged(lease, aLook({ lookAgainAt: NOW + 24 * 60 * MINUTE }), NOW)
    expect((await theLease(store, NOW)).key).toBe('change/7/1')
  })

  test('people who act one after the other never wait', async () => {
    const store = await open()
    for (let turn = 0; turn < 15; turn++) {
      await store.subjects.hint([touch(aChange()), touch(aChange())], NOW)
      await store.subjects.judged(await theLease(store, NOW), aLook(), NOW)
    }
  })

  test('in a pause a touch waits for its end, and no longer than two seconds once nothing more comes', async () => {
    const store = await open()
    await inAPause(store, aChange())
    await store.subjects.hint([touch(aChange())], NOW + 1)
    expect(await due(store)).toBe(NOW + SECOND)
    await store.subjects.judged(await theLease(store, NOW + SECOND), aLook(), NOW + SECOND)
    await store.subjects.hint([touch(aChange())], NOW + SECOND)
    expect(await due(store)).toBe(NOW + 3 * SECOND)
    await store.subjects.hint([touch(aChange())], NOW + 2.5 * SECOND)
    expect(await due(store)).toBe(NOW + 4.5 * SECOND)
    await store.subjects.hint([touch(aChange())], NOW + 8 * SECOND)
    expect(await due(store)).toBe(NOW + 9 * SECOND)
  })

  test.each([
    ['allow' as const, 16],
    ['wait' as const, 60],
  ])(
    'a gate that says %s is looked at every %i seconds at least, however long a flood lasts',
    async (decision, seconds) => {
      const store = await open()
      for (let looks = 0; looks < 6; looks++) {
        const now = NOW + looks * MINUTE
        await store.subjects.hint(crowd(aChange()), now)
        const lease = await theLease(store, now)
        await store.records.verdict(aRecord({ decision }), now)
        await store.subjects.judged(lease, aLook(), now)
        for (let at = 0; at < 60; at += 15) await store.subjects.hint(crowd(aChange()), now + at * SECOND)
      }
      const ended = NOW + 5 * MINUTE
      for (let at = 0; at < seconds; at++) await store.subjects.hint(crowd(aChange()), ended + at * SECOND)
      expect(await due(store)).toBe(ended + seconds * SECOND)
    },
  )

  test('a pause delays no look that a verdict asked for', async () => {
    const store = await open()
    await inAPause(store, aChange(), NOW + 300)
    await store.subjects.hint(crowd(aChange()), NOW + 1)
    expect(await due(store)).toBe(NOW + 300)
  })

  test('a pause delays no look that was asked for later', async () => {
    const store = await open()
    await inAPause(store, aChange())
    await store.subjects.hint([...crowd(aChange()), touch(aChange(), { notBefore: NOW + 400 })], NOW + 1)
    expect(await due(store)).toBe(NOW + 400)
  })

  test('a pause does not shorten what waits out a failure', async () => {
    const store = await open()
    await inAPause(store, aChange())
    await store.subjects.hint([touch(aChange())], NOW)
    const lease = await theLease(store, NOW + SECOND)
    await store.subjects.failed(lease, 'no', NOW + 6 * SECOND, NOW + SECOND)
    await store.subjects.hint([touch(aChange())], NOW + 2 * SECOND)
    expect(await due(store)).toBe(NOW + 6 * SECOND)
  })

  test('after a quiet while pauses begin anew', async () => {
    const store = await open()
    await inAPause(store, aChange())
    const later = NOW + MINUTE
    await store.subjects.hint(crowd(aChange()), later)
    await store.subjects.judged(await theLease(store, later), aLook(), later)
    await store.subjects.hint(crowd(aChange()), later)
    expect(await due(store)).toBeLessThanOrEqual(later)
  })

  test('a flood of one subject holds up no other', async () => {
    const store = await open()
    await inAPause(store, aChange())
    await store.subjects.hint([touch(aChange()), touch(aChange(2))], NOW + 1)
    expect((await theLease(store, NOW + 1)).key).toBe('change/7/2')
  })
}
