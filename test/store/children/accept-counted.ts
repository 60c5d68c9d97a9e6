import { closeSync, openSync, readSync } from 'node:fs'
import { openStore } from '../../../src/store/store.js'

/** Accepts deliveries, some alone and some at once, and prints the fsyncs counted before and after each: one JSON a line. */
const [, , folder = '', counter = ''] = process.argv
const file = openSync(counter, 'r')
const word = Buffer.alloc(8)
const synced = (): number => {
  readSync(file, word, 0, 8, 0)
  return Number(word.readBigUInt64LE())
}

const store = await openStore({ dataDir: folder })
const accepted = async (n: number, how: string) => {
  const before = synced()
  await store.inbox.accept({ guid: `guid-${how}-${n}`, event: 'push', body: JSON.stringify({ n, how }), receivedAt: n })
  process.stdout.write(`${JSON.stringify({ how, before, after: synced() })}\n`)
}
for (let n = 0; n < 20; n += 1) await accepted(n, 'alone')
await Promise.all(Array.from({ length: 100 }, (_, n) => accepted(n, 'together')))
await store.close()
closeSync(file)
