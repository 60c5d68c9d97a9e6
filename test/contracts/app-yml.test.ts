import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { EVENTS } from '../../src/handlers/index.js'
import { CALLS, OPT_IN, PERMISSIONS } from '../../src/permissions.js'

interface Webhook {
  readonly post: {
    readonly summary?: string
    readonly 'x-github': { readonly subcategory: string; readonly 'supported-webhook-types': readonly string[] }
  }
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly 'x-webhooks': Readonly<Record<string, Webhook>>
  readonly components: { readonly schemas: { readonly 'app-permissions': { readonly properties: object } } }
}

const { schemas } = createRequire(import.meta.url)('@octokit/openapi') as { schemas: Record<string, Description> }
const github = schemas['api.github.com'] as Description
const manifest = parse(readFileSync('app.yml', 'utf8')) as {
  readonly public: boolean
  readonly description: string
  readonly default_permissions: Readonly<Record<string, string>>
  readonly default_events: readonly string[]
}
const webhooks = Object.values(github['x-webhooks']).map(({ post }) => post)
const alwaysSent = (event: string) => event.startsWith('installation')
const listable = EVENTS.filter((event) => !alwaysSent(event))

/** Names of permissions in GitHub's prose that are not simply the key with spaces. */
const KEY_OF: Readonly<Record<string, string>> = { 'Commit statuses': 'statuses' }
const needsOf = (event: string): readonly string[] => {
  const summaries = webhooks.filter((hook) => hook['x-github'].subcategory === event).map(({ summary = '' }) => summary)
  const names = summaries.flatMap((text) => [...text.matchAll(/read-level access for the "([^"]+)"/g)].map((m) => m[1]))
  return [...new Set(names.map((name = '') => KEY_OF[name] ?? name.toLowerCase().replaceAll(' ', '_')))]
}

test('the app is private', () => {
  expect(manifest.public).toBe(false)
})

test('the events in app.yml are those that are handled, but for the two that always come', () => {
  expect([...manifest.default_events].sort()).toEqual([...listable].sort())
  expect(EVENTS.filter(alwaysSent)).toEqual(['installation', 'installation_repositories'])
})

test('every handled event is one that GitHub sends to apps', () => {
  const sent = new Set(
    webhooks
      .filter((hook) => hook['x-github']['supported-webhook-types'].includes('app'))
      .map((hook) => hook['x-github'].subcategory),
  )
  expect(listable.filter((event) => !sent.has(event))).toEqual([])
})

test('the permissions in app.yml are those with a reason, no more and no less', () => {
  const asked = Object.fromEntries(Object.entries(PERMISSIONS).map(([name, { access }]) => [name, access]))
  expect(manifest.default_permissions).toEqual(asked)
  for (const { why } of Object.values(PERMISSIONS)) expect(why).toMatch(/^[A-Z].{20,}\.$/)
})

test('every permission is one that GitHub knows', () => {
  const known = Object.keys(github.components.schemas['app-permissions'].properties)
  expect(Object.keys(PERMISSIONS).filter((name) => !known.includes(name))).toEqual([])
})

test.each(listable)('the permissions suffice for GitHub to send %s', (event) => {
  const needs = needsOf(event)
  expect(needs).not.toEqual([])
  expect(needs.filter((name) => !(name in PERMISSIONS))).toEqual([])
})

test('every permission serves an event or a call', () => {
  const served = new Set<string>([...listable.flatMap(needsOf), ...Object.values(CALLS)])
  expect(Object.keys(PERMISSIONS).filter((name) => !served.has(name))).toEqual([])
})

test('a permission to write serves a call that writes; statuses alone is asked to be offered as a source', () => {
  const writing = new Set<string>(
    Object.entries(CALLS)
      .filter(([call]) => !call.startsWith('GET '))
      .map(([, permission]) => permission),
  )
  const asked = Object.entries(PERMISSIONS).filter(([, { access }]) => access === 'write')
  expect(asked.map(([name]) => name).filter((name) => !writing.has(name))).toEqual(['statuses'])
  const optional = new Set<string>(Object.values(OPT_IN).map(({ permission }) => permission))
  const tooMuch = [...writing].filter((name) => !asked.some(([one]) => one === name) && !optional.has(name))
  expect(tooMuch).toEqual([])
})

test('every call is an operation that GitHub describes', () => {
  const described = new Set(
    Object.entries(github.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    ),
  )
  expect(Object.keys(CALLS).filter((call) => !described.has(call))).toEqual([])
})

test('the calls that the code makes are those with a permission, no more and no less', () => {
  const sources = readdirSync('src/github', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const made = sources.flatMap((file) => [
    ...readFileSync(join('src/github', file), 'utf8').matchAll(/['"`]((?:GET|POST|PATCH|PUT|DELETE) \/[^'"`\s]*)/g),
  ])
  const used = new Set(made.map(([, call = '']) => call.split('?', 1)[0]))
  expect([...used].sort()).toEqual(Object.keys(CALLS).sort())
})

test('the registration page can hold the manifest in an attribute', () => {
  expect(JSON.stringify(manifest)).not.toMatch(/['<>]/)
})
