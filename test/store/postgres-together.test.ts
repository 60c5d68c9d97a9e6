import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Lease } from '../../src/gatekeeper/ports.js'
import type { Hint } from '../../src/gatekeeper/subject.js'
import { SCHEMA_VERSION } from '../../src/store/migrations/migrate.js'
import { openStore, type Store } from '../../src/store/store.js'
import {
  ACME,
  aChange,
  aDelivery,
  aDeployment,
  aLook,
  anAct,
  HEAD,
  judgedOnce,
  kindsIn,
  MINUTE,
  NOW,
  OTHER,
  SECOND,
  SHOP,
  theLease,
  touch,
} from '../contracts/store-world.js'
import { aDatabase, session, somebodyWaits, statements } from '../postgres/cluster.js'

let url: string
let opened: Store[]

/** One more instance on the same database. */
const instance = async (): Promise<Store> => {
  const store = await openStore({ dataDir: 'nowhere', databaseUrl: url })
  opened.push(store)
  return store
}

const instances = (count: number): Promise<readonly Store[]> =>
  Promise.all(Array.from({ length: count }, () => instance()))

beforeEach(async () => {
  url = await aDatabase()
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()))
})

test('ten instances that start at once on an empty database migrate it once', async () => {
  await instances(10)
  const versions = Array.from({ length: SCHEMA_VERSION }, (_, index) => ({ version: index + 1 }))
  expect(await statements(url, 'select version from schema_version order by version')).toEqual(versions)
})

test('the ledger of ten instances that write at once is one whole chain', async () => {
  const all = await instances(10)
  await Promise.all(
    all.flatMap(({ records }, index) =>
      Array.from({ length: 20 }, (_, run) => records.act(anAct({ run, text: `instance ${index}` }), NOW)),
    ),
  )
  for (const { ledger } of all) expect(await ledger.verify()).toMatchObject({ ok: true, entries: 200 })
})

const LANES = 6

/** Leases, and holds for a moment what it has leased; remembers what was held by anybody at the same moment. */
const works = async (
  store: Store,
  owner: string,
  held: Map<string, Lease>,
  looks: string[],
  now = NOW,
): Promise<void> => {
  for (let empty = 0; empty < 5;) {
    const leases = await store.subjects.lease(owner, now, 4, MINUTE)
    empty = leases.length === 0 ? empty + 1 : 0
    for (const lease of leases) {
      const other = held.get(lease.lane)
      if (other) throw new Error(`${lease.lane} is leased to ${other.owner} and to ${owner}`)
      held.set(lease.lane, lease)
    }
    await Promise.all(leases.map((lease) => store.subjects.holds(lease, now)))
    for (const lease of leases) {
      looks.push(lease.key)
      held.delete(lease.lane)
      await store.subjects.judged(lease, aLook({ sha: lease.sha, finished: true }), now)
    }
  }
}

test('a lane is never leased by two of five instances, and all that is due is looked at once', async () => {
  const all = await instances(5)
  const subjects = Array.from({ length: 60 }, (_, run) => aDeployment(`environment ${run % LANES}`, run))
  await all[0]?.subjects.hint(
    subjects.map((one) => touch(one)),
    NOW,
  )
  const [held, looks] = [new Map<string, Lease>(), [] as string[]]
  await Promise.all(all.map((store, index) => works(store, `instance ${index}`, held, looks)))
  expect(new Set(looks).size).toBe(60)
  expect(looks).toHaveLength(60)
})

test('changes that get other heads while five instances lease them never share a lane that is leased', async () => {
  const all = await instances(5)
  const moves = async (store: Store, round: number) => {
    for (let number = 1; number <= 8; number++)
      await store.subjects.hint([touch(aChange(number), { sha: String((number + round) % 4).repeat(40) })], NOW)
  }
  const [held, looks] = [new Map<string, Lease>(), [] as string[]]
  await Promise.all([
    ...all.map((store, index) => works(store, `instance ${index}`, held, looks)),
    ...all.map((store, index) => moves(store, index)),
  ])
  await all[0]?.subjects.hint([touch(aChange(1))], NOW)
  await Promise.all(all.map((store, index) => works(store, `instance ${index}`, held, looks)))
  expect(new Set(looks)).toEqual(new Set(Array.from({ length: 8 }, (_, index) => `change/${SHOP}/${index + 1}`)))
})

