import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Gatekeeper } from '../../src/gatekeeper/gatekeeper.js'
import { Unreadable, type Lease } from '../../src/gatekeeper/ports.js'
import { Worker } from '../../src/gatekeeper/worker.js'
import type { RepositoryId } from '../../src/policy/facts.js'
import { openStore, type Store } from '../../src/store/store.js'
import { aChange, ACME, BANK, NOW, SHOP, touch } from '../contracts/store-world.js'

const quiet = () => undefined

/** A worker on a store of its own, whose GitHub says nothing of some repositories, and refuses all others. */
const site = (store: Store, silent: readonly RepositoryId[], clock = { now: () => NOW }) => {
  const asked: RepositoryId[] = []
  const looked: { readonly key: string; readonly isJudged: boolean }[] = []
  const listeners = new Set<() => void>()
  const happened = () => listeners.forEach((listener) => listener())
  let hangUp: (error: Error) => void = quiet
  const silence = new Promise<never>((_, reject) => (hangUp = reject))
  silence.catch(quiet)
  const gatekeeper = {
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    subjects: store.subjects,
    records: store.records,
    settings: { allowedOrganisations: [], organisationPolicy: 'none' },
    github: {
      repository({ id }: { readonly id: RepositoryId }) {
        asked.push(id)
        happened()
        return silent.includes(id) ? silence : Promise.reject(new Unreadable('it', 'GitHub answered 500', 500))
      },
    },
  } as unknown as Gatekeeper
  const ended = ({ key }: Lease, isJudged: boolean) => {
    looked.push({ key, isJudged })
    happened()
  }
  const worker = new Worker(gatekeeper, { owner: 'worker', concurrency: 8, looked: ended }, () => Promise.resolve(0))
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo())
      await new Promise<void>((resolve) => {
        const listener = () => {
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
      })
  }
  return {
    worker,
    asked,
    looked,
    until,
    hangsUp: () => hangUp(new Unreadable('it', 'this app is being stopped', null)),
  }
}

let store: Store
beforeEach(async () => {
  store = await openStore({ dataDir: ':memory:' })
  for (const id of [SHOP, BANK])
    await store.subjects.hint(
      [{ kind: 'address', address: { installation: ACME, id, owner: 'acme', name: `${id}` } }],
      0,
    )
})
afterEach(() => store.close())

test('a look that waits for GitHub holds up nothing that comes in meanwhile', async () => {
  const { worker, asked, looked, until, hangsUp } = site(store, [SHOP])
  await store.subjects.hint([touch(aChange(1, SHOP))], NOW)
  worker.start()
  await until(() => asked.includes(SHOP))
  await store.subjects.hint([touch(aChange(2, BANK))], NOW)
  worker.nudge()
  await until(() => looked.length === 1)
  expect(looked).toEqual([{ key: `change/${BANK}/2`, isJudged: false }])
  hangsUp()
  await worker.stop()
})

test('what falls due by itself is looked at while another look waits for GitHub', async () => {
  const { worker, asked, looked, until, hangsUp } = site(store, [SHOP])
  await store.subjects.hint([touch(aChange(1, SHOP))], NOW)
  worker.start()
  await until(() => asked.includes(SHOP))
  await store.subjects.hint([touch(aChange(2, BANK))], NOW)
  await until(() => looked.length === 1)
  expect(looked).toMatchObject([{ key: `change/${BANK}/2` }])
  hangsUp()
  await worker.stop()
})

test('a look that a stop cuts short is handed back, due at once and without a mark', async () => {
  const { worker, asked, until, hangsUp } = site(store, [SHOP])
  await store.subjects.hint([touch(aChange(1, SHOP))], NOW)
  worker.start()
  await until(() => asked.includes(SHOP))
  const stopped = worker.stop()
  hangsUp()
  await stopped
  const [again] = await store.subjects.lease('another', NOW, 10, 1_000)
  expect(again).toMatchObject({ key: `change/${SHOP}/1`, attempts: 0 })
})

test('where the clock goes back, what failed before that is looked at again all the same', async () => {
  let now = NOW + 5 * 3_600_000
  const { worker, looked } = site(store, [], { now: () => now })
  await store.subjects.hint([touch(aChange(1, SHOP))], now)
  await worker.untilIdle()
  now = NOW
  await worker.untilIdle()
  expect(looked).toHaveLength(2)
})
