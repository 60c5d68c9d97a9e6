import { expect, test } from '@jest/globals'
import { Command } from 'commander'
import { COMMANDS } from '../src/cli/program.js'
import { checkName } from '../src/gatekeeper/check-names.js'
import { parseCommand, VERBS } from '../src/policy/commands.js'
import { RULES } from '../src/policy/rules/index.js'
import { policyJsonSchema } from '../src/policy/reading/schema.js'
import { scenarioJsonSchema } from '../src/policy/scenario/schema.js'
import { CODES } from '../src/policy/verdict.js'
import { read } from './docs/markdown.js'

/** All that stands in code spans and code blocks of a text. */
const codeIn = (text: string): string =>
  [...text.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(([, block, span]) => block ?? span ?? '').join('\n')

const says = (code: string, word: string): boolean =>
  new RegExp(`(?<![\\w-])${word.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w-])`).test(code)

const section = (page: string, heading: string): string => {
  const [, after = ''] = read(page).split(`\n${heading}`)
  return after.split(/\n## /)[0] ?? ''
}

/** Every name of a property anywhere in a JSON Schema. */
const propertiesOf = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'properties' in schema && !Array.isArray(schema) ? Object.keys(schema.properties as object) : []
  return [...new Set([...own, ...Object.values(schema).flatMap(propertiesOf)])]
}

const POLICY_PAGE = 'docs/policy-file.md'

test('every key and parameter of a policy is explained', () => {
  const code = codeIn(read(POLICY_PAGE))
  const keys = propertiesOf(policyJsonSchema())
  expect(keys).toContain('review_within')
  expect(keys.filter((key) => !says(code, key))).toEqual([])
})

test('every rule is among the wishes that a policy can have', () => {
  const table = codeIn(section(POLICY_PAGE, '## 6. Which rule for which wish'))
  expect([...RULES.keys()].filter((rule) => !says(table, rule))).toEqual([])
})

test('every code is explained where codes are listed', () => {
  const table = codeIn(section(POLICY_PAGE, '## 18. Codes'))
  expect(CODES.filter((code) => !says(table, code))).toEqual([])
})

test('every key of a scenario is explained where scenarios are', () => {
  const code = codeIn(section(POLICY_PAGE, '## 17. Tests for a policy'))
  const keys = propertiesOf(scenarioJsonSchema())
  expect(keys).toContain('child_teams')
  expect(keys.filter((key) => !says(code, key))).toEqual([])
})

test('every command of the command line is explained with its options', async () => {
  const io = { cwd: '.', colour: false, out: () => undefined, err: () => undefined, exit: () => undefined }
  const program = new Command()
  for (const { load } of COMMANDS) (await load())(program, io)
  const leaves = program.commands.flatMap((command) => (command.commands.length === 0 ? [command] : command.commands))
  const words = leaves.flatMap((command) => [command.name(), ...command.options.map(({ long }) => long ?? '')])
  expect(words).toContain('--default-branch')
  const code = codeIn(read('docs/cli.md'))
  expect([...new Set(words)].filter((word) => !says(code, word))).toEqual([])
})

test('every command in comments is explained, and each line that is shown is one', () => {
  const shown = [...read('docs/commands.md').matchAll(/`(\/[a-z][^`]+)`/g)].map(([, line = '']) => line)
  expect(VERBS.filter((verb) => !shown.some((line) => line.startsWith(`/${verb}`)))).toEqual([])
  const written = shown.map((line) => line.replace('SHA', '4f2c1ab').replace(/\[(.+)\]/, '$1'))
  const whole = written.filter((line) => line === '/gates' || line.includes('4f2c1ab'))
  expect(whole.length).toBeGreaterThan(VERBS.length)
  expect(whole.map(parseCommand).filter((command) => command === null || 'problem' in command)).toEqual([])
})

test('every check run is named where the words are explained', () => {
  const code = codeIn(read('docs/concepts.md'))
  const names = [
    ...(['merge', 'push', 'policy'] as const).map((of) => checkName({ of })),
    checkName({ of: 'deploy', environment: 'ENVIRONMENT' }),
    checkName({ of: 'merge' }, 'observe'),
  ]
  expect(names.filter((name) => !says(code, name))).toEqual([])
})