/** Sorts what waits, as each instance does: every delivery touches a change and tells that a team has changed. */
const sorts = async ({ inbox }: Store): Promise<void> => {
  for (let empty = 0; empty < 5;) {
    const waiting = await inbox.undispatched(NOW, 5)
    empty = waiting.length === 0 ? empty + 1 : 0
    for (const delivery of waiting) {
      const { number } = JSON.parse(delivery.body) as { number: number }
      const wake = { kind: 'wake', scope: { repository: SHOP }, about: ['change'] } as const
      await inbox.dispatched(delivery, [touch(aChange(number), { sha: String(number % 3).repeat(40) }), wake], NOW)
    }
  }
}

test('four instances that take in, sort, lease and judge at once leave nothing undone and one whole ledger', async () => {
  const all = await instances(4)
  const [held, looks] = [new Map<string, Lease>(), [] as string[]]
  const takesIn = ({ inbox }: Store) =>
    Promise.all(
      Array.from({ length: 15 }, (_, number) => inbox.accept(aDelivery({ body: JSON.stringify({ number }) }))),
    )
  await Promise.all(all.map(takesIn))
  await Promise.all(all.flatMap((store, index) => [sorts(store), works(store, `instance ${index}`, held, looks)]))
  const [one] = all
  if (!one) throw new Error('four were opened')
  await sorts(one)
  // What was flooded rests for a while.
  await works(one, 'the last', held, looks, NOW + MINUTE)
  expect(
    await statements(url, 'select key from subjects where generation > judged_generation or error is not null'),
  ).toEqual([])
  expect(await one.inbox.backlog()).toEqual({ waiting: 0, oldest: null, dead: 0 })
  expect(await one.ledger.verify()).toMatchObject({ ok: true, entries: 60 })
})

test('events of one repository that two instances hear at once never stand in each other’s way', async () => {
  const all = await instances(2)
  const address = { kind: 'address', address: { installation: ACME, id: SHOP, owner: 'acme', name: 'shop' } } as const
  const wake = { kind: 'wake', scope: { repository: SHOP }, about: ['change'] } as const
  const everybody = { kind: 'wake', scope: { installation: ACME }, about: ['teams'] } as const
  const told = (number: number): readonly Hint[] =>
    [
      [address, touch(aChange(number)), wake],
      [address, wake],
      [address, touch(aChange(9 - (number % 9)))],
      [address, everybody],
    ][number % 4] ?? []
  await Promise.all(
    all.flatMap(({ subjects }) => Array.from({ length: 40 }, (_, number) => subjects.hint(told(number), NOW))),
  )
  await Promise.all(opened.splice(0).map((store) => store.close()))
  const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()'
  expect(await statements(url, deadlocks)).toEqual([{ deadlocks: 0 }])
})

test('what a killed instance had leased is taken over when its lease ends, and it cannot answer any more', async () => {
  const [first, second] = await instances(2)
  await first?.subjects.hint([touch(aDeployment()), touch(aChange(), { sha: HEAD })], NOW)
  const short = (kind: string) => (kind === 'deployment' ? 3 * SECOND : 45 * SECOND)
  const leases = (await first?.subjects.lease('first', NOW, 10, short)) ?? []
  expect(leases.map(({ key }) => key)).toEqual(['deployment/7/100/production', 'change/7/1'])
  const takenBy = async (now: number) =>
    ((await second?.subjects.lease('second', now, 10, short)) ?? []).map(({ key }) => key)
  expect(await takenBy(NOW + 3 * SECOND - 1)).toEqual([])
  expect(await takenBy(NOW + 3 * SECOND)).toEqual(['deployment/7/100/production'])
  expect(await takenBy(NOW + 45 * SECOND)).toContain('change/7/1')
  for (const lease of leases) expect(await first?.subjects.holds(lease, NOW + 2 * SECOND)).toBe(false)
})

