import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Kysely, sql, SqliteDialect } from 'kysely'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { erasingOf } from '../../src/store/erasing/erase.js'
import { StoreLocked } from '../../src/store/errors.js'
import { openBeside } from '../../src/store/open.js'
import { SharedCommits } from '../../src/store/shared-commits.js'
import { openStore } from '../../src/store/store.js'
import type { Tables } from '../../src/store/tables.js'
import { aChange, aDelivery, anAct, NOW, touch } from '../contracts/store-world.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-gates-store-'))
  file = join(folder, 'release-gates.db')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Another program, in the middle of a transaction that writes. */
const locked = (): { readonly free: () => void } => {
  const other = new Database(file)
  other.exec('begin immediate')
  return { free: () => other.close() }
}

/** How often a timer of 10 ms has its turn until the work is done. */
const turnsDuring = async (work: Promise<unknown>): Promise<number> => {
  let turns = 0
  const timer = setInterval(() => turns++, 10)
  await work
  clearInterval(timer)
  return turns
}

test('while another program has the write lock, deliveries are acknowledged and timers run; writes wait for it', async () => {
  const store = await openStore({ dataDir: folder })
  const { free } = locked()
  const hinted = store.subjects.hint([touch(aChange())], NOW).then(() => 'written')
  expect(await turnsDuring(sleep(300))).toBeGreaterThan(10)
  const start = performance.now()
  await store.inbox.accept(aDelivery())
  expect(await store.inbox.undispatched(NOW, 10)).toHaveLength(1)
  expect(performance.now() - start).toBeLessThan(1_000)
  expect(await Promise.race([hinted, sleep(50, 'waits')])).toBe('waits')
  free()
  expect(await hinted).toBe('written')
  await store.close()
})

const commitsOn = (raw: Database.Database, patience: number) => {
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: {
        close: () => raw.close(),
        prepare: (text: string) => raw.prepare<unknown[]>(text === 'begin' ? 'begin immediate' : text),
      },
    }),
  })
  return new SharedCommits(raw, db, undefined, { file, patience })
}

test('a write that waited too long for the lock fails, naming the file and the remedy; later ones go on', async () => {
  const raw = new Database(file, { timeout: 0 })
  raw.exec('create table kept (n integer)')
  const commits = commitsOn(raw, 100)
  const insert = () => commits.write((writing) => sql`insert into kept values (1)`.execute(writing))
  const { free } = locked()
  const failed: unknown = await insert().catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(StoreLocked)
  expect(String(failed)).toContain(`the write lock of ${file} for 0.1 s`)
  expect(String(failed)).toContain('End it')
  free()
  await insert()
  expect(raw.prepare('select count(*) as count from kept').get()).toEqual({ count: 1 })
  raw.close()
})

test('a write after the store was closed is refused', async () => {
  const store = await openStore({ dataDir: folder })
  await store.close()
  await expect(store.subjects.handBack('nobody')).rejects.toThrow('closed')
})

test('what an erasing would do is counted without the write lock', async () => {
  const store = await openStore({ dataDir: folder })
  await store.records.act(anAct(), NOW)
  const { free } = locked()
  const beside = await openBeside({ dataDir: folder }, false)
  expect(await erasingOf(beside, { login: 'lena' })).toMatchObject({ names: 1, acts: 1 })
  await beside.close()
  free()
  await store.close()
})
