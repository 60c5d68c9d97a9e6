import { describe, expect, test } from '@jest/globals'
import { parsePolicy, type PolicyOrigin, type PolicyProblem } from '../../src/policy/reading/document.js'
import { parseScenarios } from '../../src/policy/scenario/file.js'

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
    ['has_labels', 'labels'],
    ['only_changed_files', 'changed'],
    ['modified_lines', 'size'],
    ['targets_branch', 'base'],
    ['required_approvals', 'approval'],
  ])('`%s` is `%s` here', (word, meant) => {
    expect(toldOf(merge(`- ${word}: [{ draft: false }]`))).toEqual([`5:9 \`${word}\` is no rule. → ${meant}`])
  })

  test('`if` with `requires` is `when` with `require`, and what is wrong inside is told too', () => {
    expect(toldOf(merge('- if: [{ drft: false }]\n  requires: [{ approval: { from: leads, count: 0 } }]'))).toEqual([
      '5:9 `if` is no rule. → when',
      '5:16 `drft` is no rule. → draft',
      '6:9 `requires` is no rule. → require',
      '6:54 `count` is 0; it must be 1 or more.',
    ])
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

describe('what was meant by a time', () => {
  test.each([
    ['30min', '30m'],
    ['7 days', '7d'],
    ['1w', '7d'],
    ['1h30m', '90m'],
    ['1.5h', '90m'],
    ['90', undefined],
    ['1M', undefined],
    ['soon', undefined],
  ])('the duration %s', (written, meant) => {
    expect(toldOf(release(`- delay: "${written}"`))).toEqual([
      `5:16 \`delay\` is \`${written}\`; it must be a duration such as 90s, 30m, 24h or 7d.${meant === undefined ? '' : ` → ${meant}`}`,
    ])
  })

  const window = (key: string, value: string) => {
    const terms = { days: 'mon', hours: '09:00-16:00', timezone: 'UTC', [key]: value }
    return release(`- window: [${JSON.stringify(terms)}]`)
  }
  test.each([
    ['days', 'monday', 'mon'],
    ['days', 'Mon-Friday', 'mon-fri'],
    ['days', 'mon to thurs', 'mon-thu'],
    ['days', 'mon,wed', '[mon, wed]'],
    ['days', 'weekdays', 'mon-fri'],
    ['days', 'whenever', undefined],
    ['hours', '9-16', '09:00-16:00'],
    ['hours', '9:00–16:30', '09:00-16:30'],
    ['hours', '9am-5pm', '09:00-17:00'],
    ['hours', '12am to 12pm', '00:00-12:00'],
    ['hours', '09:00-25:00', undefined],
    ['hours', 'all day', undefined],
    ['timezone', 'Berlin', 'Europe/Berlin'],
    ['timezone', 'Europe/Berln', 'Europe/Berlin'],
    ['timezone', 'new york', 'America/New_York'],
    ['timezone', 'CET+1', undefined],
  ])('%s: %s', (key, value, meant) => {
    const read = parsePolicy(window(key, value), 'policy.yml', 'repository')
    const problems = read.ok ? [] : read.problems
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ value, ...(meant === undefined ? {} : { suggestion: meant }) })
    expect(problems[0]?.suggestion).toBe(meant)
    if (meant !== undefined && !meant.startsWith('[')) expect(toldOf(window(key, meant))).toEqual([])
  })

  test('cron has no seconds', () => {
    expect(toldOf(release('- window: [{ cron: "0 0 9 * * 1-5", lasts: 1h, timezone: UTC }]'))).toEqual([
      '5:26 `cron` is `0 0 9 * * 1-5`; it must be a cron pattern of five fields that fires some day (it has 6). → 0 9 * * 1-5',
    ])
  })
})

test('a conclusion that nothing concludes with is a mistake, alone or in a list', () => {
  expect(toldOf(merge('- checks: [{ name: test, conclusions: [sucess] }]'))).toEqual([
    '5:46 An entry of `conclusions` is `sucess`; it must be one of those allowed. → success',
  ])
  expect(toldOf(merge('- workflows: { paths: .github/workflows/a.yml, conclusions: sucess }'))).toEqual([
    '5:67 `conclusions` is `sucess`; it must be one of those allowed. → success',
  ])
})

describe('a mistake of syntax is told once, where it begins, in words that say what to do', () => {
  test.each([
    [
      'a bracket',
      'version: 1\nbranches: { main: { merge: [{ draft: false }] }\ntiers: {}\n',
      '2:11 `{` is not closed; `}` is missing.',
    ],
    ['a quote', merge('- title: { matches: "^feat }\n- draft: false'), '5:27 This quote is not closed.'],
    [
      'a line out of line',
      `${merge('- draft: false')}     - fork: false\n`,
      '6:6 This line is indented neither as the lines above it nor below one of them.',
    ],
    [
      'a key out of line',
      `${merge('- draft: false')}   push:\n`,
      '6:4 This line is indented neither as the lines above it nor below one of them.',
    ],
    [
      'a colon',
      'version: 1\nbranches\n  main:\n',
      '2:1 A colon is missing after this key, or the line is indented wrongly.',
    ],
    ['a space after a colon', 'version:1\nbranches: {}\n', '1:1 A space is missing after the colon.'],
    [
      'a space after a dash',
      'version: 1\npolicy:\n  -draft: true\n',
      '3:3 `policy` is no list yet: a space is missing after `-`.',
    ],
    [
      'a colon in a text',
      'version: 1\nfreezes:\n  - name: Year end: all\n',
      '3:11 A colon with a space after it begins a value; put the text in quotes.',
    ],
    [
      'a login',
      'version: 1\ngroups: { a: { users: [@anna] } }\n',
      '2:24 A text that begins with `@` must stand in quotes.',
    ],
    [
      'a number sign',
      merge('- labels: { any: [#1] }'),
      '5:25 `#` begins a comment; put the text in quotes where it is one.',
    ],
    ['a tab', 'version: 1\nbranches:\n\tmain: {}\n\tnext: {}\n', '3:1 A tab stands here; indent with spaces.'],
    ['an escape', merge('- title: { matches: "\\d" }'), '5:28 `\\d` means nothing in double quotes; use single ones.'],
    ['a bracket too many', 'version: 1\nbranches: {} }\n', '2:14 `}` closes nothing that is open.'],
  ])('%s', (_, text, told) => {
    expect(toldOf(text)).toEqual([told])
  })
})

describe('a scenario file', () => {
  const told = (text: string) => parseScenarios(text, 'x.gates-test.yml').problems.map(said)

  test('tells a misspelt subject at its key', () => {
    expect(told('policy: { version: 1 }\nscenarios:\n  - { name: x, expect: wait, chnage: {} }\n')).toEqual([
      '3:30 `chnage` is not known here. → change',
    ])
  })

  test('tells a mistake in its defaults once, however many scenarios have them', () => {
    const one = '  - { name: x, change: {}, expect: wait }\n'
    expect(told(`policy: { version: 1 }\ndefaults: { team: { a: [b] } }\nscenarios:\n${one}${one}`)).toEqual([
      '2:13 `team` is not known here. → teams',
    ])
  })

  test('tells misspelt scenarios once', () => {
    expect(told('policy: { version: 1 }\nscenario: []\n')).toEqual([
      '2:1 `scenario` is not known in a scenario file. → scenarios',
    ])
  })
})