test('an event that one instance hears during another’s look is judged at once, though that look asks for tomorrow', async () => {
  const [first, second] = await instances(2)
  if (!first || !second) throw new Error('two were opened')
  await first.subjects.hint([touch(aChange(), { sha: HEAD })], NOW)
  const lease = await theLease(first, NOW)
  await second.subjects.hint([touch(aChange())], NOW)
  expect(await second.subjects.lease('second', NOW, 10, MINUTE)).toEqual([])
  await first.subjects.judged(lease, aLook({ lookAgainAt: NOW + 24 * 60 * MINUTE }), NOW)
  expect(await theLease(second, NOW)).toMatchObject({ key: lease.key })
})

test('a delivery is one instance’s to dispatch, another’s when that one falls silent, and takes effect once', async () => {
  const [first, second] = await instances(2)
  if (!first || !second) throw new Error('two were opened')
  await first.inbox.accept(aDelivery())
  const [delivery] = await first.inbox.undispatched(NOW, 10)
  if (delivery === undefined) throw new Error('one delivery waits')
  expect(await second.inbox.undispatched(NOW + 4 * SECOND, 10)).toEqual([])
  expect(await first.inbox.undispatched(NOW + 4 * SECOND, 10)).toHaveLength(1)
  expect(await second.inbox.undispatched(NOW + 9 * SECOND, 10)).toHaveLength(1)
  await Promise.all([first, second].map(({ inbox }) => inbox.dispatched(delivery, [touch(aChange())], NOW)))
  expect(await theLease(first, NOW)).toMatchObject({ generation: 2 })
  expect(await kindsIn(second)).toEqual(['delivery'])
})

test('a delivery that one instance dispatches while another gives it up stays dispatched', async () => {
  const [first, second] = await instances(2)
  if (!first || !second) throw new Error('two were opened')
  await first.inbox.accept(aDelivery())
  const [delivery] = await first.inbox.undispatched(NOW, 10)
  if (delivery === undefined) throw new Error('one delivery waits')
  await Promise.all([first.inbox.dispatched(delivery, [], NOW), second.inbox.failed(delivery, 'no', NOW)])
  expect(await first.inbox.undispatched(NOW + MINUTE, 10)).toEqual([])
  expect(await second.inbox.backlog()).toEqual({ waiting: 0, oldest: null, dead: 0 })
})

test('the same delivery at two instances is one', async () => {
  const [first, second] = await instances(2)
  const deliveries = Array.from({ length: 20 }, () => aDelivery())
  if (!first || !second) throw new Error('two were opened')
  await Promise.all([first, second].flatMap(({ inbox }) => deliveries.map((one) => inbox.accept(one))))
  expect(await first.inbox.backlog()).toMatchObject({ waiting: 20 })
})

test('what an event made old is told to every instance, once, before it can look at what the event woke', async () => {
  const [first, second] = await instances(2)
  if (!first || !second) throw new Error('two were opened')
  await judgedOnce(first, aChange(), { asked: ['teams/appsec'] })
  await first.inbox.accept(aDelivery())
  const [delivery] = await first.inbox.undispatched(NOW, 10)
  if (delivery === undefined) throw new Error('one delivery waits')
  const old = { scope: { repository: SHOP }, about: ['teams/appsec'] }
  await first.inbox.dispatched(delivery, [{ kind: 'wake', ...old }, touch(aChange(2))], NOW)
  await theLease(second, NOW).catch(() => undefined)
  expect(await second.news()).toEqual([old])
  expect(await second.news()).toEqual([])
  expect(await first.news()).toEqual([old])
  expect(await (await instance()).news()).toEqual([])
})

