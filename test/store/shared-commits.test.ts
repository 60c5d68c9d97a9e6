import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Kysely, sql, SqliteDialect } from 'kysely'
import type { Writing } from '../../src/store/engine.js'
import { SharedCommits } from '../../src/store/shared-commits.js'
import type { Tables } from '../../src/store/tables.js'

let raw: Database.Database
let db: Kysely<Tables>
let commits: SharedCommits
let texts: string[]

beforeEach(() => {
  texts = []
  raw = new Database(':memory:', { verbose: (text) => void texts.push(String(text)) })
  raw.exec('create table kept (n integer primary key)')
  db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: () => Promise.resolve(raw) }) })
  commits = new SharedCommits(raw, db)
})

afterEach(() => {
  raw.close()
})

const keep = (n: number) => async (writing: Writing) => {
  await sql`insert into kept values (${n})`.execute(writing)
  return n
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const kept = () =>
  raw
    .prepare<[], { n: number }>('select n from kept order by n')
    .all()
    .map(({ n }) => n)
const count = (text: string) => texts.filter((each) => each === text).length

test('writes that wait share one commit', async () => {
  expect(await Promise.all([1, 2, 3].map((n) => commits.write(keep(n))))).toEqual([1, 2, 3])
  expect(count('commit')).toBe(1)
  expect(kept()).toEqual([1, 2, 3])
})

test('a write that fails undoes itself alone', async () => {
  const fails = async (writing: Writing) => {
    await keep(7)(writing)
    throw new Error('not this one')
  }
  const outcomes = await Promise.allSettled([commits.write(keep(1)), commits.write(fails), commits.write(keep(2))])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(kept()).toEqual([1, 2])
})

test('nothing is settled before its commit has returned', async () => {
  const settled: number[] = []
  const writes = [1, 2].map((n) => commits.write(keep(n)).then(() => settled.push(count('commit'))))
  await Promise.all(writes)
  expect(settled).toEqual([1, 1])
})

test('nothing is settled before its commit is on disk, and the next commit does not wait for that', async () => {
  let onDisk: () => void = () => undefined
  const disk = { failed: null, durable: () => new Promise<void>((resolve) => (onDisk = resolve)) }
  const waiting = new SharedCommits(raw, db, disk)
  const settled: number[] = []
  const first = waiting.write(keep(1)).then(() => settled.push(1))
  while (kept().length < 1) await turn()
  const told = onDisk
  const second = waiting.write(keep(2)).then(() => settled.push(2))
  while (kept().length < 2) await turn()
  expect(settled).toEqual([])
  onDisk()
  await second
  expect(settled).toEqual([2])
  told()
  await Promise.all([first, waiting.close()])
  expect(settled).toEqual([2, 1])
})

test('when the disk fails, the writes that waited for it fail, and nothing more is written', async () => {
  const disk = { failed: null as Error | null, durable: () => Promise.reject(new Error('no disk')) }
  const failing = new SharedCommits(raw, db, disk)
  await expect(failing.write(keep(1))).rejects.toThrow('no disk')
  disk.failed = new Error('no disk')
  await expect(failing.write(keep(2))).rejects.toThrow('no disk')
  expect(kept()).toEqual([1])
})

test('when the commit fails, so does every write in it, and later ones go on', async () => {
  raw.exec(
    'create table parent (n integer primary key); create table child (n integer references parent deferrable initially deferred)',
  )
  raw.pragma('foreign_keys = on')
  const orphan = (writing: Writing) => sql`insert into child values (9)`.execute(writing)
  const outcomes = await Promise.allSettled([commits.write(keep(1)), commits.write(orphan)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await commits.write(keep(2))
  expect(kept()).toEqual([2])
})

test('when the database ends the transaction by itself, every write in it fails for that reason', async () => {
  const ends = async (writing: Writing) => {
    await sql`rollback`.execute(writing)
    throw new Error('the disk is full')
  }
  const outcomes = await Promise.allSettled([commits.write(keep(1)), commits.write(ends)])
  expect(outcomes).toEqual([1, 2].map(() => ({ status: 'rejected', reason: new Error('the disk is full') })))
  expect(kept()).toEqual([])
  await commits.write(keep(2))
  expect(kept()).toEqual([2])
})

test('the network has its turn between two commits', async () => {
  const order: string[] = []
  const again = (n: number): Promise<void> =>
    commits.write(() => Promise.resolve(order.push(`write ${n}`))).then(() => (n < 3 ? again(n + 1) : undefined))
  const turns = new Promise<void>((resolve) => {
    setImmediate(() => {
      order.push('turn')
      resolve()
    })
  })
  await Promise.all([again(1), turns])
  expect(order.indexOf('turn')).toBeLessThan(order.indexOf('write 3'))
})

test('what refuses a transaction its beginning fails every write that waits, and none is left to wait', async () => {
  const writes = [commits.write(keep(1)), commits.write(keep(2))]
  raw.close()
  const outcomes = await Promise.allSettled(writes)
  expect(outcomes).toEqual(
    writes.map(() => ({
      status: 'rejected',
      reason: expect.objectContaining({ message: expect.stringContaining('not open') }),
    })),
  )
})

test('once it is closed it takes nothing more, and what it took before is settled', async () => {
  const before = commits.write(keep(1))
  await commits.close()
  await expect(commits.write(keep(2))).rejects.toThrow('closed')
  expect([await before, kept()]).toEqual([1, [1]])
})
