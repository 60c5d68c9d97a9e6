import { expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeliveryRefused, type Logger } from '../../src/gatekeeper/ports.js'
import { listen } from '../../src/store/postgres-listener.js'
import { openBeside } from '../../src/store/open.js'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import { aChange, aDelivery, anAct, MINUTE, NOW, touch } from '../contracts/store-world.js'
import { aDatabase, session, somebodyWaits, statements } from '../postgres/cluster.js'
import { startServer } from '../postgres/server.js'

const using = async <T>(
  databaseUrl: string,
  use: (store: Store) => Promise<T>,
  more: Partial<StoreOptions> = {},
): Promise<T> => {
  const store = await openStore({ dataDir: 'nowhere', databaseUrl, ...more })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const guids = async ({ inbox }: Store): Promise<readonly string[]> =>
  (await inbox.undispatched(NOW, 1_000)).map(({ guid }) => guid)

const OTHERS = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
const CUT = `select pg_terminate_backend(pid) ${OTHERS}`

const nothing = () => undefined
const QUIET: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

test('a store whose connections are cut goes on with new ones', async () => {
  const url = await aDatabase()
  await using(url, async (store) => {
    await store.inbox.accept(aDelivery({ guid: 'before' }))
    await statements(url, CUT)
    await Promise.allSettled([store.inbox.accept(aDelivery({ guid: 'meanwhile' })), store.health()])
    await store.inbox.accept(aDelivery({ guid: 'after' }))
    expect(await guids(store)).toEqual(expect.arrayContaining(['before', 'after']))
    expect(await store.health()).toMatchObject({ ok: true })
  })
})

test('of an act whose connection is cut in the middle nothing stands, and its caller hears of it', async () => {
  const url = await aDatabase()
  await using(url, async (store) => {
    await session(url, async (run) => {
      await run('begin')
      await run('update ledger_head set hash = hash')
      const acting = store.records.act(anAct(), NOW).catch((error: unknown) => error)
      await somebodyWaits(url)
      await run(`select pg_terminate_backend(pid) ${OTHERS} and wait_event_type = 'Lock'`)
      expect(String(await acting)).toContain('terminating connection')
      await run('commit')
    })
    expect(await statements(url, 'select * from acts')).toEqual([])
    expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 0 })
  })
})

test('a connection that is cut while a delivery takes effect is not that delivery’s fault', async () => {
  const url = await aDatabase()
  await using(url, async (store) => {
    await store.inbox.accept(aDelivery())
    const [delivery] = await store.inbox.undispatched(NOW, 1)
    if (delivery === undefined) throw new Error('one delivery waits')
    await session(url, async (run) => {
      await run('begin')
      await run('update ledger_head set hash = hash')
      const dispatched = store.inbox.dispatched(delivery, [touch(aChange())], NOW).catch((error: unknown) => error)
      await somebodyWaits(url)
      await run(`select pg_terminate_backend(pid) ${OTHERS} and wait_event_type = 'Lock'`)
      expect(await dispatched).not.toBeInstanceOf(DeliveryRefused)
      await run('commit')
    })
    expect(await store.inbox.undispatched(NOW, 1)).toMatchObject([{ guid: delivery.guid, attempts: 0 }])
  })
})

test('two acts that stand in each other’s way both happen: the one that the server ends is tried again', async () => {
  const url = await aDatabase()
  await using(url, async (store) => {
    await store.subjects.hint([touch(aChange())], NOW)
    await session(url, async (run) => {
      await run('begin')
      await run('update ledger_head set hash = hash')
      await store.inbox.accept(aDelivery())
      const [delivery] = await store.inbox.undispatched(NOW, 1)
      if (delivery === undefined) throw new Error('one delivery waits')
      const dispatched = store.inbox.dispatched(delivery, [touch(aChange())], NOW)
      await somebodyWaits(url)
      const crossing = run(`update subjects set error = 'crossed'`).then(() => run('commit'))
      await Promise.allSettled([crossing])
      await dispatched
    })
    expect(await guids(store)).toEqual([])
    expect(await store.subjects.lease('worker', NOW, 1, MINUTE)).toMatchObject([{ generation: 3 }])
  })
})

test('an instance hears of work that another one took in, also after its connection was cut', async () => {
  const url = await aDatabase()
  let heard: () => void = nothing
  const nudge = () => new Promise<void>((resolve) => (heard = resolve))
  const connected = nudge()
  const stop = listen(url, () => heard(), QUIET, 1)
  await connected
  await using(url, async (store) => {
    const first = nudge()
    await store.inbox.accept(aDelivery())
    await first
    const again = nudge()
    await statements(url, `select pg_terminate_backend(pid) ${OTHERS} and query = 'listen release_gates'`)
    await again
    const second = nudge()
    await store.inbox.accept(aDelivery())
    await second
  })
  await stop()
})

