import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { known, unknown, type Facts } from '../../src/policy/facts.js'
import { reviveFacts, serialiseFacts } from '../../src/policy/facts-json.js'

const throughText = (facts: Facts): Facts =>
  reviveFacts(JSON.parse(JSON.stringify(serialiseFacts(facts))) as ReturnType<typeof serialiseFacts>)

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1.5, -3, '', '$map', 'text'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '$map', '$object', '__proto__', 'constructor'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
})).value

test('facts come back from the ledger as they went in, Maps and strange keys included', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (values) => {
      const facts: Facts = new Map(Object.entries(values).map(([key, one]) => [key, known(one, 'GitHub', 5)]))
      expect(throughText(facts)).toEqual(facts)
    }),
  )
})

test('an unknown fact stays unknown, with its reason', () => {
  const facts: Facts = new Map([['teams/x', unknown('404', 'GitHub', 5, 'renamed')]])
  expect(throughText(facts)).toEqual(facts)
})

test('equal facts have one text, in whatever order they were read', () => {
  const [a, b] = [known(1, 'x', 0), known(2, 'x', 0)]
  expect(
    serialiseFacts(
      new Map([
        ['a', a],
        ['b', b],
      ]),
    ),
  ).toEqual(
    serialiseFacts(
      new Map([
        ['b', b],
        ['a', a],
      ]),
    ),
  )
})

test.each([[Number.NaN], [new Set([1])], [new Date(0)], [() => 1], [1n]])(
  'a value that JSON would change is refused: %p',
  (odd) => {
    expect(() => serialiseFacts(new Map([['a', known(odd, 'x', 0)]]))).toThrow(TypeError)
  },
)

test.each([
  [null],
  [[]],
  [{}],
  [{ $map: 'x' }],
  [{ $map: [['a']] }],
  [{ $map: [['a', 1]] }],
  [{ $map: [[1, { known: true }]] }],
])('what is no record of facts is refused, never taken for no facts: %j', (json) => {
  expect(() => reviveFacts(json)).toThrow('damaged')
})
