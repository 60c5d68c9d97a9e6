import { expect, test } from '@jest/globals'
import { APP, beyondAddress, hints, OTHER, payload, SHA, touches, wakes, type Json } from './examples.js'

const ownCheck = (more: Json = {}) => ({ id: 5, name: 'release-gates/merge', head_sha: SHA, app: { id: APP }, ...more })

test.each([
  ['check run', 'check_run', { action: 'created', check_run: ownCheck() }],
  ['ended check run', 'check_run', { action: 'completed', check_run: ownCheck() }],
  ['check suite', 'check_suite', { action: 'completed', check_suite: ownCheck() }],
  [
    'comment',
    'issue_comment',
    {
      action: 'created',
      issue: { number: 1, pull_request: {} },
      comment: { id: 1, body: '/release production abcdef1', performed_via_github_app: { id: APP } },
    },
  ],
  [
    'deployment status',
    'deployment_status',
    { action: 'created', deployment: {}, deployment_status: { performed_via_github_app: { id: APP } } },
  ],
] as const)('a %s that this app made is dropped', (_what, event, body) => {
  expect(hints(event, payload(body))).toEqual([])
})

test('a button of our own check run is a press by whoever pressed it', () => {
  const body = payload({
    action: 'requested_action',
    check_run: ownCheck(),
    requested_action: { identifier: 'approve' },
  })
  expect(beyondAddress('check_run', body)).toEqual([
    touches({ kind: 'press', checkRun: 5, by: 9, identifier: 'approve', delivery: 'delivery-1' }, { sha: SHA }),
  ])
})

test('a button of another app’s check run is no press', () => {
  const body = payload({
    action: 'requested_action',
    check_run: ownCheck({ app: { id: OTHER } }),
    requested_action: { identifier: 'approve' },
  })
  expect(beyondAddress('check_run', body)).toEqual([wakes(['checks', 'workflows'], SHA)])
})

test('a check that names no app is not ours', () => {
  const body = payload({ action: 'requested_action', check_run: ownCheck({ app: null }) })
  expect(beyondAddress('check_run', body)).toEqual([wakes(['checks', 'workflows'], SHA)])
})

test.each(['check_run', 'check_suite'] as const)(
  'a re-run of our own %s judges everything about its commit',
  (event) => {
    const pulls = [
      { number: 12, base: { repo: { id: 7 } } },
      { number: 13, base: { repo: { id: 8 } } },
    ]
    const found = beyondAddress(event, payload({ action: 'rerequested', [event]: ownCheck({ pull_requests: pulls }) }))
    expect(found).toEqual([
      touches({ kind: 'change', number: 12 }, { sha: SHA }),
      wakes(expect.arrayContaining(['change', 'push', 'deployment', 'policy']) as never, SHA),
    ])
  },
)

const comment = (action: string, body: string, more: Json = {}) =>
  payload({ action, issue: { number: 12, pull_request: {} }, comment: { id: 55, body, ...more } })
const change = touches({ kind: 'change', number: 12 })
const command = touches({ kind: 'command', number: 12, comment: 55 })

test.each([
  ['created', '/approve production abcdef1', [change, command]],
  ['created', '  /gates\nplease', [change, command]],
  ['created', 'LGTM\n/approve production abcdef1', [change]],
  ['created', '> /approve production abcdef1', [change]],
  ['edited', '/approve production abcdef1', [change]],
  ['deleted', '/approve merge abcdef1', [change]],
])('a comment that was %s, saying %j, is what its first line makes of it', (action, body, expected) => {
  expect(beyondAddress('issue_comment', comment(action, body))).toEqual(expected)
})
