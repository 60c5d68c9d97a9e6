import { expect, test } from '@jest/globals'
import {
  aChange,
  aDelivery,
  aLook,
  judgedOnce,
  MINUTE,
  NOW,
  SECOND,
  theLease,
  touch,
  type OpenEmpty,
} from './store-world.js'

const HOUR = 60 * MINUTE
const AHEAD = NOW + 5 * HOUR

/** A clock that was hours ahead, and was put right: nothing that was begun by it lasts for as long. */
export const clockContract = (open: OpenEmpty): void => {
  test('a subject whose look failed by a clock that was ahead is looked at again soon after it was put right', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], AHEAD)
    await store.subjects.failed(await theLease(store, AHEAD), 'GitHub answered 500', AHEAD + MINUTE, AHEAD)
    await store.subjects.clockWentBack(AHEAD, NOW)
    expect(await theLease(store, NOW)).toMatchObject({ attempts: 1 })
  })

  test('“look again soon” stays soon, and what a fact says of a later time stands', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1), { lookAgainAt: AHEAD + 30 * SECOND, sha: 'c'.repeat(40) }, AHEAD)
    await judgedOnce(store, aChange(2), { lookAgainAt: AHEAD + HOUR, sha: 'd'.repeat(40) }, AHEAD)
    await store.subjects.clockWentBack(AHEAD, NOW)
    expect(await store.subjects.nextDue(NOW)).toBe(NOW + 30 * SECOND)
    const lease = await theLease(store, NOW + 30 * SECOND)
    await store.subjects.judged(lease, aLook({ finished: true }), NOW + MINUTE)
    expect(await store.subjects.nextDue(NOW + MINUTE)).toBe(AHEAD + HOUR)
  })

  test('a flood by that clock does not make what happens now wait', async () => {
    const store = await open()
    for (let round = 0; round < 3; round++) {
      for (let time = 0; time < 40; time++) await store.subjects.hint([touch(aChange())], AHEAD + round * 10 * SECOND)
      const at = AHEAD + round * 10 * SECOND
      for (const lease of await store.subjects.lease('worker', at, 1, MINUTE))
        await store.subjects.judged(lease, aLook(), at)
    }
    await store.subjects.hint([touch(aChange())], AHEAD + 30 * SECOND)
    await store.subjects.clockWentBack(AHEAD + 30 * SECOND, NOW)
    expect(await store.subjects.nextDue(NOW)).toBeLessThanOrEqual(NOW)
  })

  test('a lease of that time does not outlast its owner by hours', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], AHEAD)
    await theLease(store, AHEAD, 'gone')
    expect(await theLease(store, NOW, 'another')).toMatchObject({ attempts: 1 })
  })

  test('a delivery that failed by that clock is tried again at once', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery())
    const [delivery] = await store.inbox.undispatched(AHEAD, 1)
    if (delivery === undefined) throw new Error('nothing waits')
    await store.inbox.failed(delivery, 'no', AHEAD)
    expect(await store.inbox.undispatched(NOW, 1)).toMatchObject([{ guid: delivery.guid }])
  })

  test('what one does for all by that clock is done again', async () => {
    const store = await open()
    expect(await store.round('look around', AHEAD, MINUTE)).toBe(true)
    expect(await store.round('look around', NOW, MINUTE)).toBe(true)
    expect(await store.round('look around', NOW, MINUTE)).toBe(false)
  })
}
