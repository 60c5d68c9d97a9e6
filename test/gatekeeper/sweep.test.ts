import { expect, test } from '@jest/globals'
import type { Gatekeeper } from '../../src/gatekeeper/gatekeeper.js'
import { Unreadable } from '../../src/gatekeeper/ports.js'
import type { Hint } from '../../src/gatekeeper/subject.js'
import { sweeper } from '../../src/gatekeeper/sweep.js'

const COUNT = 60

/** Installations of so many repositories each; what a round touches, by repository. */
const site = (installations: readonly number[], repositories = COUNT) => {
  let hints: readonly Hint[] = []
  const quietOnes = new Set<number>()
  const unreadable = new Set<number>()
  const glanced: number[] = []
  const tips: number[] = []
  const failing = new Set<number>()
  const allowed: string[] = []
  const known: { readonly id: number; readonly installation: number }[] = []
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
        return Array.from({ length: repositories }, (_, index) => ({ id: id * 10_000 + index, name: 'shop' }))
      },
      glances: async (_: number, addresses: readonly { readonly id: number }[]) => {
        glanced.push(addresses.length)
        const told = addresses.filter(({ id }) => !unreadable.has(id))
        const tip = { branch: 'main', sha: 'a'.repeat(40) }
        return new Map(told.map(({ id }) => [id, { hasOpen: !quietOnes.has(id), tip }]))
      },
    },
    records: { recordTip: async (id: number) => void tips.push(id) },
    settings: { allowedOrganisations: allowed, organisationPolicy: 'none' },
    subjects: {
      addresses: async () => known,
      hint: async (more: readonly Hint[]) => void (hints = [...hints, ...more]),
    },
  } as unknown as Gatekeeper
  const sweep = sweeper(gatekeeper)
  const lost = () => hints.flatMap((hint) => (hint.kind === 'gone' ? [hint.scope] : []))
  const round = async (): Promise<readonly number[]> => {
    hints = []
    await sweep()
    return hints.flatMap((hint) => (hint.kind === 'touch' ? [hint.subject.repository] : []))
  }
  return {
    round,
    lost,
    known,
    allows: (only: readonly string[]) => allowed.push(...only),
    failing,
    quietOnes,
    unreadable,
    glanced,
    tips,
    falls: (does: boolean) => (isDown = does),
  }
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
  expect(await round()).toEqual([20_000, 20_001, 20_002])
})

test('a round in which GitHub lists no installations ends, and the next one looks', async () => {
  const { round, falls } = site([1], 3)
  falls(true)
  expect(await round()).toEqual([])
  falls(false)
  expect(await round()).toHaveLength(3)
})

const among = (count: number, open: readonly number[]) =>
  Array.from({ length: count }, (_, index) => 10_000 + index).filter((id) => !open.includes(id))

test('where nothing is open nothing is looked at, and its tip is on record all the same', async () => {
  const { round, quietOnes, tips } = site([1], 100)
  among(100, [10_007, 10_070]).forEach((id) => quietOnes.add(id))
  expect(await round()).toEqual([10_007, 10_070])
  expect(tips).toHaveLength(98)
})

test('what has newly opened is looked at in the round that sees it, what is done no more', async () => {
  const { round, quietOnes } = site([1], 100)
  among(100, [10_007]).forEach((id) => quietOnes.add(id))
  await round()
  quietOnes.delete(10_050)
  expect(await round()).toEqual(expect.arrayContaining([10_007, 10_050]))
  quietOnes.add(10_007)
  expect(await round()).toEqual([10_050])
})

test('what cannot be glanced at is looked at', async () => {
  const { round, quietOnes, unreadable } = site([1], 100)
  among(100, []).forEach((id) => quietOnes.add(id))
  unreadable.add(10_030)
  expect(await round()).toEqual([10_030])
})

test('a large installation is glanced at whole once, then in turn', async () => {
  const { round, quietOnes, glanced } = site([1], 2_500)
  among(2_500, []).forEach((id) => quietOnes.add(id))
  await round()
  quietOnes.delete(10_003)
  quietOnes.delete(12_400)
  expect([await round(), await round(), await round()].flat()).toEqual(expect.arrayContaining([10_003, 12_400]))
  expect(glanced).toEqual([2_500, 1_000, 1_000, 1_000])
})

test('what its installation does not list twice in a row, and what belongs to none that is served, is given up', async () => {
  const { round, lost, known } = site([1], 2)
  known.push({ id: 10_000, installation: 1 }, { id: 10_777, installation: 1 }, { id: 30_000, installation: 3 })
  await round()
  expect(lost()).toEqual([])
  await round()
  expect(lost()).toEqual([
    { repository: 30_000, of: 3 },
    { repository: 10_777, of: 1 },
  ])
})

test('where GitHub does not list, nothing is given up', async () => {
  const { round, lost, known, falls, failing } = site([1], 2)
  known.push({ id: 10_777, installation: 1 }, { id: 30_000, installation: 3 })
  falls(true)
  await round()
  await round()
  expect(lost()).toEqual([])
  falls(false)
  failing.add(1)
  await round()
  await round()
  expect(lost()).toEqual([{ repository: 30_000, of: 3 }])
})

test('an organisation that is not allowed is not asked about anything', async () => {
  const { round, allows, lost, known } = site([1], 2)
  known.push({ id: 10_000, installation: 1 })
  allows(['others'])
  expect(await round()).toEqual([])
  expect(await round()).toEqual([])
  expect(lost()).toEqual([{ repository: 10_000, of: 1 }])
})
