import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fitsGlob, fitsPattern, foundIn, globProblem, patternProblem } from '../../src/policy/patterns.js'

test.each([
  ['main', 'main'],
  ['*', 'main'],
  ['release/*', 'release/1.2'],
  ['**', 'a/b/c'],
  ['src/**', 'src/a/b.ts'],
  ['**/*.md', 'README.md'],
  ['**/*.md', 'docs/a/b.md'],
  ['src/**/test/*.ts', 'src/test/a.ts'],
  ['src/**/test/*.ts', 'src/a/b/test/a.ts'],
  ['a?c', 'abc'],
  ['{main,next}', 'next'],
  ['*.{ts,tsx}', 'a.tsx'],
  ['v[0-9]*', 'v1.2'],
  ['[abc]', 'b'],
  ['**', '.env'],
  ['*', '.env'],
  ['a.b', 'a.b'],
  ['v{1,2{a,b}}', 'v2b'],
  ['a**b', 'a/x/b'],
  ['[*]', '*'],
  ['a+b', 'a+b'],
  ['a,b', 'a,b'],
])('the glob %s fits %s', (glob, value) => {
  expect(fitsGlob([glob], value)).toBe(true)
})

test.each([
  ['main', 'xmain'],
  ['main', 'main2'],
  ['*', 'a/b'],
  ['release/*', 'release/1/2'],
  ['release/*', 'release/'],
  ['src/**', 'src'],
  ['src/**', 'srcx/a'],
  ['a?c', 'a/c'],
  ['{main,next}', 'mainnext'],
  ['a.b', 'axb'],
  ['v[0-9]', 'va'],
  ['Main', 'main'],
  ['a', 'a\n'],
  ['*.md', 'a/b.md'],
  ['a**b', 'ab/c'],
])('PO-16 the glob %s does not fit %s', (glob, value) => {
  expect(fitsGlob([glob], value)).toBe(false)
})

test.each(['', '!main', '[', '[]', 'a[!b]', '[^a]', '{a', 'a}', 'a]', 'a\\*', '[z-a]', '[.-9]', 'x'.repeat(501)])(
  'the glob %j is refused',
  (glob) => {
    expect(globProblem(glob)).not.toBeNull()
  },
)

test.each(['', '(', '(?=a)', 'a{1001}', '(a)\\1', 'x'.repeat(501)])('the pattern %j is refused', (pattern) => {
  expect(patternProblem(pattern)).not.toBeNull()
})

test('patterns fit the whole value, or are found in it', () => {
  expect(fitsPattern(['rel.*'], 'release')).toBe(true)
  expect(fitsPattern(['rel'], 'release')).toBe(false)
  expect(fitsPattern(['a|b'], 'ax')).toBe(false)
  expect(foundIn(['rel'], 'prerelease')).toBe(true)
  expect(foundIn(['^rel'], 'prerelease')).toBe(false)
})

test('a name without special characters fits exactly itself', () => {
  const name = fc.stringMatching(/^[a-z0-9./_+()|^$-]{1,12}$/)
  fc.assert(fc.property(name, name, (glob, value) => fitsGlob([glob], value) === (glob === value)))
  fc.assert(fc.property(name, (glob) => fitsGlob([`{${glob},x}`], glob)))
})

test('PO-14 patterns of policies take time in proportion to the text', () => {
  expect(foundIn(['(a+)+$'], `${'a'.repeat(20_000)}b`)).toBe(false)
  expect(fitsGlob(['*a*a*a*a*a*a*b'], 'a'.repeat(5_000))).toBe(false)
})
