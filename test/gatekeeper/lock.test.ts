import { expect, test } from '@jest/globals'
import type { Gatekeeper } from '../../src/gatekeeper/gatekeeper.js'
import { freeFinishedLock } from '../../src/gatekeeper/lock.js'
import { Unreadable, type Repository } from '../../src/gatekeeper/ports.js'

const SHA = 'a'.repeat(40)

type Run = 'completed' | 'in_progress' | 404 | 502

/** Run 7 holds production; GitHub says `run` of it, and lists `listed` for its commit. Whether the lock was freed. */
const isFreed = async (run: Run, listed: readonly number[] | 404): Promise<boolean> => {
  let freed = false
  const gatekeeper = {
    clock: { now: () => 0 },
    records: {
      locks: async () => [{ environment: 'production', holder: 'run/7/1', sha: SHA, at: 0 }],
      unlock: async () => void (freed = true),
    },
  } as unknown as Gatekeeper
  const repository = {
    address: { id: 1 },
    run: async () => {
      if (typeof run === 'number') throw new Unreadable('run 7', `GitHub answered ${run}`, run)
      return { status: run }
    },
    runsOf: async () => {
      if (listed === 404) throw new Unreadable('runs', 'GitHub answered 404', 404)
      return listed
    },
  } as unknown as Repository
  await freeFinishedLock(gatekeeper, repository, { environment: 'production', run: 8, attempt: 1 })
  return freed
}

test('a run that has ended frees its environment, one that runs does not', async () => {
  expect(await isFreed('completed', [7])).toBe(true)
  expect(await isFreed('in_progress', [7])).toBe(false)
})

test('a run that was deleted frees its environment: it is not shown, and its commit has none such', async () => {
  expect(await isFreed(404, [6, 8])).toBe(true)
})

test('a 404 alone frees nothing: GitHub still lists the run', async () => {
  expect(await isFreed(404, [7, 8])).toBe(false)
})

test.each([
  ['the run', 502, [8]],
  ['the list of runs', 404, 404],
] as const)('where %s cannot be read, nothing is freed and nothing answered', async (_, run, listed) => {
  await expect(isFreed(run, listed)).rejects.toBeInstanceOf(Unreadable)
})