test('what was acknowledged is there after the server crashed, and the store goes on by itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-server-'))
  const server = await startServer(join(folder, 'server'))
  try {
    await using(server.url, async (store) => {
      const acknowledged = Array.from({ length: 50 }, (_, n) => `guid-${n}`)
      await Promise.all(acknowledged.map((guid) => store.inbox.accept(aDelivery({ guid }))))
      await server.crash()
      await expect(store.inbox.accept(aDelivery())).rejects.toThrow()
      expect(await store.health()).toMatchObject({ ok: false, problem: expect.stringContaining('ECONNREFUSED') })
      await server.start()
      expect(await guids(store)).toEqual(acknowledged)
      await store.records.act(anAct(), NOW)
      expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 1 })
    })
  } finally {
    await server.crash()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a server that does not answer is named, without its password', async () => {
  const url = 'postgres://gates:secret@127.0.0.1:1/gates'
  await expect(openStore({ dataDir: 'nowhere', databaseUrl: url })).rejects.toThrow(
    /^the database gates at 127\.0\.0\.1:1 \(DATABASE_URL\) does not answer: .*ECONNREFUSED/,
  )
})

test.each([
  ['a wrong password', (url: URL) => void (url.password = 'wrong'), /does not let this user in: .*password/],
  ['no such database', (url: URL) => void (url.pathname = '/nowhere'), /is not there: .*Create it/],
  [
    'a certificate file that is missing',
    (url: URL) => url.searchParams.set('sslrootcert', '/none.pem'),
    /names a file that cannot be read, \/none\.pem/,
  ],
])('%s is told from a server that does not answer, to servers and to commands', async (_what, change, says) => {
  const url = new URL(await aDatabase())
  change(url)
  for (const opened of [
    () => openStore({ dataDir: 'nowhere', databaseUrl: url.href }),
    () => openBeside({ databaseUrl: url.href }, false),
  ]) {
    const refusal: unknown = await opened().catch((error: unknown) => error)
    expect(String(refusal)).toMatch(says)
    expect(String(refusal)).not.toContain('does not answer')
  }
})

test('a command whose database is away names it, as the server does', async () => {
  await expect(openBeside({ databaseUrl: 'postgres://gates:secret@127.0.0.1:1/gates' }, false)).rejects.toThrow(
    /^the database gates at 127\.0\.0\.1:1 \(DATABASE_URL\) does not answer: .*ECONNREFUSED/,
  )
})

test('an empty database is said to hold no store', async () => {
  await expect(openBeside({ databaseUrl: await aDatabase() }, true)).rejects.toThrow(
    /holds no Release Gates store\. Name the servers' database/,
  )
})

test('a server that may forget what it acknowledged is refused', async () => {
  const url = await aDatabase()
  const name = new URL(url).pathname.slice(1)
  await statements(url, `alter database ${name} set synchronous_commit = off`)
  await expect(openStore({ dataDir: 'nowhere', databaseUrl: url })).rejects.toThrow('synchronous_commit is off')
})

test('a database that cannot keep every text is refused', async () => {
  const url = await aDatabase()
  await statements(url, `create database latin encoding 'SQL_ASCII' template template0`)
  const latin = url.replace(/[^/]*$/, 'latin')
  await expect(openStore({ dataDir: 'nowhere', databaseUrl: latin })).rejects.toThrow('encoding is SQL_ASCII')
})

test('a number that a number of ours cannot hold is refused, not rounded', async () => {
  const url = await aDatabase()
  await using(url, async (store) => {
    await store.subjects.hint([touch(aChange())], NOW)
    await statements(url, 'update subjects set generation = 9007199254740993')
    await expect(store.subjects.lease('worker', NOW, 1, MINUTE)).rejects.toThrow('9007199254740994 is more than')
  })
})

test('a reader works beside the instances, sees what they write, and cannot write', async () => {
  const url = await aDatabase()
  await expect(openStore({ dataDir: 'nowhere', databaseUrl: url, readOnly: true })).rejects.toThrow(
    'holds no Release Gates store',
  )
  await using(url, async (server) => {
    await server.records.act(anAct(), NOW)
    await using(
      url,
      async (reader) => {
        expect(await reader.ledger.verify()).toMatchObject({ ok: true, entries: 1 })
        await expect(reader.records.act(anAct(), NOW)).rejects.toMatchObject({ code: '25006' })
      },
      { readOnly: true },
    )
  })
})

test.each([
  ['changed', `update ledger set body = '{}' where sequence = 1`],
  ['deleted', 'delete from ledger where sequence = 1'],
  ['emptied', 'truncate ledger'],
  [
    'inserted out of order',
    `insert into ledger select 9, at, kind, installation, repository, subject, body, previous, hash from ledger where sequence = 1`,
  ],
  ['taken back by its head', 'update ledger_head set sequence = 0'],
  ['beheaded', 'delete from ledger_head'],
])('in PostgreSQL an entry cannot be %s; whoever forces it is found out', async (_, statement) => {
  const url = await aDatabase()
  await using(url, async (store) => {
    for (const run of [1, 2]) await store.records.act(anAct({ run }), NOW)
    await expect(statements(url, statement)).rejects.toThrow('append-only')
    await statements(url, 'set session_replication_role = replica', statement)
    expect(await store.ledger.verify()).toMatchObject({ ok: false })
  })
})
