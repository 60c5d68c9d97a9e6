import { expect, jest, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { backUp } from '../../src/store/backup.js'
import * as copyFile from '../../src/store/copy-file.js'
import { MOVED } from '../../src/store/migrations/migrate.js'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { openStore, type Store } from '../../src/store/store.js'
import { anAct, HEAD, NOW, SHOP } from '../contracts/store-world.js'
import { inFolder } from './folder.js'
import { emptyAt, oneInlineEntry } from './old-schema.js'

const after = { putInPlace: (): void => undefined }
jest.unstable_mockModule('../../src/store/copy-file.js', () => ({
  ...copyFile,
  putInPlace: (partial: string, file: string) => {
    copyFile.putInPlace(partial, file)
    after.putInPlace()
  },
}))
const { restore } = await import('../../src/store/restore.js')

const DAY = 24 * 60 * 60 * 1000
const OVERRIDE = { key: 'unused', kind: 'override', environment: 'production' } as const

const withStore = async <T>(dataDir: string, use: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openStore({ dataDir })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** A back-up as the program of schema 7 wrote it: one entry, and one override that was not used. */
const ofSchemaSeven = async (file: string): Promise<void> => {
  const engine = sqliteEngine(file, { readOnly: false, release: () => undefined })
  await engine.write(async (writing) => {
    await emptyAt(writing, 'sqlite', 7)
    await oneInlineEntry(writing)
    await sql`insert into acts (key, installation, repository, environment, environment_key, run, attempt, sha, kind, at, expires_at, spent_at, reviewed_at, document)
      values ('unused', 1, ${SHOP}, 'production', 'production', 100, 1, ${HEAD}, 'override', ${NOW}, null, null, null, '{"by":{"id":11,"kind":"user","login":"lena"},"text":"","via":"comment"}')`.execute(
      writing,
    )
  })
  await sql`pragma journal_mode = delete`.execute(engine.db)
  await engine.close()
}

/** A folder with a store of its own, two entries long, and beside it the place of a back-up. */
const beside = (use: (data: string, file: string) => Promise<void>) =>
  inFolder(async (folder) => {
    const data = join(folder, 'data')
    await withStore(data, async ({ records }) => {
      for (const day of [0, 1]) await records.act(anAct({ run: day }), NOW + day * DAY)
    })
    await use(data, join(folder, 'backup.db'))
  })

const liveOverrides = (data: string): readonly unknown[] => {
  const raw = new Database(join(data, 'release-gates.db'), { readonly: true })
  try {
    return raw.prepare(`select key from acts where kind = 'override' and spent_at is null`).all()
  } finally {
    raw.close()
  }
}

/** Readers leave an empty log beside a database. */
const filesIn = (data: string): readonly string[] => readdirSync(data).filter((name) => !/-(wal|shm)$/.test(name))

const changesNothing = async (data: string, act: () => Promise<unknown>, refusal: RegExp): Promise<void> => {
  const before = readFileSync(join(data, 'release-gates.db'))
  const names = filesIn(data)
  await expect(act()).rejects.toThrow(refusal)
  expect(readFileSync(join(data, 'release-gates.db'))).toEqual(before)
  expect(filesIn(data)).toEqual(names)
}

test('a back-up of an earlier schema is brought up to date, verified and freed of overrides before it is put in place', () =>
  beside(async (data, file) => {
    await ofSchemaSeven(file)
    const restored = await restore({ dataDir: data, file, now: NOW })
    expect(restored).toMatchObject({ entries: 2, overridesVoided: 1, setAside: expect.any(String), store: data })
    expect(liveOverrides(data)).toEqual([])
    await withStore(data, async ({ ledger }) => {
      expect(await ledger.verify()).toMatchObject({ ok: true, entries: 2, hash: restored.hash })
    })
  }))

test('a back-up whose ledger was cut comes back cut, and whole', () =>
  beside(async (data, file) => {
    await withStore(data, async (store) => {
      await store.cutLedger(NOW + DAY, NOW + 2 * DAY)
      await store.cutLedger(NOW + DAY, NOW + 2 * DAY)
    })
    await backUp({ dataDir: data, file })
    const { hash, entries } = await restore({ dataDir: data, file, now: NOW })
    await withStore(data, async ({ ledger }) => {
      expect(await ledger.verify()).toMatchObject({ ok: true, entries, hash, cut: { sequence: 1 } })
    })
  }))

test('where the restore ends right after the copy has its place, no override is left to be used again', () =>
  beside(async (data, file) => {
    await withStore(data, ({ records }) => records.act(anAct(OVERRIDE), NOW))
    await backUp({ dataDir: data, file })
    after.putInPlace = () => {
      after.putInPlace = () => undefined
      throw new Error('killed')
    }
    await expect(restore({ dataDir: data, file, now: NOW })).rejects.toThrow('killed')
    expect(liveOverrides(data)).toEqual([])
    await withStore(data, async ({ ledger }) => {
      expect(await ledger.verify()).toMatchObject({ ok: true, entries: 4 })
    })
  }))

test('an old back-up whose ledger is broken changes nothing', () =>
  beside(async (data, file) => {
    await ofSchemaSeven(file)
    const raw = new Database(file)
    raw.exec(`drop trigger ledger_no_update; update ledger set body = '{}'`)
    raw.close()
    await changesNothing(data, () => restore({ dataDir: data, file, now: NOW }), /broken at entry 1/)
  }))

test('an old back-up that cannot be brought up to date changes nothing, and says what was in the way', () =>
  beside(async (data, file) => {
    await ofSchemaSeven(file)
    const raw = new Database(file)
    raw.exec('create table sides (digest text)')
    raw.close()
    await changesNothing(
      data,
      () => restore({ dataDir: data, file, now: NOW }),
      /cannot be brought to this program's schema \d+: .*sides.* Nothing was restored/,
    )
  }))

test('a folder of an earlier schema is not backed up, because its ledger cannot be verified', () =>
  inFolder(async (folder) => {
    const data = join(folder, 'data')
    mkdirSync(data)
    await ofSchemaSeven(join(data, 'release-gates.db'))
    const file = join(folder, 'backup.db')
    await expect(backUp({ dataDir: data, file })).rejects.toThrow(/has schema 7, older than .* Start the server/)
    expect(existsSync(file)).toBe(false)
  }))

test('nothing is restored into a folder whose store was moved, beside which another one lives', () =>
  beside(async (data, file) => {
    await backUp({ dataDir: data, file })
    const raw = new Database(join(data, 'release-gates.db'))
    raw.prepare('insert into schema_version values (?, ?)').run(MOVED, 'moved to the database gates')
    raw.close()
    await changesNothing(
      data,
      () => restore({ dataDir: data, file, now: NOW }),
      /was moved to PostgreSQL.*stop every server on that database/,
    )
  }))
