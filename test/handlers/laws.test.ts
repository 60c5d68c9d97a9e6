import { expect, test } from '@jest/globals'
import type { Hint } from '../../src/gatekeeper/subject.js'
import { createCollector } from '../../src/handlers/collector.js'
import { EVENTS, handlersFor, type EventName } from '../../src/handlers/index.js'
import { beyondAddress, examplesOf, hints, payload, SHA, touches, type Json } from './examples.js'

/** Captured payloads that say nothing new; every other one must give a hint. */
const WITHOUT_HINTS: Readonly<Partial<Record<EventName, (example: Json) => boolean>>> = {
  issue_comment: ({ issue }) => !('pull_request' in (issue as object)),
  organization: ({ action }) => action === 'member_invited',
  installation: ({ repositories, action }) => action === 'unsuspend' && repositories === undefined,
}

/** GitHub has captured nothing of these; they stand in the table of laws. */
const NOT_CAPTURED: readonly EventName[] = [
  'branch_protection_configuration',
  'deployment_protection_rule',
  'repository_ruleset',
]

const CAPTURED = EVENTS.filter((event) => !NOT_CAPTURED.includes(event))

test.each(CAPTURED)('every captured %s gives hints or is known to say nothing', (event) => {
  const examples = examplesOf(event)
  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) {
    const expected = WITHOUT_HINTS[event]?.(example) ?? false
    expect({ event, action: example['action'], silent: beyondAddress(event, example).length === 0 }).toEqual({
      event,
      action: example['action'],
      silent: expected,
    })
  }
})

test.each(CAPTURED)('a %s without installation or repository is a dead letter, never ignored', (event) => {
  const spoken = examplesOf(event).filter((example) => !WITHOUT_HINTS[event]?.(example))
  for (const example of spoken) {
    expect(() => hints(event, { ...example, installation: undefined, repository: {} })).toThrow(/^\w+(\.\w+)+ is /)
  }
})

test('the address of the repository goes before everything that is asked of it', () => {
  const address = { installation: 3, id: 7, owner: 'acme', name: 'shop' }
  expect(hints('member', payload({ action: 'added' }))[0]).toEqual({ kind: 'address', address })
})

test('a comment on an issue still tells where the repository is', () => {
  const body = payload({ action: 'created', issue: { number: 1 }, comment: { id: 2, body: '/gates' } })
  expect(hints('issue_comment', body)).toEqual([expect.objectContaining({ kind: 'address' })])
})

test('the address of a repository that is gone is not kept', () => {
  expect(hints('repository', payload({ action: 'deleted' })).map(({ kind }) => kind)).toEqual(['gone'])
})

const asks = (url: unknown, more: Json = {}) =>
  payload({ action: 'requested', environment: 'production', deployment_callback_url: url, ...more })
const CALLBACK = 'https://api.github.com/repos/acme/shop/actions/runs/9007199254/deployment_protection_rule'
const deployment = { kind: 'deployment', environment: 'production', run: 9_007_199_254 }

test('a deployment protection request names its run within the callback address', () => {
  expect(beyondAddress('deployment_protection_rule', asks(CALLBACK))).toEqual([touches(deployment)])
  expect(beyondAddress('deployment_protection_rule', asks(CALLBACK, { sha: SHA, deployment: null }))).toEqual([
    touches(deployment, { sha: SHA }),
  ])
  expect(beyondAddress('deployment_protection_rule', asks(`${CALLBACK}/`))).toEqual([touches(deployment)])
})

test.each([
  ['missing', undefined],
  ['of another path', 'https://api.github.com/repos/acme/shop/actions/runs/7/approvals'],
  ['without a number', 'https://api.github.com/repos/acme/shop/actions/runs/x/deployment_protection_rule'],
  ['of run 0', 'https://api.github.com/repos/acme/shop/actions/runs/0/deployment_protection_rule'],
  ['with a number that JavaScript cannot hold', CALLBACK.replace('9007199254', '9'.repeat(16))],
  ['with something behind', `${CALLBACK}/../../8/deployment`],
])('a callback address %s makes a dead letter that names the field', (_how, url) => {
  expect(() => hints('deployment_protection_rule', asks(url))).toThrow(/^deployment_callback_url is/)
})

test.each([
  [
    'a commit id that is short',
    'pull_request',
    { action: 'opened', pull_request: { number: 1, head: { sha: 'abc' } } },
    'pull_request.head.sha',
  ],
  [
    'a number that is a text',
    'pull_request',
    { action: 'opened', pull_request: { number: '1', head: { sha: SHA } } },
    'pull_request.number',
  ],
  ['a check without commit', 'check_run', { action: 'created', check_run: { app: { id: 1 } } }, 'check_run.head_sha'],
  [
    'a merge group without base',
    'merge_group',
    { action: 'x', merge_group: { head_sha: SHA } },
    'merge_group.base_ref',
  ],
  [
    'an environment with NUL',
    'deployment',
    { action: 'created', deployment: { id: 1, sha: SHA, environment: 'a\0b' } },
    'deployment.environment',
  ],
  [
    'a list that is none',
    'installation',
    { action: 'created', repository: undefined, repositories: 'all' },
    'repositories',
  ],
  [
    'a pull request 0',
    'pull_request',
    { action: 'opened', pull_request: { number: 0, head: { sha: SHA } } },
    'pull_request.number',
  ],
] as const)('%s is refused by the name of its field', (_what, event, body, field) => {
  expect(() => hints(event, payload(body))).toThrow(new RegExp(`^${field.replaceAll('.', '\\.')} is `))
})

test('a name that is longer than any of GitHub’s is a dead letter that does not repeat it', () => {
  const body = payload({ action: 'created', deployment: { id: 1, sha: SHA, environment: 'x'.repeat(3_000_000) } })
  expect(() => hints('deployment', body)).toThrow(/^deployment\.environment has 3000000 characters; at most 1000 /)
})

test('an installation of very many repositories is taken in whole', () => {
  const collector = createCollector()
  const hint = { kind: 'wake', scope: { repository: 7 }, about: ['teams'] } as unknown as Hint
  collector.open('big')
  collector.collect('big', () => Array.from({ length: 500_000 }, () => hint))
  expect(collector.close('big')).toHaveLength(500_000)
})

test('what a field held instead is told briefly and without control characters', () => {
  const body = payload({ action: 'opened', pull_request: { number: 1, head: { sha: `\u001b[31m${'x'.repeat(500)}` } } })
  expect(() => hints('pull_request', body)).toThrow(
    /^pull_request\.head\.sha is "\\u001b\[31mx{60,80}; a full commit id/,
  )
})

test('of an organisation that is not allowed nothing is kept but its end', () => {
  const only = handlersFor({ appId: 1, policyRepository: '.github', allowedOrganisations: ['acme'] })
  const installation = { id: 5, account: { login: 'Others' } }
  const repository = { id: 7, name: 'shop', owner: { login: 'Others' }, default_branch: 'main' }
  const event = (name: 'create' | 'installation', payload: object) => only({ id: 'a guid', name, payload }, 0)
  expect(event('create', { installation, repository })).toEqual([])
  expect(event('create', { installation, repository: { ...repository, owner: { login: 'Acme' } } })).not.toEqual([])
  const appeared = { action: 'created', installation, repositories: [{ id: 7, full_name: 'Others/shop' }] }
  expect(event('installation', appeared)).toEqual([])
  expect(event('installation', { ...appeared, action: 'deleted' })).toMatchObject([{ kind: 'gone' }])
})
