import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { expect, test } from '@jest/globals'
import ts from 'typescript'

/** The layers, and what each may import. Those in between (github, store, handlers, web) do not know each other. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  gatekeeper: ['policy'],
  github: ['policy', 'gatekeeper'],
  store: ['policy', 'gatekeeper'],
  handlers: ['policy', 'gatekeeper'],
  web: ['policy', 'gatekeeper'],
}

/** Files beside the layers. `leaf`: imports nothing but other leaves; `top`: may import everything below it. */
const BESIDE: Readonly<Record<string, 'leaf' | 'top'>> = {
  'settings.ts': 'leaf',
  'settings-credentials.ts': 'leaf',
  'settings-keys.ts': 'leaf',
  'settings-reader.ts': 'leaf',
  'permissions.ts': 'leaf',
  'file-problem.ts': 'leaf',
}

interface Import {
  readonly file: string
  readonly target: string
}

const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') || file.endsWith('.tsx'))
    .map((file) => join(folder, file))

const importsOf = (file: string): readonly Import[] =>
  ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName: target }) => ({
    file,
    target: target.startsWith('.') ? normalize(join(dirname(file), target)) : target,
  }))

const layerOf = (path: string): string => path.split(sep)[1] ?? ''
const isOurs = ({ target }: Import) => target.startsWith(`src${sep}`)
const imports = files('src').flatMap(importsOf)
const told = (all: readonly Import[]) => all.map(({ file, target }) => `${file} imports ${target}`)

test('the imports are found at all', () => {
  expect(imports.filter(isOurs).length).toBeGreaterThan(100)
  expect(imports.some(({ target }) => target.startsWith('node:'))).toBe(true)
})

test.each(Object.entries(MAY_IMPORT))('src/%s imports only %j of this app', (layer, allowed) => {
  const wrong = imports
    .filter(({ file }) => layerOf(file) === layer)
    .filter(isOurs)
    .filter(({ target }) => ![layer, ...allowed].includes(layerOf(target)))
  expect(told(wrong)).toEqual([])
})

test('settings and other leaves import nothing of this app but each other', () => {
  const wrong = imports
    .filter(({ file }) => BESIDE[layerOf(file)] === 'leaf')
    .filter(isOurs)
    .filter(({ target }) => BESIDE[layerOf(target.replace(/\.js$/, '.ts'))] !== 'leaf')
  expect(told(wrong)).toEqual([])
})

test('nothing in src imports tests, scripts or benchmarks', () => {
  expect(told(imports.filter(({ target }) => /^(?:test|scripts|bench)\b/.test(target)))).toEqual([])
})

test.each([
  ['github', /^@octokit\/|^probot$/, ['github', 'handlers', 'web']],
  ['store', /^(?:kysely|better-sqlite3|pg)$/, ['store']],
] as const)('outside the edges nobody knows the libraries of %s', (_edge, library, allowed) => {
  const inLayers = imports.filter(({ file }) => layerOf(file) in MAY_IMPORT)
  const wrong = inLayers.filter(
    ({ file, target }) => library.test(target) && !(allowed as readonly string[]).includes(layerOf(file)),
  )
  expect(told(wrong)).toEqual([])
})

test('only src/github calls GitHub: handlers and web know Octokit’s types at most', () => {
  const wrong = imports.filter(
    ({ file, target }) => ['handlers', 'web'].includes(layerOf(file)) && /^@octokit\/(?!webhooks$)|^nock$/.test(target),
  )
  expect(told(wrong)).toEqual([])
})

/** What a pure decision may rest on, besides its own files. */
const PURE_LIBRARIES = ['zod', 'js-yaml', 'yaml', 're2js', 'temporal-polyfill', 'croner']

test('the policy imports no part of Node and no library that acts', () => {
  const wrong = imports
    .filter(({ file }) => layerOf(file) === 'policy' && !file.includes('.d.ts'))
    .filter((one) => !isOurs(one) && !PURE_LIBRARIES.includes(one.target.split('/')[0] ?? ''))
  expect(told(wrong)).toEqual([])
})

/** Reads of the clock, chance, the environment, the network, and waiting. */
const IMPURE = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bDate\(\s*\)/,
  /\bTemporal\.Now\b/,
  /\bperformance\b/,
  /\bMath\.random\b/,
  /\bcrypto\b/,
  /\bprocess\b\s*[.[]/,
  /\bglobalThis\b/,
  /\bfetch\(/,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /\bimport\s*\(/,
  /\brequire\(/,
  /\bconsole\./,
]

/** Comments speak of clocks; code must not read one. */
const code = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')

test.each(IMPURE.map((pattern) => [pattern.source, pattern] as const))('no decision reads %s', (_source, pattern) => {
  expect(files('src/policy').filter((file) => pattern.test(code(file)))).toEqual([])
})
