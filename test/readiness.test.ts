import { expect, test } from '@jest/globals'
import { readiness } from '../src/readiness.js'
import { openStore } from '../src/store/store.js'
import type { Refused } from '../src/store/group-commit.js'
import { NOW, SECOND } from './contracts/store-world.js'

const readyWith = async (refused: Refused | null, now = NOW) => {
  const store = await openStore({ dataDir: ':memory:' })
  const parts = await readiness({
    store: { ...store, health: async () => ({ ...(await store.health()), refused }) },
    github: { clockOffset: () => 0, credentials: () => true },
    keys: { inUse: () => ({ place: 1, name: 'the key', refused: [] }) },
    clock: { now: () => now },
  })()
  await store.close()
  return parts[0]
}

test('a store that could not take the last delivery is not ready for a minute, and says why', async () => {
  const refused = { at: NOW, problem: 'ENOSPC: no space left on device' }
  expect(await readyWith(null)).toEqual({ name: 'store', ok: true, says: 'open' })
  expect(await readyWith(refused, NOW + 59 * SECOND)).toEqual({
    name: 'store',
    ok: false,
    says: 'a delivery could not be stored: ENOSPC: no space left on device',
  })
  expect(await readyWith(refused, NOW + 60 * SECOND)).toMatchObject({ ok: true })
})
