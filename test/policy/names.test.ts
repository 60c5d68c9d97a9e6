import { expect, test } from '@jest/globals'
import { misleading, sameName, skeleton } from '../../src/policy/reading/names.js'

test('names are the same whatever their case, width and composition', () => {
  expect(sameName('Production', 'PRODUCTION')).toBe(true)
  expect(sameName('ｐｒｏｄ', 'prod')).toBe(true)
  expect(sameName('caf\u00e9', 'cafe\u0301')).toBe(true)
})

test('a look-alike letter and a space make another name', () => {
  expect(sameName('prоduction', 'production')).toBe(false)
  expect(sameName('production ', 'production')).toBe(false)
})

test('look-alike names have one skeleton', () => {
  expect(skeleton('prоduction')).toBe(skeleton('production'))
  expect(skeleton('production ')).toBe(skeleton('production'))
  expect(skeleton('staging')).not.toBe(skeleton('production'))
})

test('a name says what about it could mislead', () => {
  expect(misleading('prоduction')).toContain('scripts')
  expect(misleading(' production')).toContain('space')
  expect(misleading('prod\u00aduction')).toContain('seen')
  expect(misleading('production')).toBeNull()
  expect(misleading('производство')).toBeNull()
})
