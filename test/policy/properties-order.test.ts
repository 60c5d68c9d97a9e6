import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import type { Fact, Facts } from '../../src/policy/facts.js'
import { judged, NOW, policies } from './given.js'
import { reordered } from './properties-gates.js'
import { anything, caseOf, gist, made, policyOf } from './properties-given.js'

/** Puts a list into another order, always the same one for the same seed. */
type Turn = <T>(list: readonly T[]) => readonly T[]

const turns: fc.Arbitrary<Turn> = fc.array(fc.nat(), { minLength: 12, maxLength: 12 }).map(
  (weights) => (list) =>
    list
      .map((item, index) => ({ item, weight: weights[index % weights.length] ?? 0 }))
      .sort((a, b) => a.weight - b.weight)
      .map(({ item }) => item),
)

/** Every list among the facts in another order, as if GitHub had paged it so: what ships, and who is in a team, too. */
const turned = (facts: Facts, turn: Turn): Facts =>
  new Map([...facts].map(([key, fact]): [string, Fact] => [key, turnedFact(fact, turn)]))

const turnedFact = (fact: Fact, turn: Turn): Fact => {
  if (!fact.known) return fact
  const { value } = fact
  if (Array.isArray(value)) return { ...fact, value: turn(value) }
  if (value instanceof Map) return { ...fact, value: new Map(turn([...value])) }
  if (typeof value !== 'object' || value === null || !('commits' in value) || !Array.isArray(value.commits)) return fact
  return { ...fact, value: { ...value, commits: turn(value.commits) } }
}

test('the order in which GitHub lists reviews, files, commits, checks, people and acts never matters', () => {
  fc.assert(
    fc.property(anything, turns, (each, turn) => {
      const { gate, facts } = made(each)
      expect(gist(decide(gate, turned(facts, turn), NOW))).toEqual(gist(decide(gate, facts, NOW)))
    }),
    { numRuns: 400 },
  )
})

test('the order of rules never matters, at the top of a list or inside it', () => {
  fc.assert(
    fc.property(anything, turns, (each, turn) => {
      const here = gist(judged(made(each)))
      const there = gist(judged(caseOf(each, policies(policyOf(each, reordered(each.list, turn))), each.raw)))
      const outcomes = (found: typeof here) => found.outcomes.map(([rule, outcome]) => [rule, outcome].join(' ')).sort()
      expect([there.decision, there.lookAgainAt]).toEqual([here.decision, here.lookAgainAt])
      expect(outcomes(there)).toEqual(outcomes(here))
    }),
    { numRuns: 250 },
  )
})

test('who stands where is told under `distinct`, whichever way of meeting the gate is written first', () => {
  const approval = { rule: '{ approval: { from: signers } }' }
  const documents = { rule: '{ documents: { headings: [Plan] } }' }
  const reviews = [{ by: 'sue', state: 'approved', at: '2026-11-23T10:00:00.000Z' }]
  const raw = { author: 'dev', body: '## Plan\nBack.', commits: [{ sha: 'c1', author: 'dev' }], reviews }
  const findingsOf = (any: readonly object[]) => {
    const each = { kind: 'merge', raw, list: [{ any }], more: ['distinct: true'], freezes: [] } as never
    return gist(judged(caseOf(each, policies(policyOf(each, [{ any }] as never)), raw as never))).outcomes
  }
  for (const order of [
    [approval, documents],
    [documents, approval],
  ])
    expect(findingsOf(order)).toContainEqual(['gate', 'allow', undefined, []])
})
