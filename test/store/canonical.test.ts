import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson, digestOf } from '../../src/store/canonical.js'

test('the order of keys makes no difference, the order of lists does', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}')
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
})

test('what is undefined is as if absent', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
})

test('whatever is JSON reads back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [new Map()], [new Date(0)], [[undefined]], [1n]])(
  'what JSON would change in silence is refused: %p',
  (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError)
  },
)
