import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { StoreInUse, StoreUnusable } from '../../src/store/errors.js'
import { SCHEMA_VERSION } from '../../src/store/migrations/migrate.js'
import { openStore } from '../../src/store/store.js'
import { aDelivery, anAct, NOW } from '../contracts/store-world.js'
import { inFolder, killNow, startChild } from './folder.js'

test('a second server on a folder is refused, and told which folder', () =>
  inFolder(async (folder) => {
    const first = await openStore({ dataDir: folder })
    await expect(openStore({ dataDir: folder })).rejects.toThrow(StoreInUse)
    await expect(openStore({ dataDir: folder })).rejects.toThrow(folder)
    await first.close()
    await (await openStore({ dataDir: folder })).close()
  }))

test(
  'another process’s server is refused too, and a server that was killed leaves the folder free',
  () =>
    inFolder(async (folder) => {
      const child = startChild('hold.ts', folder)
      try {
        for await (const line of child.lines) if (line === 'open') break
        await expect(openStore({ dataDir: folder })).rejects.toThrow(StoreInUse)
      } finally {
        await killNow(child)
      }
      await (await openStore({ dataDir: folder })).close()
    }),
  30_000,
)

test('a reader works beside a server, sees what it writes, and cannot write', () =>
  inFolder(async (folder) => {
    const server = await openStore({ dataDir: folder })
    const reader = await openStore({ dataDir: folder, readOnly: true })
    await server.records.act(anAct(), NOW)
    expect(await reader.ledger.verify()).toMatchObject({ ok: true, entries: 1 })
    await expect(reader.inbox.accept(aDelivery())).rejects.toThrow('reading')
    await expect(reader.records.act(anAct(), NOW)).rejects.toMatchObject({ code: 'SQLITE_READONLY' })
    await reader.close()
    await server.close()
  }))

test('a reader of a folder without a store is told so', () =>
  inFolder(async (folder) => {
    await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow(StoreUnusable)
    await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow(folder)
  }))

const withVersions = (folder: string, statement: string) => {
  const raw = new Database(join(folder, 'release-gates.db'))
  raw.exec(statement)
  raw.close()
}

test('a folder that a newer version wrote is refused by server and reader, and left as it is', () =>
  inFolder(async (folder) => {
    await (await openStore({ dataDir: folder })).close()
    withVersions(folder, `insert into schema_version (version, name) values (99, 'from the future')`)
    await expect(openStore({ dataDir: folder })).rejects.toThrow('newer')
    await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow('schema 99')
    withVersions(folder, 'delete from schema_version where version = 99')
    await (await openStore({ dataDir: folder })).close()
  }))

test('a reader does not migrate: it asks for the server', () =>
  inFolder(async (folder) => {
    await (await openStore({ dataDir: folder })).close()
    withVersions(folder, `delete from schema_version where version = ${SCHEMA_VERSION}`)
    await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow('Start the server')
    withVersions(folder, 'delete from schema_version')
    await expect(openStore({ dataDir: folder, readOnly: true })).rejects.toThrow('holds no Release Gates store')
  }))

test('a migration that fails leaves nothing behind', () =>
  inFolder(async (folder) => {
    withVersions(folder, 'create table verdicts (in_the_way integer)')
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject({
      message: expect.stringContaining('already exists'),
    })
    withVersions(folder, 'drop table verdicts')
    const store = await openStore({ dataDir: folder })
    expect(await store.health()).toEqual({
      ok: true,
      problem: null,
      ledger: 0,
      backlog: { waiting: 0, oldest: null, dead: 0 },
      refused: null,
    })
    await store.close()
  }))

test('a store that does not answer says so', async () => {
  const store = await openStore({ dataDir: ':memory:' })
  await store.close()
  expect(await store.health()).toMatchObject({ ok: false, ledger: null })
})
