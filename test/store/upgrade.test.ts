import { expect, test } from '@jest/globals'
import { sql, type Kysely } from 'kysely'
import { join } from 'node:path'
import type { Engine } from '../../src/store/engine.js'
import { first } from '../../src/store/migrations/first.js'
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
