import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { reportOn } from '../../src/policy/reading/problems.js'
import { readYaml, toValue } from '../../src/policy/reading/yaml.js'

const read = (text: string) => {
  const report = reportOn('policy.yml')
  const node = readYaml(text, report)
  return { value: node === null ? null : toValue(node), problems: report.problems }
}

/** `line:column` of every problem. */
const places = (text: string) => read(text).problems.map(({ line, column }) => `${line}:${column}`)

test('a plain text is what it looks like, also where YAML 1.1 or a number reader would say otherwise', () => {
  expect(read('[on, no, yes, 12e4567, 1.10, 0x1F, 007, 1_000]').value).toEqual([
    'on',
    'no',
    'yes',
    '12e4567',
    '1.10',
    '0x1F',
    '007',
    '1_000',
  ])
})

test('whole numbers, true, false and null are read as such, and quoted ones as text', () => {
  expect(read('[1, -3, true, false, null, "1", \'true\']').value).toEqual([1, -3, true, false, null, '1', 'true'])
})

test('a key is its text, whatever YAML would make of it', () => {
  expect(read('on: 1\n12e4567: 2\ntrue: 3\nnull: 4\n1.0: 5\n').value).toEqual({
    on: 1,
    '12e4567': 2,
    true: 3,
    null: 4,
    '1.0': 5,
  })
})

test('a key that stands twice is an error at the second one, and names the line of the first', () => {
  const { problems } = read('a: 1\nb:\n  count: 2\n  count: 0\n')
  expect(problems).toMatchObject([{ line: 4, column: 3, value: 'count' }])
  expect(problems[0]?.message).toContain('line 3')
})

test('keys that are equal only after their escapes are undone stand twice', () => {
  expect(places('count: 2\n"c\\u006funt": 0\n')).toEqual(['2:1'])
})

test.each([
  ['a directive', '%YAML 1.2\n---\na: 1\n', '1:1'],
  ['a tag directive', '%TAG ! tag:example.org,2000:\n---\na: 1\n', '1:1'],
  ['an anchor', 'a: &x 1\n', '1:4'],
  ['an anchor on a key', '&x a: 1\n', '1:1'],
  ['an alias', 'b: *x\n', '1:4'],
  ['an unquoted glob that begins with a star', 'paths: [*.ts]\n', '1:9'],
  ['a tag', 'a: !!str 1\n', '1:4'],
  ['a tag on a map', 'a: !!set\n  ? b\n', '1:4'],
  ['a merge key', '<<: { a: 1 }\n', '1:1'],
  ['__proto__', 'a:\n  __proto__: { b: 1 }\n', '2:3'],
  ['constructor', 'constructor: 1\n', '1:1'],
  ['prototype', '"prototype": 1\n', '1:1'],
  ['a second document', 'a: 1\n---\nb: 2\n', '2:1'],
  ['a second document after an end mark', 'a: 1\n...\nb: 2\n', '3:1'],
  ['a list as a key', '[a]: 1\n', '1:1'],
  ['a map as a key', '? { a: 1 }\n: 2\n', '1:3'],
  ['a missing key', ': 1\n', '1:1'],
  ['a tab as indentation', 'a:\n\tb: 1\n', '2:1'],
  ['a control character', 'a: "b\u0007"\n', '1:6'],
  ['an escaped control character', 'a: "b\\u0007"\n', '1:4'],
  ['a bidirectional override in a comment', 'a: 1 # \u202e\n', '1:8'],
  ['an escaped bidirectional override', 'a: "\\u202e"\n', '1:4'],
  ['a zero-width space', 'a\u200b: 1\n', '1:2'],
  ['a lone carriage return, which an editor shows as a new line', '# note\ra: 1\n', '1:7'],
  ['a byte order mark in the middle', 'a: 1\nb\ufeff: 2\n', '2:2'],
  ['an empty file', '', '1:1'],
  ['a file of comments only', '# nothing\n', '1:1'],
])('%s is an error at its place', (_what, text, place) => {
  expect(read(text).value).toBeNull()
  expect(places(text)[0]).toBe(place)
})

test('a byte order mark at the start, a document mark and carriage returns before line feeds are no mistakes', () => {
  expect(read('\ufeffa: 1\n').value).toEqual({ a: 1 })
  expect(read('---\na: 1\n...\n').value).toEqual({ a: 1 })
  expect(read('a: 1\r\nb: [x]\r\n').value).toEqual({ a: 1, b: ['x'] })
})

test('every unreadable place is told, not only the first', () => {
  expect(places('a: &x 1\nb: *x\nc: !!int 3\n')).toEqual(['1:4', '2:4', '3:4'])
})

test('a file of 64 KiB is read, and one byte more is refused', () => {
  const exactly = `a: ${'x'.repeat(64 * 1024 - 3)}`
  expect(read(exactly).problems).toEqual([])
  expect(read(`${exactly}x`).problems).toMatchObject([{ line: 1, column: 1, value: '65537' }])
})

test('the limit counts bytes, not characters', () => {
  expect(read(`a: ${'ü'.repeat(40_000)}`).problems).toHaveLength(1)
})

test('32 levels are read, 33 are refused, and no depth exhausts the stack', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(read(nested(32)).problems).toEqual([])
  expect(places(nested(33))).toEqual(['1:33'])
  expect(read('['.repeat(60_000)).value).toBeNull()
  expect(read('- '.repeat(30_000)).value).toBeNull()
})

test('no text makes the reader throw, and it returns nothing exactly where it says why', () => {
  const part = fc.constantFrom(...'a:\n []{}&*!"\'|>#?%1,\t-'.split(''), '- ', ': ', '<<', '---\n', '\n  ')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const report = reportOn('policy.yml')
      expect(readYaml(parts.join(''), report) === null).toBe(report.problems.length > 0)
    }),
    { numRuns: 1000 },
  )
})
