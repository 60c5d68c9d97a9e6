import { expect, test } from '@jest/globals'
import { DeliveryRefused, type StoredDelivery } from '../../src/gatekeeper/ports.js'
import type { Store } from '../../src/store/store.js'
import {
  aChange,
  aDelivery,
  aDeployment,
  kindsIn,
  MINUTE,
  NOW,
  SECOND,
  theLease,
  touch,
  type OpenEmpty,
} from './store-world.js'

const DAY = 24 * 60 * MINUTE

const waiting = ({ inbox }: Store, now = NOW) => inbox.undispatched(now, 100)

const theOne = async (store: Store, now = NOW): Promise<StoredDelivery> => {
  const [delivery, ...more] = await waiting(store, now)
  if (delivery === undefined || more.length > 0) throw new Error('one waiting delivery was expected')
  return delivery
}

/** What any engine owes to deliveries. */
export const inboxContract = (open: OpenEmpty): void => {
  test('deliveries wait in the order in which they came', async () => {
    const store = await open()
    const came = [1, 2, 3].map((n) => aDelivery({ body: `{"n":${n}}` }))
    await Promise.all(came.map((delivery) => store.inbox.accept(delivery)))
    expect((await waiting(store)).map(({ guid, body, attempts }) => ({ guid, body, attempts }))).toEqual(
      came.map(({ guid, body }) => ({ guid, body, attempts: 0 })),
    )
  })

  test('of hints that no store would take the delivery is to blame', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery())
    const hints = [touch(aChange(), { sha: 'a\0' })]
    await expect(store.inbox.dispatched(await theOne(store), hints, NOW)).rejects.toThrow(DeliveryRefused)
  })

  test('no more are handed out at once than were asked for', async () => {
    const store = await open()
    for (let n = 0; n < 3; n++) await store.inbox.accept(aDelivery())
    expect(await store.inbox.undispatched(NOW, 2)).toHaveLength(2)
  })

  test('the same delivery twice is one while it waits, and stays one after it was dispatched', async () => {
    const store = await open()
    const delivery = aDelivery()
    await Promise.all([store.inbox.accept(delivery), store.inbox.accept(delivery)])
    await store.inbox.dispatched(await theOne(store), [], NOW)
    await store.inbox.accept(delivery)
    expect(await waiting(store)).toEqual([])
  })

  test('one GUID with another body or another event is another delivery, so that a forged repeat hides nothing', async () => {
    const store = await open()
    const delivery = aDelivery()
    await store.inbox.accept(delivery)
    await store.inbox.accept({ ...delivery, body: '{"action":"closed"}' })
    await store.inbox.accept({ ...delivery, event: 'ping' })
    expect(await waiting(store)).toHaveLength(3)
  })

  test('a redelivery gives one that waits out a failure its turn at once', async () => {
    const store = await open()
    const delivery = aDelivery()
    await store.inbox.accept(delivery)
    await store.inbox.failed(await theOne(store), 'GitHub was away', NOW)
    expect(await waiting(store)).toEqual([])
    await store.inbox.accept(delivery)
    expect(await theOne(store)).toMatchObject({ guid: delivery.guid, attempts: 1 })
  })

  test('a redelivery of a dead letter is processed', async () => {
    const store = await open({ attempts: 1 })
    const delivery = aDelivery()
    await store.inbox.accept(delivery)
    await store.inbox.failed(await theOne(store), 'poison', NOW)
    await store.inbox.accept(delivery)
    expect(await theOne(store)).toMatchObject({ guid: delivery.guid, attempts: 0 })
  })

  test('a row that cannot be stored fails only its own caller', async () => {
    const store = await open()
    const bad = aDelivery({ body: 'a\0b' })
    const outcomes = await Promise.allSettled([aDelivery(), bad, aDelivery()].map((one) => store.inbox.accept(one)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await waiting(store)).toHaveLength(2)
  })

  test('dispatching touches the subjects, writes the delivery down and is done, once', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery({ guid: 'once', event: 'push' }))
    const delivery = await theOne(store)
    await store.inbox.dispatched(delivery, [touch(aChange())], NOW)
    const { generation } = await theLease(store, NOW)
    await store.inbox.dispatched(delivery, [touch(aChange())], NOW)
    expect(await waiting(store)).toEqual([])
    expect(generation).toBe(2)
    for await (const entry of store.ledger.entries())
      expect(entry).toMatchObject({ sequence: 1, kind: 'delivery', body: { guid: 'once', event: 'push', hints: 1 } })
    expect(await kindsIn(store)).toHaveLength(1)
  })

  test('when one hint cannot take effect, none does, and the delivery still waits', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery())
    const hints = [touch(aChange()), touch(aDeployment('pro\0duction'))]
    await expect(store.inbox.dispatched(await theOne(store), hints, NOW)).rejects.toThrow('NUL')
    expect(await store.subjects.lease('worker', NOW, 10, MINUTE)).toEqual([])
    expect(await kindsIn(store)).toEqual([])
    expect(await waiting(store)).toHaveLength(1)
  })

  test('a failing delivery waits twice as long each time, and holds nobody up', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery({ guid: 'failing' }))
    await store.inbox.failed(await theOne(store), 'first', NOW)
    await store.inbox.failed(await theOne(store, NOW + SECOND), 'second', NOW + SECOND)
    await store.inbox.accept(aDelivery({ guid: 'behind' }))
    expect((await waiting(store, NOW + 2 * SECOND)).map(({ guid }) => guid)).toEqual(['behind'])
    expect((await waiting(store, NOW + 3 * SECOND)).map(({ guid }) => guid)).toEqual(['failing', 'behind'])
  })

  test('after as many failures as are allowed a delivery is a dead letter: counted, kept, never handed out', async () => {
    const store = await open({ attempts: 2 })
    await store.inbox.accept(aDelivery({ receivedAt: NOW - MINUTE }))
    await store.inbox.failed(await theOne(store), 'first', NOW)
    await store.inbox.failed(await theOne(store, NOW + DAY), 'second', NOW + DAY)
    expect(await waiting(store, NOW + 2 * DAY)).toEqual([])
    expect(await store.inbox.backlog()).toEqual({ waiting: 0, oldest: null, dead: 1 })
  })

  test('the backlog says how many wait and since when', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery({ receivedAt: NOW + SECOND }))
    await store.inbox.accept(aDelivery({ receivedAt: NOW }))
    expect(await store.inbox.backlog()).toEqual({ waiting: 2, oldest: NOW, dead: 0 })
  })

  test('a delivery that failed waits, and is no sign that others are not reached', async () => {
    const store = await open()
    await store.inbox.accept(aDelivery({ receivedAt: NOW - MINUTE }))
    await store.inbox.failed(await theOne(store), 'poison', NOW)
    expect(await store.inbox.backlog()).toEqual({ waiting: 1, oldest: null, dead: 0 })
    await store.inbox.accept(aDelivery({ guid: 'next', receivedAt: NOW }))
    expect(await store.inbox.backlog()).toEqual({ waiting: 2, oldest: NOW, dead: 0 })
  })

  test('a store that closes settles what it has accepted, and accepts nothing more', async () => {
    const store = await open()
    const accepted = store.inbox.accept(aDelivery())
    await store.close()
    await expect(accepted).resolves.toBeUndefined()
    await expect(store.inbox.accept(aDelivery())).rejects.toThrow('closing')
  })

  test('what was handled or given up long ago goes; what waits stays, and the ledger is whole', async () => {
    const store = await open({ attempts: 1 })
    await store.inbox.accept(aDelivery({ guid: 'done' }))
    await store.inbox.dispatched(await theOne(store), [], NOW)
    await store.inbox.accept(aDelivery({ guid: 'dead' }))
    await store.inbox.failed(await theOne(store), 'poison', NOW)
    await store.inbox.accept(aDelivery({ guid: 'waits' }))
    expect(await store.expireDeliveries(NOW)).toEqual({ done: 0, dead: 0 })
    expect(await store.expireDeliveries(NOW + 1)).toEqual({ done: 1, dead: 1 })
    expect(await store.inbox.knows('done')).toBe(false)
    expect(await waiting(store)).toMatchObject([{ guid: 'waits' }])
    expect(await store.inbox.backlog()).toMatchObject({ waiting: 1, dead: 0 })
    expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 1 })
  })
}
