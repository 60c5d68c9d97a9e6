import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import type { PolicyProblem } from '../../src/policy/reading/problems.js'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'release-gates-lint-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  writeFileSync(join(cwd, path), text)
}

const lint = async (...args: readonly string[]) => {
  let out = ''
  let err = ''
  let code: ExitCode = 0
  await run(['lint', ...args], {
    cwd,
    colour: false,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    exit: (said) => void (code = said > code ? said : code),
  })
  return { out, err, code: code as ExitCode }
}
const problems = async (...args: readonly string[]) =>
  JSON.parse((await lint('--json', ...args)).out) as readonly PolicyProblem[]

const GOOD = 'version: 1\nbranches: { main: { merge: [{ approval: { from: leads } }] } }\n'
const BAD = 'version: 1\nbranches: { main: { merge: [{ aproval: { from: leads } }] } }\n'
const OWN = '.github/release-gates.yml'

test('a policy without mistakes is fine', async () => {
  write(OWN, GOOD)
  expect(await lint()).toEqual({ out: 'No mistakes in 1 file.\n', err: '', code: 0 })
  expect(await problems()).toEqual([])
})

test('a mistake is told with its place, what was meant and what that closes', async () => {
  write(OWN, BAD)
  const { out, code } = await lint()
  expect(code).toBe(1)
  expect(out).toContain('error: `.github/release-gates.yml:2:31` `aproval` is no rule. Did you mean `approval`?')
  expect(out).toContain(
    '1 error, 0 warnings. The gates that a file with errors governs stay closed until it is mended.',
  )
})

test('problems are data with --json', async () => {
  write(OWN, BAD)
  expect(await problems(OWN)).toMatchObject([
    {
      file: OWN,
      line: 2,
      column: 31,
      endLine: 2,
      endColumn: 38,
      value: 'aproval',
      suggestion: 'approval',
      severity: 'error',
    },
  ])
})

test('both usual files are read where none is named, each as what its place says', async () => {
  write(OWN, `${GOOD}mode: observe\n`)
  write('release-gates.yml', `${GOOD}mode: observe\n`)
  expect(await problems()).toMatchObject([{ file: OWN, line: 3, value: 'mode' }])
})

test('a file elsewhere is an organisation’s where it has keys that only those have, or where it is said to be', async () => {
  write('above.yml', `${GOOD}mode: observe\n`)
  write('other.yml', GOOD)
  expect(await problems('above.yml')).toEqual([])
  expect(await problems('--as', 'repository', 'above.yml')).toHaveLength(1)
  expect((await lint('--as', 'team', 'other.yml')).code).toBe(2)
})

test('protection that the organisation’s gates ask for is not told as without effect', async () => {
  write(OWN, 'version: 1\nbranches: { main: { protection: { checks: [build] }, merge: [{ checks: [build] }] } }\n')
  write('release-gates.yml', 'version: 1\nbranches: { main: { push: [{ protected: {} }] } }\n')
  write('other/release-gates.yml', 'version: 1\nbranches: { main: { push: [{ reviewed: {} }] } }\n')
  expect(await problems('--organisation', 'release-gates.yml', OWN)).toEqual([])
  expect(await problems('--organisation', 'other/release-gates.yml', OWN)).toHaveLength(1)
})

test('what the organisation’s file forbids is told when it is named', async () => {
  write('release-gates.yml', 'version: 1\ntiers: { production: { locked: [release], release: [{ protected: {} }] } }\n')
  write(OWN, 'version: 1\nenvironments: { production: { tier: staging, release: [{ newest: {} }] } }\n')
  expect(await problems(OWN)).toEqual([])
  const found = await problems('--organisation', 'release-gates.yml', OWN)
  expect(found.map(({ message }) => message).join('\n')).toContain('must be `production` or stricter')
  expect(found.map(({ message }) => message).join('\n')).toContain('locked the release gate')
  expect(found.every(({ file }) => file === OWN)).toBe(true)
})

test('a file that is not there cannot be linted', async () => {
  write(OWN, GOOD)
  expect(await lint('nowhere.yml', OWN)).toMatchObject({ code: 2, err: expect.stringContaining('nowhere.yml') })
})

test('a folder without a policy cannot be linted', async () => {
  expect(await lint()).toMatchObject({ code: 2, err: expect.stringContaining(OWN) })
})

test('a second candidate and a symbolic link are errors, as they are for the app', async () => {
  write(OWN, GOOD)
  write('.github/release-gates.yaml', GOOD)
  expect(await problems()).toMatchObject([{ file: '.github/release-gates.yaml', severity: 'error' }])
  symlinkSync(join(cwd, OWN), join(cwd, 'linked.yml'))
  expect(await problems('linked.yml')).toMatchObject([
    { file: 'linked.yml', message: expect.stringContaining('symbolic link') },
  ])
})

test('scenario files are read for mistakes too', async () => {
  write('x.gates-test.yml', 'policy: { version: 1 }\nscenarios:\n  - { name: x, chnage: {}, expect: wait }\n')
  expect((await problems('x.gates-test.yml')).map(({ line }) => line)).toContain(3)
})

const APPROVAL = (terms: string) => `version: 1\nbranches: { main: { merge: [{ approval: ${terms} }] } }\n`

