import { afterEach, beforeEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delivery } from '../../src/gatekeeper/ports.js'
import { DiskFailed } from '../../src/store/errors.js'
import { Journal, type Entry } from '../../src/store/journal/journal.js'
import { folderMedium, memoryMedium, type Medium } from '../../src/store/journal/medium.js'
import { aDelivery, MINUTE, NOW } from '../contracts/store-world.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-gates-journal-'))
})
const opened: Journal[] = []
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close()
  rmSync(folder, { recursive: true })
})

const files = () => readdirSync(folder).sort()
const open = async () => {
  const journal = await Journal.open(folderMedium(folder))
  opened.push(journal)
  return journal
}
const guids = (entries: readonly { readonly guid: string }[]) => entries.map(({ guid }) => guid)
const named = (...names: readonly string[]) => names.map((guid) => aDelivery({ guid }))
const all = (journal: Journal) => journal.next(1_000_000)

/** A journal whose server was killed after it had written so much. */
const left = async (...batches: readonly (readonly Delivery[])[]): Promise<void> => {
  const journal = await open()
  for (const batch of batches) expect(await journal.store(batch)).toEqual(batch.map(() => null))
}

test('what was told to be stored is found again in its order, and byte for byte, after a kill', async () => {
  await left([aDelivery({ guid: 'first', body: '{"emoji":"🚀\\n"}\n\n' })], named('second', 'third'))
  const found = await all(await open())
  expect(guids(found)).toEqual(['first', 'second', 'third'])
  expect(found[0]).toMatchObject({ body: '{"emoji":"🚀\\n"}\n\n', event: 'pull_request', receivedAt: NOW })
})

test('a body is kept as the bytes that were signed', async () => {
  await left([aDelivery({ body: Buffer.from('{"é":1}') })])
  const [found] = await all(await open())
  expect(found?.body).toBe('{"é":1}')
})

test('wherever a write was broken off, all that was told before it is found, and nothing else', () =>
  fc.assert(
    fc.asyncProperty(fc.nat({ max: 2_000 }), fc.boolean(), async (cut, zeros) => {
      rmSync(folder, { recursive: true })
      await left(named('told 1', 'told 2'))
      const file = join(folder, files()[0] ?? '')
      const told = readFileSync(file).length
      await left([aDelivery({ guid: 'lost', body: `{"long":"${'x'.repeat(1_500)}"}` })])
      const lost = readFileSync(join(folder, files()[1] ?? ''))
      truncateSync(file, told)
      appendFileSync(file, lost.subarray(0, Math.min(cut, lost.length - 1)))
      if (zeros) appendFileSync(file, Buffer.alloc(Math.max(0, lost.length - cut)))
      rmSync(join(folder, files()[1] ?? ''))
      const journal = await open()
      expect(guids(await all(journal))).toEqual(['told 1', 'told 2'])
      expect(journal.left).toBe(2)
    }),
    { numRuns: 60 },
  ))

test('wherever a delivery begins and ends among the bytes that are read at once, it is found again', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: -400, max: 400 }), fc.nat({ max: 3_000 }), async (near, length) => {
      rmSync(folder, { recursive: true })
      const first = aDelivery({ guid: 'first', body: `"${'x'.repeat(256 * 1_024 - 200 + near)}"` })
      await left([first], [aDelivery({ guid: 'second', body: `"${'y'.repeat(length)}"` })])
      expect(guids(await all(await open()))).toEqual(['first', 'second'])
    }),
    { numRuns: 60, examples: [[0, 0]] },
  ))

test('a file in the folder that is no journal is left alone', async () => {
  await left(named('a'))
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  const journal = await open()
  expect(guids(await all(journal))).toEqual(['a'])
  await journal.taken(await all(journal), NOW)
  await journal.close()
  expect(files()).toEqual(['notes.txt'])
})

test('what was taken is not handed out again, and what was not still is', async () => {
  const journal = await open()
  await journal.store(named('a', 'b', 'c'))
  const [, b] = await journal.next(3)
  await journal.taken([b as Entry], NOW)
  expect(guids(await journal.next(3))).toEqual(['a', 'c'])
  expect(journal.left).toBe(2)
})

