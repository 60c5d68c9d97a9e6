import { expect, test } from '@jest/globals'
import { differencesCount, differencesText, scenariosText } from '../../src/gatekeeper/policy-words.js'
import type { Difference, Direction } from '../../src/policy/comparing/compare.js'

const difference = (direction: Direction, words = 'x'): Difference => ({ about: { of: 'file' }, direction, words })
const annotation = { path: 'a', line: 1, endLine: 1, level: 'failure', message: 'm' } as const

test('what becomes weaker is told first, and counted', () => {
  const differences = (['stronger', 'different', 'weaker', 'weaker'] as const).map((each) => difference(each))
  expect(differencesCount(differences)).toBe('2 weaker, 1 different, 1 stronger')
  expect([...differencesText(differences).matchAll(/### (\w+)/g)].map(([, heading]) => heading)).toEqual([
    'Weaker',
    'Different',
    'Stronger',
  ])
})

test('however much changes, it fits into a check, and what is left out is counted', () => {
  const many = (['weaker', 'different'] as const).flatMap((each) =>
    Array.from({ length: 150 }, () => difference(each, 'w'.repeat(500))),
  )
  const failures = Array.from({ length: 150 }, () => ({ words: 'f'.repeat(10), annotation }))
  const text = `${differencesText(many)}${scenariosText({ files: 1, ran: 150, failures, leftOut: [] })}`
  expect(text.length).toBeLessThan(60_000)
  expect(text).toMatch(/- and 1\d\d more/)
  expect(text).toMatch(/- and 50 more/)
})

test('no scenario file is no success of scenarios', () => {
  expect(scenariosText({ files: 0, ran: 0, failures: [], leftOut: [] })).toMatch(/There is no scenario file/)
})
