import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { filesBelow } from '../../src/cli/find-files.js'
import { hasErrors, reportOn } from '../../src/policy/reading/problems.js'
import { readEvents } from '../../src/policy/reading/yaml-events.js'
import { readPatiently, toValue, type Node } from '../../src/policy/reading/yaml.js'

const FOLDER = join(import.meta.dirname, '../scenarios')
const TEXTS = filesBelow('.', '.gates-test.yml', FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'))

const LEAVE = { anyLength: true, anyText: true }

const readQuickly = (text: string): Node | null => readEvents(text, LEAVE)

const really = (text: string): Node | null => {
  const report = reportOn('x')
  const node = readPatiently(text, report, LEAVE)
  return hasErrors(report.problems) ? null : node
}

/** Everything of a tree but where its maps, lists and literal texts end. */
const told = (node: Node): unknown => {
  const { line, column } = node.span
  switch (node.kind) {
    case 'scalar':
      return node.text.includes('\n') ? { ...node, span: { line, column } } : node
    case 'list':
      return [line, column, node.items.map(told)]
    case 'map':
      return [line, column, node.pairs.map(({ key, keySpan, value }) => [key, keySpan, told(value)])]
  }
}

/** A text as it stands between two places, read alone: an inline policy is cut out so. */
const cut = (text: string, { span }: Node): string => {
  const lines = text.split('\n').slice(span.line - 1, span.endLine)
  const last = (lines.pop() ?? '').slice(0, span.endColumn - 1)
  return `${' '.repeat(span.column - 1)}${[...lines, last].join('\n').slice(span.column - 1)}`
}

const sameOrNothing = (text: string): boolean => {
  const quick = readQuickly(text)
  if (quick === null) return false
  const real = really(text)
  expect(real).not.toBeNull()
  expect({ text, tree: told(quick) }).toEqual({ text, tree: real && told(real) })
  return true
}

test('scenario files are read quickly, and as the real parser reads them', () => {
  const quick = TEXTS.filter(sameOrNothing)
  expect(quick.length).toBeGreaterThan(TEXTS.length * 0.8)
})

const mapsIn = (node: Node): readonly Node[] => {
  if (node.kind === 'scalar') return []
  const below = node.kind === 'list' ? node.items : node.pairs.map(({ value }) => value)
  return [...(node.kind === 'map' ? [node] : []), ...below.flatMap(mapsIn)]
}

test('a map that is cut out by its span is the whole map', () => {
  const text = 'a: { b: 1,\n  c: [d] } # e\nf:\n  - g: |\n      h\n    i: "j" # k\n  - l\n\nm: { n: o }\n'
  const tree = readQuickly(text)
  const maps = tree === null ? [] : mapsIn(tree)
  expect(maps).toHaveLength(4)
  for (const map of maps) {
    const alone = really(cut(text, map))
    expect(alone && toValue(alone)).toEqual(toValue(map))
  }
})

test.each([
  'a: |\n  b\n',
  'a: |-\n  b\n\n   c\n\n\nd: e\n',
  '- |\n  b # no comment\n    c\n# one\n',
  'a:\n  b: |-\n    c: d\n  e: f\n',
])('a literal text is read quickly, and as the real parser reads it: %j', (text) =>
  expect(sameOrNothing(text)).toBe(true),
)

const KEYS = [
  'a: ',
  'b: ',
  'c:',
  'd d: ',
  '"q": ',
  "'k':  ",
  '<<: ',
  'x[1]: ',
  'k-: ',
  '~: ',
  '1 : ',
  '- ',
  '- a: ',
  '-  b: ',
  '',
]
const VALUES = [
  ...['a', 'x y', 'foo', '1', '01', 'true', 'null', '~', '~x', 'a:b', '10:30', 'http://x/y', 'a#b', 'a b #c', ''],
  ...['"q"', "'s'", "'it''s'", '"a\\n"', '"a\\u0041"', '"q" y', "'x'y", '"#: a"', '[]', '{}', '[a, b]', '{a: 1}'],
  ...['{ a: [b, {c: d}] }', '[a,b]', '{a: b, }', '{a}', '[a: b]', '|', '|-', '>', '- x', 'a: ', 'x:', 'a, b', 'a]b'],
  ...['(x)', '<5', '=1', '+3', '.5', '-1', '*x', '&x', '!x', '@x', '%x', '`x', 'robot[bot]', 'src/**', '1e3', '.inf'],
  ...['[a,\n   b]', '{a: 1,\n  b: 2}', '[\n    a\n  ]', '{ k : v }', '{"k":v}', '{a: b: c}', '"two\n  lines"'],
  ...['a\n  b', 'a\n\nb', '# c', 'a\u00a0b', '{a:\u00a0b}', 'é', '😀', '  # c', '\u0007', '---', '...', '%x'],
]
const line = fc
  .tuple(fc.constantFrom(0, 0, 0, 2, 2, 2, 3, 4, 4, 6), fc.constantFrom(...KEYS), fc.constantFrom(...VALUES))
  .map(([indent, key, value]) => `${' '.repeat(indent)}${key}${value}`)
const lines = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\n', ''))
  .map(([all, end]) => all.join('\n') + end)

test('what is read quickly is read as the real parser reads it, whatever stands in it', () => {
  let taken = 0
  fc.assert(
    fc.property(lines, (text) => {
      if (sameOrNothing(text)) taken += 1
    }),
    { numRuns: 6_000 },
  )
  expect(taken).toBeGreaterThan(20)
})

const PIECES = [
  ' ',
  '  ',
  '\n',
  '\n  ',
  ':',
  ': ',
  '- ',
  '#',
  ' #',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|\n',
  '*a',
  '~',
  '\\',
  '?',
  '',
]

test('nor does a slip in a scenario file make it something else', () => {
  const excerpt = fc
    .tuple(fc.constantFrom(...TEXTS), fc.nat(), fc.integer({ min: 1, max: 10 }))
    .map(([text, at, length]) => {
      const all = text.split('\n')
      const some = all.slice(at % all.length, (at % all.length) + length)
      const indent = Math.min(...some.filter((each) => each.trim() !== '').map((each) => each.search(/\S/)))
      return some.map((each) => each.slice(Number.isFinite(indent) ? indent : 0)).join('\n')
    })
  fc.assert(
    fc.property(
      excerpt,
      fc.constantFrom(...PIECES),
      fc.nat(),
      fc.integer({ min: 0, max: 2 }),
      (text, piece, where, gone) => {
        const at = where % (text.length + 1)
        sameOrNothing(`${text.slice(0, at)}${piece}${text.slice(at + gone)}`)
      },
    ),
    { numRuns: 2_000 },
  )
})