test.each([
  ['an approval that survives every push', APPROVAL('{ from: leads, after_push: keep }'), 'after_push'],
  ['a count that a list of users cannot reach', APPROVAL('{ from: { users: [a, b, A] }, count: 3 }'), 'unsatisfiable'],
  [
    'a count that a group of users cannot reach',
    `groups: { few: { users: [a] } }\n${APPROVAL('{ from: few, count: 2 }')}`,
    '1 person',
  ],
  [
    'a name that is nearly a group’s',
    `groups: { leads: { teams: [x] } }\n${APPROVAL('{ from: laeds }')}`,
    'taken for a team',
  ],
  [
    'a path from the root',
    'version: 1\nbranches: { main: { merge: [{ changed: { paths: [/src/**] } }] } }\n',
    'fits no file',
  ],
  ['a folder', 'version: 1\nbranches: { main: { merge: [{ changed: { paths: [src/] } }] } }\n', 'fits no file'],
  [
    'a full ref as a branch',
    'version: 1\nbranches: { refs/heads/main: { merge: [{ draft: false }] } }\n',
    'refs/heads/',
  ],
  ['a branch that nothing guards', 'version: 1\nbranches: { main: {} }\n', 'nothing guards it'],
  [
    'a full ref in a release gate',
    'version: 1\nenvironments: { qa: { release: [{ ref: { branches: [refs/heads/main] } }] } }\n',
    'refs/heads/',
  ],
  [
    'a release that waits for itself',
    'version: 1\nenvironments: { qa: { release: [{ deployed: { to: QA } }] } }\n',
    'never can be',
  ],
  [
    'an environment that is nearly named',
    'version: 1\nenvironments: { staging: { release: [{ newest: {} }] }, prod: { release: [{ deployed: { to: stagign } }] } }\n',
    'No environment',
  ],
  [
    'objections ignored by a release',
    'version: 1\nenvironments: { qa: { release: [{ approval: { from: leads, objections: ignore } }] } }\n',
    'no effect',
  ],
  [
    'an environment with a look-alike letter',
    'version: 1\nenvironments: { prоd: { release: [{ newest: {} }] } }\n',
    'scripts',
  ],
  [
    'two environments that look alike',
    'version: 1\nenvironments: { "qa": { release: [{ newest: {} }] }, "qa ": { release: [{ newest: {} }] } }\n',
    'looks like',
  ],
  [
    'an environment as a pattern',
    'version: 1\nenvironments: { "prod-*": { release: [{ newest: {} }] } }\n',
    'not a pattern',
  ],
  [
    'an override that nobody can reach',
    'version: 1\nenvironments: { qa: { release: [{ newest: {} }], override: { by: { users: [a] }, count: 2 } } }\n',
    'unsatisfiable',
  ],
  [
    'a freeze of merges that nothing holds',
    'version: 1\nfreezes: [{ name: x, cron: "0 0 1 1 *", lasts: 24h, timezone: UTC, merge: true }]\n',
    'no branch has a merge gate',
  ],
])('lint warns of %s', async (_what, text, words) => {
  write(OWN, text.startsWith('version') ? text : `version: 1\n${text.replace('version: 1\n', '')}`)
  const found = await problems(OWN)
  expect(found.map(({ severity }) => severity)).toContain('warning')
  expect(found.some(({ severity }) => severity === 'error')).toBe(false)
  expect(found.map(({ message }) => message).join('\n')).toContain(words)
  expect((await lint(OWN)).code).toBe(1)
  expect((await lint('--no-warnings', OWN)).code).toBe(0)
})

test.each([
  [
    'a team beside groups that count on',
    'groups: { team-a: { teams: [x] } }\nbranches: { main: { merge: [{ approval: { from: [team-a, team-b] } }] } }\n',
  ],
  ['an environment beside one that counts on', 'environments: { qa-1: { release: [{ deployed: { to: qa-2 } }] } }\n'],
  [
    'a count that a team may reach',
    'branches: { main: { merge: [{ approval: { from: { users: [a], teams: [b] }, count: 5 } }] } }\n',
  ],
  ['a file with nothing but its version', ''],
])('lint does not warn of %s', async (_what, text) => {
  write(OWN, `version: 1\n${text}`)
  expect(await problems(OWN)).toEqual([])
})

const SCENARIO = (policy: string, expected = 'wait') =>
  `policy: ${policy}\nscenarios:\n  - { name: x, change: {}, expect: ${expected} }\n`

test('scenario files below this folder, or below one that is named, are read too', async () => {
  write(OWN, GOOD)
  write('.github/tests/a.gates-test.yml', SCENARIO('../release-gates.yml', 'wiat'))
  expect(await problems()).toMatchObject([{ file: '.github/tests/a.gates-test.yml', line: 3, suggestion: 'wait' }])
  expect(await problems('.github')).toMatchObject([{ file: '.github/tests/a.gates-test.yml' }])
  expect((await lint('.github/tests', OWN)).out).toContain('1 error')
  mkdirSync(join(cwd, 'empty'))
  expect(await lint('empty')).toMatchObject({ code: 2, err: expect.stringContaining('in empty') })
})

test('a policy in a scenario file is read at its lines, unless a broken one is what the scenarios are about', async () => {
  const inline = '{ version: 1, branches: { main: { merge: [{ aproval: { from: leads } }] } } }'
  write('a.gates-test.yml', SCENARIO(inline))
  expect(await problems('a.gates-test.yml')).toMatchObject([{ line: 1, column: 53, suggestion: 'approval' }])
  write('a.gates-test.yml', SCENARIO(inline, 'undecided'))
  expect(await problems('a.gates-test.yml')).toEqual([])
})

test('a policy that a scenario file names must be there', async () => {
  write('a.gates-test.yml', SCENARIO('./nowhere.yml'))
  expect(await problems('a.gates-test.yml')).toMatchObject([{ line: 1, column: 9, value: './nowhere.yml' }])
  write('nowhere.yml', GOOD)
  expect(await problems('a.gates-test.yml')).toEqual([])
})
