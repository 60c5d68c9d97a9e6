import { expect, test } from '@jest/globals'
import type { Gatekeeper } from '../../src/gatekeeper/gatekeeper.js'
import { Unreadable } from '../../src/gatekeeper/ports.js'
import type { Hint } from '../../src/gatekeeper/subject.js'
import { sweeper } from '../../src/gatekeeper/sweep.js'

const COUNT = 60

/** Installations of so many repositories each; what a round touches, by repository. */
const site = (installations: readonly number[], repositories = COUNT) => {
  let hints: readonly Hint[] = []
  const failing = new Set<number>()
  let isDown = false
  const quiet = () => undefined
  const gatekeeper = {
    clock: { now: () => 0 },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    github: {
      installations: async () => {
        if (isDown) throw new Unreadable('installations', 'GitHub answered 401', 401)
        return installations.map((id) => ({ id, account: 'acme', suspended: false }))
      },
      repositories: async (id: number) => {
        if (failing.has(id)) throw new Unreadable('repositories', 'a limit was reached', 429)
        return Array.from({ length: repositories }, (_, index) => ({ id: id * 1_000 + index, name: 'shop' }))
      },
    },
    subjects: { hint: async (more: readonly Hint[]) => void (hints = [...hints, ...more]) },
  } as unknown as Gatekeeper
  const sweep = sweeper(gatekeeper)
  const round = async (): Promise<readonly number[]> => {
    hints = []
    await sweep()
    return hints.flatMap((hint) => (hint.kind === 'touch' ? [hint.subject.repository] : []))
  }
  return { round, failing, falls: (does: boolean) => (isDown = does) }
}

test('the first round looks at everything, later ones at some in turn, none left out', async () => {
  const { round } = site([1])
  expect(await round()).toHaveLength(COUNT)
  const rounds = [await round(), await round(), await round()]
  expect(rounds.map(({ length }) => length)).toEqual([25, 25, 25])
  expect(new Set(rounds.flat()).size).toBe(COUNT)
})

test('a small installation is looked at whole in every round', async () => {
  const { round } = site([1], 10)
  expect([(await round()).length, (await round()).length]).toEqual([10, 10])
})

test('an installation that cannot be listed holds up no other', async () => {
  const { round, failing } = site([1, 2], 3)
  failing.add(1)
  expect(await round()).toEqual([2_000, 2_001, 2_002])
})

test('a round in which GitHub lists no installations ends, and the next one looks', async () => {
  const { round, falls } = site([1], 3)
  falls(true)
  expect(await round()).toEqual([])
  falls(false)
  expect(await round()).toHaveLength(3)
})
