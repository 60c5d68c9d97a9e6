import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Fact, Facts } from '../../src/policy/facts.js'
import { anything, made, opens } from './properties-given.js'

/** The facts with the n-th item for which `is` holds, over all lists of these topics, left out. */
const without = (facts: Facts, topics: readonly string[], is: (item: object) => boolean, n: number): Facts => {
  const lists = topics.flatMap((topic) => {
    const fact = facts.get(topic) as Fact<readonly object[]> | undefined
    return fact?.known === true ? [{ topic, fact }] : []
  })
  const all = lists.flatMap(({ fact }) => fact.value.filter(is))
  const gone = all[n % all.length]
  const fewer = new Map<string, Fact>(facts)
  for (const { topic, fact } of lists) fewer.set(topic, { ...fact, value: fact.value.filter((item) => item !== gone) })
  return fewer
}

const says = (item: object, key: string, value: string): boolean =>
  Object.entries(item).some(([name, found]) => name === key && found === value)

test('an approval that is taken away never opens a gate', () => {
  fc.assert(
    fc.property(anything, fc.nat(), (each, n) => {
      const one = made(each)
      const isYes = (item: object) => says(item, 'state', 'approved') || says(item, 'decision', 'approve')
      expect(opens(one) || !opens(one, without(one.facts, ['reviews', 'approvals'], isYes, n))).toBe(true)
    }),
    { numRuns: 400 },
  )
})

test('a green check that is taken away never opens a gate', () => {
  fc.assert(
    fc.property(anything, fc.nat(), (each, n) => {
      const one = made(each)
      const isGreen = (item: object) => says(item, 'conclusion', 'success')
      expect(opens(one) || !opens(one, without(one.facts, ['checks'], isGreen, n))).toBe(true)
    }),
    { numRuns: 400 },
  )
})
