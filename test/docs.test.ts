import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PolicyFiles } from '../src/cli/policy-files.js'
import { formatProblem, parsePolicy, type PolicyOrigin } from '../src/policy/reading/document.js'
import { parseFacts, parseScenarios } from '../src/policy/scenario/file.js'
import { runScenario } from '../src/policy/scenario/scenario.js'
import { ROOT, anchorsOf, blocksOf, filesBelow, linksOf, pages, read, type Block } from './docs/markdown.js'

const ORGANISATION_FILE = '# release-gates.yml'
const GATES = ['merge', 'push', 'release']

const problemsOf = (text: string, file: string, origin: PolicyOrigin): readonly string[] => {
  const parsed = parsePolicy(text, file, origin)
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

/** A block that is not a whole policy, put where its tag says it belongs. */
const wholePolicy = ({ tags: [, gate = ''], text }: Block): string => {
  if (text.includes('version: 1\n')) return text
  if (!GATES.includes(gate)) return `version: 1\n${text}`
  const entries = text.replaceAll(/^(?=.)/gm, '      ')
  const section = gate === 'release' ? 'environments:\n  production:\n    tier: production' : 'branches:\n  main:'
  return `version: 1\n${section}\n    ${gate}:\n${entries}`
}

const failuresOf = (text: string, file: string): readonly string[] => {
  const { scenarios, problems } = parseScenarios(text, file)
  const policies = new PolicyFiles(ROOT)
  const results = scenarios.map((scenario) => runScenario(scenario, policies.policiesOf(scenario, file)))
  return [
    ...problems.map(formatProblem),
    ...results
      .filter(({ ok }) => !ok)
      .map(
        ({ scenario, actual, missing }) => `${scenario.name}: ${actual}, without ${missing.join(', ') || 'nothing'}`,
      ),
  ]
}

const yamlBlocks = pages()
  .flatMap(blocksOf)
  .filter(({ tags: [language] }) => language === 'yaml')
const isFacts = ({ tags: [, what] }: Block) => what === 'facts'
const isScenario = ({ text }: Block) => /^scenarios:$/m.test(text)
const named = (blocks: readonly Block[]) => blocks.map((block) => [`${block.page}:${block.line}`, block] as const)

describe('every policy in the documentation is one that the app takes', () => {
  test.each(named(yamlBlocks.filter((block) => !isScenario(block) && !isFacts(block))))('%s', (place, block) => {
    const origin = block.text.startsWith(ORGANISATION_FILE) ? 'organisation' : 'repository'
    expect(problemsOf(wholePolicy(block), place, origin)).toEqual([])
  })
})

describe('the facts of one subject in the documentation are well-formed', () => {
  test.each(named(yamlBlocks.filter(isFacts)))('%s', (place, block) => {
    const { facts, problems } = parseFacts(block.text, place)
    expect(problems.map(formatProblem)).toEqual([])
    expect(facts).not.toBeNull()
  })
})

describe('every scenario in the documentation comes out as it says', () => {
  test.each(named(yamlBlocks.filter(isScenario)))('%s', (_place, block) => {
    expect(failuresOf(block.text, block.page)).toEqual([])
  })
})

const shipped = ['examples', '.github'].flatMap((folder) => filesBelow(folder, '.yml'))

describe('every example policy is one that the app takes', () => {
  test.each(shipped.filter((file) => file.endsWith('/release-gates.yml')))('%s', (file) => {
    const origin = file.endsWith('.github/release-gates.yml') ? 'repository' : 'organisation'
    expect(problemsOf(read(file), file, origin)).toEqual([])
  })
})

describe('every example scenario comes out as it says', () => {
  test.each(shipped.filter((file) => file.endsWith('.gates-test.yml')))('%s', (file) => {
    expect(failuresOf(read(file), file)).toEqual([])
  })
})

test('the README shows the policy of the tutorial, and no other', () => {
  const uncommented = (text: string) => text.replaceAll(/^#.*\n/gm, '')
  const [policy] = blocksOf('README.md').filter(({ tags: [language] }) => language === 'yaml')
  expect(uncommented(policy?.text ?? '')).toBe(uncommented(read('examples/tutorial/.github/release-gates.yml')))
})

test.each(pages())('every link in %s leads somewhere', (page) => {
  const broken = linksOf(page).filter(
    ({ file, anchor }) =>
      !existsSync(join(ROOT, file)) || (anchor !== '' && file.endsWith('.md') && !anchorsOf(file).has(anchor)),
  )
  expect(broken.map(({ link }) => link)).toEqual([])
})

test('every environment variable is explained to whoever operates the app', () => {
  const variables = [...read('.env.example').matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)
  expect(variables).toContain('APP_ID')
  const page = read('docs/operate.md')
  expect(variables.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

test('the permissions that operators read about are those that the app asks for', () => {
  const [, asked = ''] = /^default_permissions:\n((?: {2}.+\n)+)/m.exec(read('app.yml')) ?? []
  const told = [...read('docs/operate.md').matchAll(/^\| ([a-z_]+) \| (read|write) \|/gm)]
  expect(told.map(([, name, level]) => `  ${name}: ${level}\n`).join('')).toBe(asked)
})

test('every heading that the own policy asks for is in the pull request template', () => {
  const [, asked = ''] = /documents: \{ headings: \[(.+)\] \}/.exec(read('.github/release-gates.yml')) ?? []
  const template = [...anchorsOf('.github/PULL_REQUEST_TEMPLATE.md')]
  expect(asked.split(', ').map((heading) => heading.toLowerCase().replaceAll(' ', '-'))).toEqual(template)
})

const records = filesBelow('docs/decisions', '.md').filter((file) => !file.endsWith('README.md'))

test.each(records)('%s says its status and why', (record) => {
  expect(read(record)).toMatch(/^\*\*Status:\*\* \w+/m)
  expect(read(record)).toMatch(/\*\*Why/)
})

test('every direct dependency has a reason', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  const page = read('docs/decisions/dependencies.md')
  const direct = Object.keys({ ...dependencies, ...devDependencies })
  expect(direct.filter((name) => !new RegExp(`(^|[ ,|])${name}([ ,]|$)`, 'm').test(page))).toEqual([])
})
