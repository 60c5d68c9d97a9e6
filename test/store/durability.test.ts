import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { join } from 'node:path'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { openStore } from '../../src/store/store.js'
import { aChange, aDelivery, HEAD, NOW, touch } from '../contracts/store-world.js'
import { inFolder, killNow, startChild } from './folder.js'

const countIn = (folder: string): number => {
  const beside = new Database(join(folder, 'release-gates.db'), { readonly: true })
  try {
    return Number(beside.prepare('select count(*) from deliveries').pluck().get())
  } finally {
    beside.close()
  }
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

test('when a delivery is acknowledged, every other reader of the folder sees it', () =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    const seen: number[] = []
    await Promise.all([1, 2, 3].map(() => store.inbox.accept(aDelivery()).then(() => seen.push(countIn(folder)))))
    await store.close()
    expect(seen).toEqual([3, 3, 3])
  }))

test('a commit waits for the disk, and readers never wait for a writer', () =>
  inFolder(async (folder) => {
    const engine = sqliteEngine(join(folder, 'any.db'), { readOnly: false, release: () => undefined })
    const pragma = async (name: string) =>
      (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(engine.db)).rows
    const found = [await pragma('journal_mode'), await pragma('synchronous')]
    await engine.close()
    const FULL = 2
    expect(found).toEqual([[{ journal_mode: 'wal' }], [{ synchronous: FULL }]])
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
