import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { teamId } from '../../src/policy/facts.js'
import { moveStore } from '../../src/store/move.js'
import { openStore, type Store } from '../../src/store/store.js'
import {
  aChange,
  aDelivery,
  aDeployment,
  anAct,
  anIntent,
  aRecord,
  HEAD,
  MINUTE,
  NOW,
  person,
  SHOP,
  touch,
} from '../contracts/store-world.js'
import { aDatabase, statements } from '../postgres/cluster.js'
import { inFolder } from './folder.js'

/** Something in every part of it: a delivery that waits, one that is done, a leased subject, 250 acts. */
const fill = async (store: Store): Promise<void> => {
  await store.inbox.accept(aDelivery({ guid: 'done' }))
  const [done] = await store.inbox.undispatched(NOW, 1)
  if (done === undefined) throw new Error('one delivery waits')
  const shop = { installation: anAct().installation, id: SHOP, owner: 'acme', name: 'shop' }
  await store.inbox.dispatched(done, [{ kind: 'address', address: shop }, touch(aChange(), { sha: HEAD })], NOW)
  await store.inbox.accept(aDelivery({ guid: 'waits', body: '{"emoji":"🚀"}' }))
  await store.subjects.hint([touch(aDeployment())], NOW)
  await store.subjects.lease('killed', NOW, 1, MINUTE)
  await store.records.verdict(aRecord({ decision: 'allow' }), NOW)
  await store.records.intend(anIntent(), NOW)
  await store.records.pin('org', 'leads', teamId(5), NOW)
  await store.records.recordTip(SHOP, 'main', HEAD, NOW)
  await store.records.lock(SHOP, 'production', 'run/1/1', HEAD, NOW)
  for (let run = 0; run < 250; run++) await store.records.act(anAct({ run }), NOW)
}

const inFilledFolder = (use: (folder: string) => Promise<void>) =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    await fill(store)
    await store.close()
    await use(folder)
  })

test('everything goes over to PostgreSQL: the ledger whole and verified, and the work that waits', () =>
  inFilledFolder(async (folder) => {
    const databaseUrl = await aDatabase()
    const moved = await moveStore({ dataDir: folder, databaseUrl, now: NOW })
    const store = await openStore({ dataDir: 'nowhere', databaseUrl })
    expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: moved.entries, hash: moved.hash })
    expect(await store.inbox.undispatched(NOW, 10)).toMatchObject([{ guid: 'waits', body: '{"emoji":"🚀"}' }])
    await store.inbox.accept(aDelivery({ guid: 'done' }))
    expect(await store.inbox.backlog()).toMatchObject({ waiting: 1 })
    expect(await store.subjects.lease('new', NOW, 10, MINUTE)).toHaveLength(2)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('allow')
    expect(await store.records.unsettled()).toHaveLength(1)
    expect(await store.records.pin('org', 'Leads', teamId(6), NOW)).toBe(5)
    expect(await store.records.locks(SHOP)).toMatchObject([{ holder: 'run/1/1' }])
    const before = await store.records.intend(anIntent(), NOW)
    expect(before).toBe(2)
    await store.close()
  }))

test('a folder whose store has moved is refused, and told where to look', () =>
  inFilledFolder(async (folder) => {
    await moveStore({ dataDir: folder, databaseUrl: await aDatabase(), now: NOW })
    for (const readOnly of [true, false])
      await expect(openStore({ dataDir: folder, readOnly })).rejects.toThrow('was moved to PostgreSQL')
  }))

test('a database that holds a store already is left as it is', () =>
  inFilledFolder(async (folder) => {
    const databaseUrl = await aDatabase()
    const other = await openStore({ dataDir: 'nowhere', databaseUrl })
    await other.inbox.accept(aDelivery())
    await other.close()
    await expect(moveStore({ dataDir: folder, databaseUrl, now: NOW })).rejects.toThrow('holds a store already')
    await (await openStore({ dataDir: folder })).close()
  }))

test('a database that holds something else is left as it is, and what it holds is named', () =>
  inFilledFolder(async (folder) => {
    const databaseUrl = await aDatabase()
    await statements(databaseUrl, 'create table customers (id integer)', 'create view locks as select 1')
    await expect(moveStore({ dataDir: folder, databaseUrl, now: NOW })).rejects.toThrow(
      /is not empty: it holds customers, locks\. Name an empty database; nothing was moved/,
    )
    expect(await statements(databaseUrl, `select 1 from pg_tables where tablename = 'ledger'`)).toEqual([])
    await (await openStore({ dataDir: folder })).close()
  }))

test('nothing is moved to a database on which a server is at work, empty as it is', () =>
  inFilledFolder(async (folder) => {
    const databaseUrl = await aDatabase()
    const server = await openStore({ dataDir: 'nowhere', databaseUrl })
    await expect(moveStore({ dataDir: folder, databaseUrl, now: NOW })).rejects.toThrow(
      /Release Gates is at work on .*Stop every server/,
    )
    await server.close()
    await moveStore({ dataDir: folder, databaseUrl, now: NOW })
  }))

test('a ledger that is broken is not moved', () =>
  inFilledFolder(async (folder) => {
    const raw = new Database(join(folder, 'release-gates.db'))
    raw.exec(`drop trigger ledger_no_update; update ledger set body = '{}' where sequence = 100`)
    raw.close()
    const databaseUrl = await aDatabase()
    await expect(moveStore({ dataDir: folder, databaseUrl, now: NOW })).rejects.toThrow('broken at entry 100')
    expect(await statements(databaseUrl, `select 1 from pg_tables where tablename = 'ledger'`)).toEqual([])
  }))

test('the triggers that keep entries in order are back after a move', () =>
  inFilledFolder(async (folder) => {
    const databaseUrl = await aDatabase()
    await moveStore({ dataDir: folder, databaseUrl, now: NOW })
    await expect(statements(databaseUrl, 'update ledger_head set sequence = 0')).rejects.toThrow('append-only')
  }))

test('a folder whose server runs is not moved, and one without a store neither', () =>
  inFilledFolder(async (folder) => {
    const databaseUrl = await aDatabase()
    const server = await openStore({ dataDir: folder })
    await expect(moveStore({ dataDir: folder, databaseUrl, now: NOW })).rejects.toThrow('in use')
    await server.close()
    await expect(moveStore({ dataDir: join(folder, 'none'), databaseUrl, now: NOW })).rejects.toThrow('holds no')
  }))

test('names and texts go over, the erased ones stay erased, and what was cut stays cut', () =>
  inFilledFolder(async (folder) => {
    const before = await openStore({ dataDir: folder })
    await before.records.act(anAct({ run: 300, text: 'a text', by: person(12, 'dev') }), NOW + 1)
    await before.cutLedger(NOW, NOW + 1)
    expect(await before.cutLedger(NOW + 1, NOW + 1)).toBeGreaterThan(250)
    await before.close()
    const databaseUrl = await aDatabase()
    const moved = await moveStore({ dataDir: folder, databaseUrl, now: NOW + 2 })
    const store = await openStore({ dataDir: 'nowhere', databaseUrl })
    const found = await store.ledger.verify()
    expect(found).toMatchObject({ ok: true, entries: moved.entries, cut: { hash: expect.any(String) } })
    const bodies = []
    for await (const { body } of store.ledger.entries()) bodies.push(body)
    expect(bodies).toContainEqual(expect.objectContaining({ text: 'a text', by: person(12, 'dev') }))
    await store.close()
  }))