test('a subject that is being leased while a fact changes is looked at again', async () => {
  const store = await instance()
  await judgedOnce(store, aChange(), { asked: ['change'], lookAgainAt: NOW })
  const hint = () => store.subjects.hint([{ kind: 'wake', scope: { repository: SHOP }, about: ['teams'] }], NOW)
  await session(url, async (run) => {
    await run('begin')
    await run(`update subjects set lease_owner = 'other', lease_until = 9e15, leased_generation = generation`)
    const woken = hint()
    await somebodyWaits(url)
    await run('commit')
    await woken
  })
  expect(await statements(url, 'select generation > leased_generation as again from subjects')).toEqual([
    { again: true },
  ])
})

test('a fact that changes leaves alone what never asked it and is not to be looked at soon', async () => {
  const store = await instance()
  await judgedOnce(store, aChange(), { asked: ['change'], lookAgainAt: NOW + 60 * MINUTE })
  await judgedOnce(store, aDeployment(), { asked: ['teams'], lookAgainAt: NOW + 60 * MINUTE })
  await session(url, async (run) => {
    await run('begin')
    await run(`select 1 from subjects where kind = 'change' for update`)
    await store.subjects.hint([{ kind: 'wake', scope: { repository: SHOP }, about: ['teams'] }], NOW)
    await run('commit')
  })
  expect(await statements(url, 'select kind from subjects where generation > judged_generation')).toEqual([
    { kind: 'deployment' },
  ])
})

const entries = `select count(*)::int as entries, count(distinct xmin::text)::int as transactions from ledger where kind = 'delivery'`

test('deliveries that take effect at once share a transaction', async () => {
  const { inbox } = await instance()
  for (let index = 0; index < 8; index++) await inbox.accept(aDelivery())
  const taken = await inbox.undispatched(NOW, 8)
  await Promise.all(taken.map((delivery, index) => inbox.dispatched(delivery, [touch(aChange(index + 1))], NOW)))
  expect(await statements(url, entries)).toEqual([{ entries: 8, transactions: 1 }])
})

test('a delivery that can have no effect keeps none of those beside it from theirs', async () => {
  const { inbox, subjects } = await instance()
  for (let index = 0; index < 3; index++) await inbox.accept(aDelivery())
  const [bad, ...good] = await inbox.undispatched(NOW, 3)
  if (bad === undefined) throw new Error('none was accepted')
  const ends = await Promise.allSettled([
    inbox.dispatched(bad, [touch(aDeployment('pro\0duction'))], NOW),
    ...good.map((delivery, index) => inbox.dispatched(delivery, [touch(aChange(index + 1))], NOW)),
  ])
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect((await subjects.lease('worker', NOW, 10, MINUTE)).map(({ key }) => key)).toEqual(['change/7/1', 'change/7/2'])
  expect(await inbox.backlog()).toMatchObject({ waiting: 1 })
})

test('what one does for all is done by one of five instances, and again after the pause', async () => {
  const all = await instances(5)
  const turns = async (now: number) =>
    (await Promise.all(all.map((store) => store.round('look around', now, MINUTE)))).filter(Boolean)
  expect(await turns(NOW)).toHaveLength(1)
  expect(await turns(NOW + MINUTE - 1)).toHaveLength(0)
  expect(await turns(NOW + MINUTE)).toHaveLength(1)
})

test('beside an instance that has moved the schema on, an older one leases nothing and says why', async () => {
  const older = await instance()
  await older.subjects.hint([touch(aChange(), { sha: OTHER })], NOW)
  await statements(url, `insert into schema_version (version, name) values (99, 'from the future')`)
  await expect(older.subjects.lease('older', NOW, 10, MINUTE)).rejects.toThrow('newer Release Gates')
  await expect(older.inbox.undispatched(NOW, 10)).rejects.toThrow('newer Release Gates')
  expect(await older.health()).toMatchObject({ ok: false, problem: expect.stringContaining('schema 99') })
  await expect(older.inbox.accept(aDelivery())).resolves.toBeUndefined()
  await expect(instance()).rejects.toThrow('schema 99')
})
