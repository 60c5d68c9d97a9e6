import { expect, test } from '@jest/globals'
import { sql, type Kysely } from 'kysely'
import Database from 'better-sqlite3'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../src/store/engine.js'
import { first } from '../../src/store/migrations/first.js'
import { SCHEMA_VERSION } from '../../src/store/migrations/migrate.js'
import { records } from '../../src/store/migrations/records.js'
import { postgresEngine } from '../../src/store/postgres.js'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { openStore, type StoreOptions } from '../../src/store/store.js'
import { aDelivery, NOW } from '../contracts/store-world.js'
import { aDatabase } from '../postgres/cluster.js'
import { inFolder } from './folder.js'

/** What schema 2 was, with a delivery that waits. */
const atSchemaTwo = async (engine: Engine): Promise<void> => {
  const { guid, event, body } = aDelivery({ guid: 'from before' })
  await engine.write(async (writing) => {
    await first(writing as unknown as Kysely<unknown>, engine.dialect)
    await records(writing as unknown as Kysely<unknown>, engine.dialect)
    await sql`create table schema_version (version integer primary key, name text not null)`.execute(writing)
    await sql`insert into schema_version values (1, 'inbox, subjects, ledger'), (2, 'records')`.execute(writing)
    await sql`insert into deliveries (guid, event, body, digest, received_at, attempts, retry_at, state)
      values (${guid}, ${event}, ${body}, 'digest', ${NOW}, 0, 0, 'waiting')`.execute(writing)
  })
  await engine.close()
}

const opensWithWhatItHeld = async (options: StoreOptions): Promise<void> => {
  const store = await openStore(options)
  expect(await store.inbox.undispatched(NOW, 10)).toMatchObject([{ guid: 'from before' }])
  expect(await store.round('look around', NOW, 1)).toBe(true)
  await store.close()
}

test('a folder of an earlier version is brought up to date with what it holds', () =>
  inFolder(async (folder) => {
    await atSchemaTwo(sqliteEngine(join(folder, 'release-gates.db'), { readOnly: false, release: () => undefined }))
    await opensWithWhatItHeld({ dataDir: folder })
  }))

test('a database of an earlier version is brought up to date with what it holds', async () => {
  const databaseUrl = await aDatabase()
  await atSchemaTwo(postgresEngine({ url: databaseUrl, readOnly: false, log: undefined }))
  await opensWithWhatItHeld({ dataDir: 'nowhere', databaseUrl })
})

test('before a folder is brought up to date it is copied, and an earlier version could go on from the copy', () =>
  inFolder(async (folder) => {
    await atSchemaTwo(sqliteEngine(join(folder, 'release-gates.db'), { readOnly: false, release: () => undefined }))
    for (let start = 0; start < 2; start++) await (await openStore({ dataDir: folder })).close()
    const copies = readdirSync(folder).filter((name) => /^before-schema-\d+-from-2\.db$/.test(name))
    expect(copies).toHaveLength(1)
    const copy = new Database(join(folder, copies[0] ?? 'none'), { readonly: true })
    expect(copy.prepare('select max(version) as version from schema_version').get()).toEqual({ version: 2 })
    expect(copy.prepare('select guid from deliveries').all()).toEqual([{ guid: 'from before' }])
    copy.close()
  }))

test('a folder that cannot be copied before is not brought up to date', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'release-gates.db')
    await atSchemaTwo(sqliteEngine(file, { readOnly: false, release: () => undefined }))
    mkdirSync(join(folder, `before-schema-${SCHEMA_VERSION}-from-2.db`))
    await expect(openStore({ dataDir: folder })).rejects.toThrow()
    const left = new Database(file, { readonly: true })
    expect(left.prepare('select max(version) as version from schema_version').get()).toEqual({ version: 2 })
    left.close()
  }))
