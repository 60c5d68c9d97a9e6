import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreLocked, StoreUnusable } from '../../src/store/errors.js'
import { openBeside } from '../../src/store/open.js'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { openStore } from '../../src/store/store.js'
import { unusable } from '../../src/store/unusable.js'
import { anAct, NOW } from '../contracts/store-world.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-gates-store-'))
  file = join(folder, 'release-gates.db')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const written = async (): Promise<void> => {
  const store = await openStore({ dataDir: folder })
  await store.records.act(anAct(), NOW)
  await store.close()
}

const OPENINGS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a server', () => openStore({ dataDir: folder })],
  ['a reader', () => openStore({ dataDir: folder, readOnly: true })],
  ['a command beside the server', () => openBeside({ dataDir: folder }, false)],
]

describe.each(OPENINGS)('%s tells of a file that it cannot use by its name, and the remedy', (_, opens) => {
  const refused = async (): Promise<string> => {
    const error: unknown = await opens().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StoreUnusable)
    return String(error)
  }

  test('where it is no database', async () => {
    writeFileSync(file, 'no database, but long enough to be taken for one. '.repeat(400))
    expect(await refused()).toMatch(new RegExp(`${file} is damaged, or no database\\..*restore FILE.*not a database`))
  })

  test('where it was cut off', async () => {
    await written()
    truncateSync(file, 8_192)
    expect(await refused()).toContain(`${file} is damaged, or no database`)
  })
})

test('a folder in the place of the folder’s file, or of a copy, is named', async () => {
  mkdirSync(file)
  await expect(openStore({ dataDir: folder })).rejects.toThrow(`${file} cannot be opened`)
  expect(() => sqliteEngine(file, { readOnly: true, release: () => undefined })).toThrow(`${file} is a folder`)
})

test('a file in the place of the data folder is named', async () => {
  const inTheWay = join(folder, 'data')
  writeFileSync(inTheWay, '')
  await expect(openStore({ dataDir: inTheWay })).rejects.toThrow('Name a folder with --data or DATA_DIR')
})

test.each([
  ['SQLITE_CANTOPEN', StoreUnusable, 'Give that user the folder'],
  ['SQLITE_READONLY_DIRECTORY', StoreUnusable, 'Give that user the folder'],
  ['EACCES', StoreUnusable, 'Give that user the folder'],
  ['SQLITE_FULL', StoreUnusable, 'full'],
  ['SQLITE_IOERR_READ', StoreUnusable, 'system’s log'],
  ['SQLITE_BUSY', StoreLocked, 'End it'],
])('%s at an opening becomes a sentence', (code, type, remedy) => {
  const told = unusable(file, Object.assign(new Error('as SQLite says it'), { code }))
  expect(told).toBeInstanceOf(type)
  expect(String(told)).toContain(remedy)
  expect(String(told)).toContain(file)
})

test('an error that nobody foresaw stays as it is', () => {
  const error = new Error('a mistake of ours')
  expect(unusable(file, error)).toBe(error)
})

const readBy = (whom: number): readonly string[] =>
  readdirSync(folder).filter((name) => {
    const found = statSync(join(folder, name))
    return found.isFile() && (found.mode & whom) !== 0
  })

test('no file of a store can be read by others, whatever the folder allows', async () => {
  chmodSync(folder, 0o755)
  const store = await openStore({ dataDir: folder })
  await store.records.act(anAct(), NOW)
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['lock.db', 'release-gates.db', 'release-gates.db-wal']))
  expect(readBy(0o077)).toEqual([])
  await store.close()
})

test('what an earlier version left for everybody to read is shut to them at the next start', async () => {
  await written()
  for (const name of ['release-gates.db', 'lock.db']) chmodSync(join(folder, name), 0o644)
  const left = new Database(file)
  left.exec('create table made (log integer)') // so that a log is there, which everybody can read
  const store = await openStore({ dataDir: folder })
  expect(readBy(0o007)).toEqual([])
  await store.close()
  left.close()
})
