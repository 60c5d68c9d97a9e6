import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import Database from 'better-sqlite3'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../src/store/engine.js'
import { SCHEMA_VERSION } from '../../src/store/migrations/migrate.js'
import type { Place } from '../../src/store/open.js'
import { erasePerson } from '../../src/store/erasing/erase.js'
import { canonicalJson } from '../../src/store/canonical.js'
import { postgresEngine } from '../../src/store/postgres.js'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { openStore, type StoreOptions } from '../../src/store/store.js'
import { ACME, aDelivery, anAct, LENA, NOW, SHOP } from '../contracts/store-world.js'
import { aDatabase } from '../postgres/cluster.js'
import { inFolder } from './folder.js'
import { emptyAt, oneInlineEntry } from './old-schema.js'
import { entriesOf, mustBeWhole, using } from './side-world.js'

/** What schema 2 was, with a delivery that waits. */
const atSchemaTwo = async (engine: Engine): Promise<void> => {
  const { guid, event, body } = aDelivery({ guid: 'from before' })
  await engine.write(async (writing) => {
    await emptyAt(writing, engine.dialect, 2)
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

const PRESS = {
  kind: 'press',
  repository: SHOP,
  checkRun: 5,
  by: LENA.id,
  identifier: 'approve',
  delivery: 'guid',
} as const

/** What schema 4 was, with one entry that holds a name and a text itself, and a button that was pressed by a login. */
const atSchemaFour = async (engine: Engine): Promise<void> => {
  await engine.write(async (writing) => {
    await emptyAt(writing, engine.dialect, 4)
    await oneInlineEntry(writing)
    const pressed = canonicalJson({ ...PRESS, login: LENA.login })
    await sql`insert into subjects (key, kind, repository, installation, document, lane, next_lane, generation,
      judged_generation, priority, turn, attempts, retry_at, finished, dead, touched_at)
      values ('press', 'press', ${SHOP}, ${ACME}, ${pressed}, 'press', 'press', 1, 1, 1, 1, 0, 0, 1, 0, 1)`.execute(
      writing,
    )
  })
  await engine.close()
}

const keepsWhatItHad = async (place: Place): Promise<void> => {
  await using(async (at) => {
    expect((await entriesOf(at))[0]?.body).toMatchObject({ by: LENA, text: 'inline' })
    const { document } = await at.engine.db.selectFrom('subjects').select('document').executeTakeFirstOrThrow()
    expect(JSON.parse(document)).toEqual(PRESS)
    await at.records.act(anAct({ by: LENA, text: 'beside' }), NOW)
    const erased = await erasePerson(at.engine, { login: 'lena' }, NOW)
    expect(erased).toMatchObject({ person: LENA.id, names: 1, texts: 1, inline: 1 })
    await mustBeWhole(at)
    expect((await entriesOf(at)).map(({ body }) => body['text'])).toEqual(['inline', '(erased)', undefined, undefined])
  }, place)
}

test('entries of an earlier version keep their names, are verified as before, and are counted where a person is erased', async () => {
  await inFolder(async (folder) => {
    await atSchemaFour(sqliteEngine(join(folder, 'release-gates.db'), { readOnly: false, release: () => undefined }))
    await keepsWhatItHad({ dataDir: folder })
  })
  const databaseUrl = await aDatabase()
  await atSchemaFour(postgresEngine({ url: databaseUrl, readOnly: false, log: undefined }))
  await keepsWhatItHad({ databaseUrl })
})
