import { expect, test } from '@jest/globals'
import { createLog } from '../src/wire.js'
import { keepingFor } from '../src/retention.js'
import { openStore } from '../src/store/store.js'
import { aDelivery, anAct, aRecord, MINUTE, NOW } from './contracts/store-world.js'

const DAY = 24 * 60 * MINUTE
const KEPT = { retainDeliveries: 7 * DAY, retainFacts: 400 * DAY, retainDecisions: 2557 * DAY }

test('a delivery that was handled goes when its time is over, and not before', async () => {
  const store = await openStore({ dataDir: ':memory:' })
  let now = NOW
  const letGo = keepingFor(KEPT, { store, clock: { now: () => now }, log: createLog('silent') })
  await store.inbox.accept(aDelivery({ guid: 'done' }))
  const [delivery] = await store.inbox.undispatched(NOW, 1)
  if (delivery === undefined) throw new Error('one delivery waits')
  await store.inbox.dispatched(delivery, [], NOW)
  for (const [after, isKnown] of [
    [7 * DAY, true],
    [7 * DAY + MINUTE, true],
    [8 * DAY, false],
  ] as const) {
    now = NOW + after
    await letGo()
    expect(await store.inbox.knows('done')).toBe(isKnown)
  }
  await store.close()
})

test('a store that cannot let go is logged, and does not stop the round', async () => {
  const store = await openStore({ dataDir: ':memory:' })
  const lines: string[] = []
  const log = createLog('error', { write: (line) => void lines.push(line) })
  const expireDeliveries = () => Promise.reject(new Error('the disk is full'))
  await keepingFor(KEPT, { store: { ...store, expireDeliveries }, clock: { now: () => NOW }, log })()
  expect(lines).toEqual([expect.stringContaining('the disk is full')])
  await store.close()
})

test('facts and entries go when their time is over, and the ledger is whole', async () => {
  const store = await openStore({ dataDir: ':memory:' })
  let now = NOW
  const letGo = keepingFor(KEPT, { store, clock: { now: () => now }, log: createLog('silent') })
  await store.records.verdict(aRecord(), NOW)
  await store.records.act(anAct(), NOW)
  for (const [after, sides, cut] of [
    [400 * DAY, { expired: 0 }, null],
    [401 * DAY, { expired: 1 }, null],
    [2557 * DAY, { expired: 1 }, null],
    [2558 * DAY, { expired: 0 }, { sequence: 2 }],
  ] as const) {
    now = NOW + after
    await letGo()
    expect(await store.ledger.verify()).toMatchObject({ ok: true, sides, cut })
  }
  await store.close()
})

test('a finished subject goes with the facts of its decisions, and not before', async () => {
  const store = await openStore({ dataDir: ':memory:' })
  const asked: number[] = []
  const expireSubjects = (before: number) => Promise.resolve(asked.push(before))
  await keepingFor(KEPT, { store: { ...store, expireSubjects }, clock: { now: () => NOW }, log: createLog('silent') })()
  expect(asked).toEqual([NOW - KEPT.retainFacts])
  await store.close()
})
