import { expect, jest, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalBeside } from '../../src/store/journal/beside.js'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { openStore } from '../../src/store/store.js'
import { DiskFailed } from '../../src/store/errors.js'
import { WalSync } from '../../src/store/wal-sync.js'
import { aChange, aDelivery, HEAD, NOW, touch } from '../contracts/store-world.js'
import { inFolder, killNow, startChild } from './folder.js'

const countIn = async (folder: string): Promise<number> => {
  const beside = await JournalBeside.open(folder)
  let count = 0
  for await (const kept of beside.kept()) count += kept.length
  await beside.close()
  return count
}

test(
  'whatever was acknowledged is there after kill -9',
  () =>
    inFolder(async (folder) => {
      const child = startChild('accept-loop.ts', folder)
      const acknowledged = new Set<string>()
      try {
        for await (const guid of child.lines) {
          acknowledged.add(guid)
          if (acknowledged.size === 500) child.kill('SIGKILL')
        }
      } finally {
        await killNow(child)
      }
      const store = await openStore({ dataDir: folder })
      const kept = new Set((await store.inbox.undispatched(NOW, 1_000_000)).map(({ guid }) => guid))
      await store.close()
      expect(acknowledged.size).toBeGreaterThanOrEqual(500)
      expect([...acknowledged].filter((guid) => !kept.has(guid))).toEqual([])
    }),
  60_000,
)

test('when a delivery is acknowledged, every other reader of the folder can see it', () =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    const seen: number[] = []
    await Promise.all(
      [1, 2, 3].map(() => store.inbox.accept(aDelivery()).then(async () => seen.push(await countIn(folder)))),
    )
    await store.close()
    expect(seen).toEqual([3, 3, 3])
  }))

test('a write is told to be done after the log is on disk, and readers never wait for a writer', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'any.db')
    const engine = sqliteEngine(file, { readOnly: false, release: () => undefined })
    await engine.write((writing) => sql`create table kept (n integer)`.execute(writing))
    const probe = await open(file)
    const handles = Object.getPrototypeOf(probe) as { datasync: () => Promise<void> }
    await probe.close()
    const order: string[] = []
    const sync = jest.spyOn(handles, 'datasync').mockImplementation(() => {
      order.push('on disk')
      return Promise.resolve()
    })
    await engine.write((writing) => sql`insert into kept values (1)`.execute(writing))
    order.push('told')
    sync.mockRestore()
    const mode = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(engine.db)
    await engine.close()
    expect(order).toEqual(['on disk', 'told'])
    expect(mode.rows).toEqual([{ journal_mode: 'wal' }])
  }))

test('a disk that failed once is never believed again, and the store says so', () =>
  inFolder(async (folder) => {
    const sync = new WalSync(join(folder, 'missing'))
    await expect(sync.durable()).rejects.toThrow(DiskFailed)
    writeFileSync(join(folder, 'missing'), '')
    await expect(sync.durable()).rejects.toThrow('restart the server')
    expect(sync.failed).toBeInstanceOf(DiskFailed)
    await sync.close()
  }))

test('the database itself refuses to lease a lane twice, should a query ever be wrong', () =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    await store.subjects.hint([touch(aChange(1), { sha: HEAD }), touch(aChange(2), { sha: HEAD })], NOW)
    await store.close()
    const raw = new Database(join(folder, 'release-gates.db'))
    expect(() => raw.exec(`update subjects set lease_owner = 'somebody'`)).toThrow('UNIQUE')
    raw.close()
  }))

test('everything is there again when the folder is opened again', () =>
  inFolder(async (folder) => {
    const before = await openStore({ dataDir: folder })
    await before.inbox.accept(aDelivery({ guid: 'kept' }))
    await before.close()
    const after = await openStore({ dataDir: folder })
    expect(await after.inbox.undispatched(NOW, 10)).toMatchObject([{ guid: 'kept' }])
    await after.close()
  }))