test('when all is taken, the disk is freed: soon of an old file, of a young one when it is tidied', async () => {
  const journal = await open()
  await journal.store(named('a'))
  await journal.taken(await all(journal), NOW)
  expect(files()).toHaveLength(1)
  await journal.store(named('b'))
  await journal.taken(await all(journal), NOW + 2 * MINUTE)
  expect(files()).toEqual([])
  await journal.store(named('c'))
  await journal.taken(await all(journal), NOW)
  await journal.tidy()
  expect(files()).toEqual([])
  await journal.store(named('d'))
  expect(guids(await all(journal))).toEqual(['d'])
})

test('of a long queue only a part is in memory, and all of it comes in its order', async () => {
  const journal = await open()
  const body = `{"long":"${'x'.repeat(100_000)}"}`
  const many = Array.from({ length: 700 }, (_, n) => aDelivery({ guid: `${n}`, body }))
  for (let n = 0; n < many.length; n += 10) await journal.store(many.slice(n, n + 10))
  expect(journal.left).toBe(700)
  expect(journal.atHand.length).toBeLessThan(40)
  expect(files().length).toBeGreaterThan(1)
  const came: string[] = []
  while (journal.left > 0) {
    const next = await journal.next(7)
    came.push(...guids(next))
    await journal.taken(next, NOW)
  }
  expect(came).toEqual(guids(many))
})

test('a body larger than one reading is found again', async () => {
  await left([aDelivery({ guid: 'large', body: 'y'.repeat(3_000_000) })], named('after'))
  const found = await all(await open())
  expect(guids(found)).toEqual(['large', 'after'])
  expect(found[0]?.body).toHaveLength(3_000_000)
})

/** A medium whose writes end when the test says so. */
const slowMedium = () => {
  const writes: { readonly done: () => void; readonly fail: (error: Error) => void }[] = []
  const under = memoryMedium()
  const medium: Medium = {
    ...under,
    create: async (name) => {
      const segment = await under.create(name)
      const write = async (bytes: readonly Buffer[], at: number) => {
        await new Promise<void>((done, fail) => writes.push({ done, fail }))
        await segment.write(bytes, at)
      }
      return { ...segment, write }
    },
  }
  return { medium, writes }
}

const turns = async () => {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve))
}

test('nobody is told before what stands in front of it is durable too', async () => {
  const { medium, writes } = slowMedium()
  const journal = await Journal.open(medium)
  const told: string[] = []
  const both = ['first', 'second'].map((guid) => journal.store(named(guid)).then(() => told.push(guid)))
  await turns()
  writes[1]?.done()
  await turns()
  expect(told).toEqual([])
  writes[0]?.done()
  await Promise.all(both)
  expect(told).toEqual(['first', 'second'])
  expect(guids(await all(journal))).toEqual(['first', 'second'])
})

test('what stands behind a write that failed is not told to be stored, and what comes later is', async () => {
  const { medium, writes } = slowMedium()
  const journal = await Journal.open(medium)
  const both = ['first', 'second'].map((guid) => journal.store(named(guid)))
  await turns()
  writes[0]?.fail(new Error('no space left'))
  writes[1]?.done()
  expect(await Promise.all(both)).toEqual([[new Error('no space left')], [new Error('no space left')]])
  const third = journal.store(named('third'))
  await turns()
  writes[2]?.done()
  expect(await third).toEqual([null])
  expect(guids(await all(journal))).toEqual(['third'])
})

test('a disk that was waited for in vain is never believed again', async () => {
  const { medium, writes } = slowMedium()
  const journal = await Journal.open(medium)
  const first = journal.store(named('first'))
  await turns()
  writes[0]?.fail(new DiskFailed(new Error('EIO')))
  expect(await first).toEqual([expect.any(DiskFailed)])
  expect(journal.failed).toBeInstanceOf(DiskFailed)
  expect(await journal.store(named('second'))).toEqual([expect.any(DiskFailed)])
})

test('a folder that the disk did not take is a disk that failed, too', async () => {
  const handle = await openFile(folder, 'r')
  const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> }
  await handle.close()
  const journal = await open()
  const { sync } = prototype
  prototype.sync = () => Promise.reject(new Error('EIO'))
  try {
    expect(await journal.store(named('first'))).toEqual([expect.any(DiskFailed)])
  } finally {
    prototype.sync = sync
  }
  expect(journal.failed).toBeInstanceOf(DiskFailed)
  expect(await journal.store(named('second'))).toEqual([expect.any(DiskFailed)])
})
