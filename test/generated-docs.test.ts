import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { generatedDocs } from '../scripts/generated-docs.js'
import { policyJsonSchema } from '../src/policy/reading/schema.js'
import { RULES } from '../src/policy/rules/index.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test.each(generatedDocs())('%s says what the code does (`npm run docs` makes it so)', (path, text) => {
  expect(read(path)).toBe(text)
})

const valid = new Ajv({ strict: false }).compile(policyJsonSchema())

test.each([
  '.github/release-gates.yml',
  'examples/tutorial/.github/release-gates.yml',
  'examples/open-source/.github/release-gates.yml',
  'examples/regulated/organisation/release-gates.yml',
  'docs/built-in-policy.yml',
])('an editor finds no mistake in %s', (path) => {
  expect(valid(parse(read(path))) ? [] : valid.errors).toEqual([])
})

test.each([
  'branches: {}',
  'version: 1\nbranhces: {}',
  'version: 1\nbranches: { main: { merge: [] } }',
  'version: 1\nbranches: { main: { merge: [{ approval: { form: leads } }] } }',
  'version: 1\nbranches: { main: { merge: [{ newest: {} }] } }',
  'version: 1\nenvironments: { qa: { release: [{ not: { newest: {} } }] } }',
  'version: 1\nenvironments: { qa: { tier: prod } }',
])('an editor finds the mistake in %j', (text) => {
  expect(valid(parse(text))).toBe(false)
})

test('every rule has a section in the reference', () => {
  const page = read('docs/rules.md')
  for (const name of RULES.keys()) expect(page).toContain(`\n## ${name}\n`)
})
