import { writeSync } from 'node:fs'
import { openStore } from '../../../src/store/store.js'

/** Accepts deliveries without end, and tells each GUID as soon as it is acknowledged. */
const store = await openStore({ dataDir: process.argv[2] ?? '' })
for (let n = 0; ; n += 10) {
  const acceptOne = async (guid: string) => {
    await store.inbox.accept({ guid, event: 'push', body: JSON.stringify({ guid }), receivedAt: n })
    writeSync(1, `${guid}\n`)
  }
  await Promise.all(Array.from({ length: 10 }, (_, index) => acceptOne(`guid-${n + index}`)))
}
