import { expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import { aChange, aLook, judgedOnce, MINUTE, NOW, theLease, touch } from '../contracts/store-world.js'
import { inFolder } from './folder.js'

test('“look again then” survives a restart, whether a verdict or an event asked for it', () =>
  inFolder(async (folder) => {
    const before = await openStore({ dataDir: folder })
    await judgedOnce(before, aChange(1), { lookAgainAt: NOW + MINUTE })
    await before.subjects.hint([touch(aChange(2), { notBefore: NOW + 2 * MINUTE })], NOW)
    await before.close()
    const after = await openStore({ dataDir: folder })
    expect(await after.subjects.lease('worker', NOW + MINUTE - 1, 10, MINUTE)).toEqual([])
    const lease = await theLease(after, NOW + MINUTE)
    expect(lease.key).toBe('change/7/1')
    await after.subjects.judged(lease, aLook(), NOW + MINUTE)
    expect(await after.subjects.nextDue(NOW + MINUTE)).toBe(NOW + 2 * MINUTE)
    expect((await theLease(after, NOW + 2 * MINUTE)).key).toBe('change/7/2')
    await after.close()
  }))
