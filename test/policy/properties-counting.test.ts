import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import type { Change, CheckResult, Deployment, Fact, Facts, Person, Review, Shipment } from '../../src/policy/facts.js'
import type { Commit, Handover, ReleaseApproval } from '../../src/policy/facts.js'
import { DAY, NOW } from './given.js'
import { made, opens, type Made } from './properties-given.js'
import { rawChange, rawDeployment } from './properties-subjects.js'

/** What does not count must not matter: with it or without it, a gate of approvals says the same. */

const MERGE = [
  '{ approval: { from: signers, within: 2d } }',
  '{ any: [{ approval: { from: leads, within: 2d } }, { approval: { from: signers, within: 2d, count: 2 } }] }',
]
const RELEASE = [...MERGE, '{ approval: { from: managers, within: 2d } }']

const gate = (kind: 'merge' | 'release', rule: string, raw: Made['raw']): Made => ({
  kind,
  raw,
  list: [{ rule }],
  more: [],
  freezes: [],
})
const gates = fc.oneof(
  fc.tuple(fc.constantFrom(...MERGE), rawChange).map(([rule, raw]) => gate('merge', rule, { ...raw, author: 'dev' })),
  fc
    .tuple(fc.constantFrom(...RELEASE), rawDeployment)
    .map(([rule, raw]) => gate('release', rule, { ...raw, event: 'push', fork: false, overrides: [], bypasses: [] })),
)

const factIn = <T>(facts: Facts, key: string): T | undefined => {
  const fact = facts.get(key) as Fact<T> | undefined
  return fact?.known === true ? fact.value : undefined
}

/** A review or an approval, in one word. */
interface Said {
  readonly by: Person | null
  readonly isYes: boolean
  readonly of: string | null
  readonly at: number | null
}

const reviewed = ({ by, state, commit, at }: Review): Said => ({ by, isYes: state === 'approved', of: commit, at })
const approved = ({ by, decision, sha, attempt, at }: ReleaseApproval): Said => ({
  by,
  isYes: decision === 'approve',
  of: `${sha} ${attempt}`,
  at,
})

/** The facts without every yes for which `is` holds; those of whoever also said no stay, because they answer it. */
const without = (facts: Facts, is: (said: Said) => boolean): { readonly facts: Facts; readonly gone: number } => {
  let gone = 0
  const keep = <T>(all: readonly T[], as: (each: T) => Said): readonly T[] => {
    const noes = all.map(as).flatMap(({ isYes, by }) => (isYes ? [] : [by?.id]))
    return all.filter((each) => {
      const said = as(each)
      const goes = said.isYes && !noes.includes(said.by?.id) && is(said)
      gone += goes ? 1 : 0
      return !goes
    })
  }
  const fewer = new Map(facts)
  const replace = (key: string, value: unknown) => fewer.set(key, { known: true, value, source: 'test', at: NOW })
  const reviews = factIn<readonly Review[]>(facts, 'reviews')
  const approvals = factIn<readonly ReleaseApproval[]>(facts, 'approvals')
  if (reviews) replace('reviews', keep(reviews, reviewed))
  if (approvals) replace('approvals', keep(approvals, approved))
  return { facts: fewer, gone }
}

/** Everybody who had a part in it, but by a merge: that one makes nobody a contributor where it leaves the diff as it was. */
const involvedIn = (facts: Facts): ReadonlySet<number> => {
  const change = factIn<Change>(facts, 'change')
  const deployment = factIn<Deployment>(facts, 'deployment')
  const ships = factIn<Shipment>(facts, 'ships')?.commits ?? []
  const commits: readonly Commit[] = [...(factIn<readonly Commit[]>(facts, 'commits') ?? []), ...ships]
  const changes = ships.flatMap((commit) => (commit.change === null ? [] : [commit.change]))
  const people = [
    change?.author,
    deployment?.by,
    deployment?.startedBy,
    ...(factIn<readonly Handover[]>(facts, 'releases') ?? []).map(({ by }) => by),
    ...commits
      .filter(({ parents }) => parents.length < 2)
      .flatMap(({ author, committer, coAuthors }) => [author, committer, ...coAuthors]),
    ...changes.flatMap(({ author, mergedBy }) => [author, mergedBy]),
  ]
  return new Set(people.flatMap((person) => (person && person !== 'github' ? [person.id] : [])))
}

/** That a gate says the same without every yes for which `is` holds, and that this was tried often enough to say so. */
const neverMatters = (is: (facts: Facts) => (said: Said) => boolean): void => {
  const seen = { gone: 0, open: 0 }
  fc.assert(
    fc.property(gates, (each) => {
      const one = made(each)
      const fewer = without(one.facts, is(one.facts))
      const open = opens(one)
      seen.gone += fewer.gone
      seen.open += open ? 1 : 0
      expect(decide(one.gate, fewer.facts, NOW).decision).toBe(decide(one.gate, one.facts, NOW).decision)
    }),
    { numRuns: 600 },
  )
  expect(seen.gone).toBeGreaterThan(50)
  expect(seen.open).toBeGreaterThan(0)
}

test('whoever had a part in it approves nothing', () => {
  neverMatters((facts) => {
    const involved = involvedIn(facts)
    return ({ by }) => by !== null && involved.has(by.id)
  })
})

test('an approval of another commit or attempt approves nothing', () => {
  neverMatters((facts) => {
    const deployment = factIn<Deployment>(facts, 'deployment')
    const head = factIn<Change>(facts, 'change')?.headSha ?? `${deployment?.sha ?? ''} ${deployment?.attempt ?? 0}`
    return ({ of }) => of !== head
  })
})

test('an approval that is too old, or has no time, approves nothing', () => {
  neverMatters(
    () =>
      ({ at }) =>
        at === null || NOW - at >= 2 * DAY,
  )
})

test('an app, a stranger, and nobody approve nothing', () => {
  const strangers = ['dev', 'mallory', 'robot[bot]', 'cora']
  neverMatters(
    () =>
      ({ by }) =>
        by === null || strangers.includes(by.login),
  )
})

test('a check that another app reports never opens a gate', () => {
  let gone = 0
  fc.assert(
    fc.property(fc.oneof(rawChange, rawDeployment), (raw) => {
      const one = made(gate('merge', '{ checks: [test, scan] }', { ...raw, reviews: [] }))
      const checks = factIn<readonly CheckResult[]>(one.facts, 'checks') ?? []
      const ours = checks.filter(({ app }) => app === 'github-actions')
      gone += checks.length - ours.length
      const fact: Fact = { known: true, value: ours, source: 'test', at: NOW }
      expect(opens(one)).toBe(opens(one, new Map(one.facts).set('checks', fact)))
    }),
    { numRuns: 300 },
  )
  expect(gone).toBeGreaterThan(50)
})
