import { describe, expect, test } from '@jest/globals'
import { parsePolicy, type PolicyOrigin, type PolicyProblem } from '../../src/policy/reading/document.js'

/** Every problem as `line:column message`, what was meant behind it. */
const toldOf = (text: string, origin: PolicyOrigin = 'repository'): readonly string[] => {
  const read = parsePolicy(text, 'policy.yml', origin)
  return (read.ok ? read.warnings : read.problems).map(said)
}

const said = ({ line, column, message, suggestion }: PolicyProblem): string =>
  `${line}:${column} ${message}${suggestion === undefined ? '' : ` → ${suggestion}`}`

/** Entries begin at 5:9. */
const merge = (entries: string) => `version: 1\nbranches:\n  main:\n    merge:\n${indented(entries)}`
const release = (entries: string) => `version: 1\nenvironments:\n  production:\n    release:\n${indented(entries)}`
const indented = (entries: string) =>
  entries
    .split('\n')
    .map((line) => `      ${line}\n`)
    .join('')

describe('a misspelt key and the key that is missing for it are one mistake', () => {
  test.each([
    ['a parameter', merge('- approval: { form: leads }'), '5:21 `form` is not known here. → from'],
    ['the only parameter', merge('- changed: { path: "src/**" }'), '5:20 `path` is not known here. → paths'],
    ['a part of a group', merge('- approval: { from: { team: leads } }'), '5:29 `team` is not known here. → teams'],
    ['a key of another rule', merge('- author: { any_in: core }'), '5:19 `any_in` is not known here.'],
    [
      'a key that looks like none',
      release('- deployer: { by: managers }'),
      '5:21 `by` is not known here, and `in` is missing.',
    ],
    ['the version', 'vesion: 1\n', '1:1 `vesion` is not known at the top of a policy. → version'],
    [
      'the rules of a rollback',
      'version: 1\nenvironments:\n  qa:\n    rollback: { rule: [{ newest: {} }] }\n',
      '4:17 `rule` is not known in `rollback`. → rules',
    ],
    [
      'what a condition requires',
      merge('- when: [{ draft: false }]\n  requires: [{ fork: false }]'),
      '6:9 `requires` is not known beside `when`. → require',
    ],
  ])('%s', (_, text, told) => {
    expect(toldOf(text)).toEqual([told])
  })

  test('what else is wrong beside it is told too', () => {
    expect(toldOf(merge('- approval: { form: leads, count: 0 }'))).toEqual([
      '5:21 `form` is not known here. → from',
      '5:41 `count` is 0; it must be 1 or more.',
    ])
  })
})

describe('words of other policy languages are told apart from rules', () => {
  test.each([
    ['and', 'all'],
    ['or', 'any'],
    ['oneOf', 'any'],
    ['if', 'when'],
  ])('`%s` is `%s` here', (word, meant) => {
    expect(toldOf(merge(`- ${word}: [{ draft: false }]`))).toEqual([`5:9 \`${word}\` is no rule. → ${meant}`])
  })

  test('`then` is `require`', () => {
    expect(toldOf(merge('- when: [{ draft: false }]\n  then: [{ fork: false }]'))).toEqual([
      '6:9 `then` is not known beside `when`. → require',
    ])
  })
})

describe('an entry with several keys', () => {
  test('that are rules: the mistakes in each are told', () => {
    expect(toldOf(merge('- approval: { from: leads, count: 0 }\n  draft: nope'))).toEqual([
      '5:41 `count` is 0; it must be 1 or more.',
      '6:9 An entry names one rule; `draft` is a second one. Begin a new entry for it with `- `.',
      '6:16 `draft` is `nope`; it must be true or false.',
    ])
  })

  test('that are parameters at the wrong depth: told once', () => {
    expect(toldOf(merge('- approval:\n  from: leads\n  count: 2'))).toEqual([
      '6:9 An entry names one rule; `from` is a second one. Begin a new entry for it with `- `, or indent it below `approval`.',
    ])
  })
})

test('an entry with nothing in it is empty', () => {
  expect(toldOf(merge('-'))).toEqual(['5:8 An entry of `merge` is empty; it must be a map with one rule.'])
})

test('a parameter alone is told with the keys that may stand there', () => {
  const read = parsePolicy(merge('- author: leads'), 'policy.yml', 'repository')
  expect(read.ok ? [] : read.problems).toMatchObject([
    {
      line: 5,
      column: 17,
      value: 'leads',
      allowed: ['in', 'not_in'],
      message: '`author` is `leads`; it must be a map.',
    },
  ])
})

test('channels are told by the gate, not by the rule', () => {
  const read = parsePolicy(merge('- approval: { from: leads, by: [reviews] }'), 'policy.yml', 'repository')
  expect(read.ok ? [] : read.problems).toMatchObject([{ allowed: ['review', 'comment'], suggestion: 'review' }])
})

test('no branch’s name holds a ~, so a misspelt ~default is a mistake and not a branch that nobody has', () => {
  expect(toldOf('version: 1\nbranches:\n  ~defualt: { merge: [{ draft: false }] }\n')).toEqual([
    "3:3 The branch `~defualt` cannot be: no branch's name holds `~`; the default branch is `~default`. → ~default",
  ])
})

test('a lock beside a repository’s gate is told to be the organisation’s', () => {
  expect(toldOf('version: 1\nbranches: { main: { locked: [merge], merge: [{ draft: false }] } }\n')).toEqual([
    "2:21 `locked` may stand in the organisation's policy only.",
  ])
})

test('`only` and `none` together are told at the second', () => {
  expect(toldOf(merge('- changed: { paths: ["a/**"], only: true, none: true }'))).toEqual([
    '5:55 `none` is true; it must not stand beside `only: true`.',
  ])
})
