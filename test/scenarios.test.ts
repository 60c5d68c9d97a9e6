import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow } from '../src/cli/find-files.js'
import { PolicyFiles } from '../src/cli/policy-files.js'
import { runScenario } from '../src/policy/scenario/scenario.js'
import { parseScenarios } from '../src/policy/scenario/file.js'

const HERE = import.meta.dirname
const FILES = filesBelow('scenarios', '.gates-test.yml', HERE)
const policies = new PolicyFiles(HERE)

test.each(FILES)('the policy language means what %s says', (file) => {
  const { scenarios, problems } = parseScenarios(readFileSync(join(HERE, file), 'utf8'), file)
  expect(problems).toEqual([])
  const wrong = scenarios
    .map((scenario) => runScenario(scenario, policies.policiesOf(scenario, file)))
    .filter(({ ok }) => !ok)
    .map(({ scenario, expected, actual, missing, until }) => ({
      name: scenario.name,
      expected,
      actual,
      missing,
      until,
    }))
  expect(wrong).toEqual([])
})

test('no two scenarios of a file have one name', () => {
  for (const file of FILES) {
    const names = parseScenarios(readFileSync(join(HERE, file), 'utf8'), file).scenarios.map(({ name }) => name)
    expect({ file, twice: names.filter((name, index) => names.indexOf(name) !== index) }).toEqual({ file, twice: [] })
  }
})

test('every code of the language is expected by some scenario', async () => {
  const { CODES } = await import('../src/policy/verdict.js')
  const expected = new Set(
    FILES.flatMap((file) => parseScenarios(readFileSync(join(HERE, file), 'utf8'), file).scenarios).flatMap(
      ({ raw }) => raw.because ?? [],
    ),
  )
  expect(CODES.filter((code) => !expected.has(code))).toEqual([])
})
