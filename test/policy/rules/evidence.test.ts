import { expect, test } from '@jest/globals'
import { ask, known, type Shipment } from '../../../src/policy/facts.js'
import {
  ago,
  DAY,
  findingOf,
  HOUR,
  inRelease,
  judged,
  merge,
  MINUTE,
  NOW,
  policies,
  push,
  release,
  releaseCase,
  said,
} from '../given.js'

const DEPLOYED = '{ deployed: { to: Development, for: 30m } }'
const inDevelopment = (length: number, more: object = {}) => ({
  sha: 'c2',
  released: [{ environment: 'development', sha: 'c2', at: ago(length), ...more }],
})

test('this commit ran elsewhere for long enough', () => {
  expect(said(release(DEPLOYED, inDevelopment(HOUR)))).toBe('allow')
  expect(said(release(DEPLOYED, inDevelopment(30 * MINUTE)))).toBe('allow')
  const early = release(DEPLOYED, inDevelopment(29 * MINUTE))
  expect(said(early)).toBe('wait soaking')
  expect(early.lookAgainAt).toBe(NOW + MINUTE)
})

test.each([
  ['failed', { state: 'failure' }],
  ['went without us', { through_us: false }],
  ['was of another commit', { sha: 'c1' }],
  ['was to another environment', { environment: 'testing' }],
])('a release that %s is no evidence', (_, more) => {
  expect(said(release(DEPLOYED, inDevelopment(HOUR, more)))).toBe('wait not_deployed_before')
})

test('soaking starts anew with the newest release', () => {
  const [first] = inDevelopment(DAY).released
  const released = [...inDevelopment(MINUTE).released, ...(first === undefined ? [] : [first])]
  expect(said(release(DEPLOYED, { sha: 'c2', released }))).toBe('wait soaking')
})

test('every commit that ships came by a pull request whose gate had allowed it', () => {
  const ships = (...changes: readonly (object | null)[]) => ({
    sha: `c${changes.length}`,
    ships: changes.map((change, index) => ({ sha: `c${index + 1}`, change })),
  })
  expect(said(release('{ reviewed: {} }', ships({}, {})))).toBe('allow')
  expect(said(release('{ reviewed: {} }', ships({}, null)))).toBe('wait unreviewed_commit')
  expect(said(release('{ reviewed: {} }', ships(null, {})))).toBe('wait unreviewed_commit')
  for (const gate of ['wait', 'deny', 'undecided'])
    expect(said(release('{ reviewed: {} }', ships({ gate })))).toBe('wait unreviewed_commit')
})

test('what a merged pull request held comes by the second parent, and needs no pull request of its own', () => {
  const inner = { sha: 'x1', parents: ['base'] }
  const merged = { sha: 'm1', parents: ['base', 'x1'], change: { number: 7 } }
  expect(said(release('{ reviewed: {} }', { sha: 'm1', ships: [inner, merged] }))).toBe('allow')
  expect(said(release('{ reviewed: {} }', { sha: 'm1', ships: [inner, { ...merged, made_by_github: false }] }))).toBe(
    'wait unreviewed_commit',
  )
  expect(said(release('{ reviewed: {} }', { sha: 'm1', ships: [inner, { ...merged, parents: ['x1', 'base'] }] }))).toBe(
    'wait unreviewed_commit',
  )
  expect(said(release('{ reviewed: {} }', { sha: 'm1', ships: [{ sha: 'stray', parents: [] }, inner, merged] }))).toBe(
    'wait unreviewed_commit',
  )
})

test('without a beginning, since is the remedy', () => {
  const verdict = release('{ reviewed: {} }', { since: null })
  expect(said(verdict)).toBe('wait unreviewed_commit')
  expect(findingOf(verdict, 'reviewed').values.remedy).toBe('since')
})

test('a commit that is not among what ships is undecided', () => {
  expect(said(release('{ reviewed: {} }', { sha: 'c9', ships: [{ sha: 'c1', change: {} }] }))).toBe(
    'undecided fact_unknown',
  )
})

test('a push is denied for what it should not hold', () => {
  expect(said(push('{ reviewed: {} }', { commits: [{ sha: 'c1', change: {} }] }))).toBe('allow')
  expect(said(push('{ reviewed: {} }', { commits: [{ sha: 'c1' }] }))).toBe('deny unreviewed_commit')
  expect(said(push('{ protected: {} }', {}, { protection: { main: { own_check: false } } }))).toBe(
    'deny protection_weak',
  )
})

const asked = `branches: { main: { protection: { pull_request: { approvals: 2, dismiss_stale: true, last_push: true, code_owners: true }, checks: [test], up_to_date: true, force_push: false, deletion: false, linear_history: true, signed_commits: true, conversations: true }, merge: [{ protected: {} }] } }
${inRelease('{ protected: {} }')}`
const onMain = (main: object | null) =>
  judged(releaseCase(policies(asked), {}, { protection: { main: main as never } }))

test.each([
  ['own_check', { own_check: false }],
  ['admins', { admins: false }],
  ['pull_request', { pull_request: null }],
  ['pull_request.approvals', { pull_request: { approvals: 1 } }],
  ['pull_request.dismiss_stale', { pull_request: { dismiss_stale: false } }],
  ['pull_request.last_push', { pull_request: { last_push: false } }],
  ['pull_request.code_owners', { pull_request: { code_owners: false } }],
  ['checks.test', { checks: ['other'] }],
  ['up_to_date', { up_to_date: false }],
  ['force_push', { force_push: true }],
  ['deletion', { deletion: true }],
  ['linear_history', { linear_history: false }],
  ['signed_commits', { signed_commits: false }],
  ['conversations', { conversations: false }],
])('protection that is weak in %s holds, and says so', (key, main) => {
  const verdict = onMain(main)
  expect(said(verdict)).toBe('wait protection_weak')
  expect(findingOf(verdict, 'protected').values.weak).toEqual([expect.objectContaining({ key })])
})

test('protection that is as asked, or more, allows; none at all names every weakness', () => {
  expect(said(onMain({ pull_request: { approvals: 3 } }))).toBe('allow')
  expect(findingOf(onMain(null), 'protected').values.weak).toHaveLength(10)
})

test('what is given beside the rule is asked besides', () => {
  const more = policies(
    `branches: { main: { merge: [{ draft: false }] } }\n${inRelease('{ protected: { force_push: false, bypass: [core] } }')}`,
  )
  const judge = (main: object) => said(judged(releaseCase(more, {}, { protection: { main: main } })))
  expect(judge({ force_push: false })).toBe('allow')
  expect(judge({ force_push: true })).toBe('wait protection_weak')
  expect(judge({ bypass: [{ team: 'core' }] })).toBe('allow')
  expect(judge({ bypass: [{ team: 'leads' }] })).toBe('wait protection_weak')
  expect(judge({ bypass: ['cora'] })).toBe('wait protection_weak')
  expect(judge({ bypass: null })).toBe('undecided fact_unknown')
  expect(said(merge('{ protected: {} }', {}, { unknown: ['protection'] }))).toBe('undecided fact_unknown')
})

test('one at a time', () => {
  const rule = '{ one_at_a_time: {} }'
  expect(said(release(rule))).toBe('allow')
  expect(said(release(rule, { running: [{ sha: 'c1' }] }))).toBe('wait busy')
  expect(said(release(rule, { running: [{ environment: 'Production', sha: 'c1' }] }))).toBe('wait busy')
  expect(said(release(rule, { running: [{ environment: 'staging', sha: 'c1' }] }))).toBe('allow')
  expect(said(release(rule, { released: [{ sha: 'c0', state: 'in_progress' }] }))).toBe('wait busy')
})

test('nothing newer was released here', () => {
  const judge = (
    ...released: {
      sha: string
      at?: string
      requested_at?: string
      contains?: boolean
      contained?: boolean
      state?: 'success' | 'failure'
      rejected_at?: string
      through_us?: boolean
      environment?: string
    }[]
  ) =>
    said(
      release('{ newest: {} }', {
        sha: 'c2',
        requested_at: ago(HOUR),
        ships: [{ sha: 'c2', change: {}, parents: ['x'] }],
        released,
      }),
    )
  expect(judge({ sha: 'c1', at: ago(DAY) })).toBe('allow')
  expect(judge({ sha: 'c2', at: ago(MINUTE) })).toBe('allow')
  expect(judge({ sha: 'c3', at: ago(DAY), contains: true })).toBe('deny outdated')
  expect(judge({ sha: 'c3', at: ago(DAY), contains: true, through_us: false })).toBe('deny outdated')
  expect(judge({ sha: 'c3', at: ago(DAY), contains: true, state: 'failure' })).toBe('allow')
  expect(judge({ sha: 'c3', at: ago(DAY), contains: true, environment: 'staging' })).toBe('allow')
  expect(judge({ sha: 'd1', at: ago(MINUTE), requested_at: ago(2 * MINUTE) })).toBe('deny outdated')
  expect(judge({ sha: 'd1', at: ago(MINUTE), requested_at: ago(2 * MINUTE), contained: true })).toBe('allow')
  expect(judge({ sha: 'd1', at: ago(MINUTE), requested_at: ago(2 * HOUR) })).toBe('allow')
})

test('a rollback is exempt from newest; the same, a rejected or an old release again is none', () => {
  const here = (before: object, present: object = {}) =>
    said(
      release('{ newest: {} }', {
        sha: 'c1',
        requested_at: ago(MINUTE),
        released: [
          { sha: 'c1', at: ago(30 * DAY), ...before },
          { sha: 'c3', at: ago(DAY), contains: true, ...present },
        ],
      }),
    )
  expect(here({})).toBe('allow')
  expect(here({ through_us: false })).toBe('deny outdated')
  expect(here({ state: 'failure' })).toBe('deny outdated')
  expect(here({ at: ago(90 * DAY) })).toBe('deny outdated')
  expect(here({ rejected_at: ago(HOUR) })).toBe('deny outdated')
  expect(here({ environment: 'staging' })).toBe('deny outdated')
})

test('a delay counts from the first request of this commit', () => {
  expect(said(release('{ delay: 10m }', { requested_at: ago(10 * MINUTE) }))).toBe('allow')
  const early = release('{ delay: 10m }', { requested_at: ago(9 * MINUTE) })
  expect(said(early)).toBe('wait delayed')
  expect(early.lookAgainAt).toBe(NOW + MINUTE)
  const before = { sha: 'c1', requested_at: ago(HOUR), at: ago(HOUR), state: 'failure' as const }
  expect(said(release('{ delay: 10m }', { sha: 'c1', requested_at: ago(MINUTE), released: [before] }))).toBe('allow')
  expect(
    said(
      release('{ delay: 10m }', { sha: 'c1', requested_at: ago(MINUTE), released: [{ ...before, through_us: false }] }),
    ),
  ).toBe('wait delayed')
})

test('a window is open or opens', () => {
  const at = (hours: string) => `{ window: [{ days: mon-thu, hours: "${hours}", timezone: UTC }] }`
  const open = release(at('09:00-16:00'))
  expect(said(open)).toBe('allow')
  expect(open.lookAgainAt).toBe(NOW + 6 * HOUR)
  const closed = release(at('11:00-16:00'))
  expect(said(closed)).toBe('wait window_closed')
  expect(closed.lookAgainAt).toBe(NOW + HOUR)
})

test('ST-18 a merge that GitHub did not make may hold what no pull request showed', () => {
  const ships = [{ sha: 'm1', parents: ['base', 'x1'], change: {} }]
  const { gate, facts } = releaseCase(policies(inRelease('{ reviewed: {} }')), { sha: 'm1', ships })
  const fact = facts.get(ask.ships().key)
  if (fact?.known !== true) throw new Error('what ships is known')
  const { since, commits } = fact.value as Shipment
  const made = (madeByGitHub: boolean) => {
    const shipment = { since, commits: commits.map((commit) => ({ ...commit, madeByGitHub })) }
    return said(judged({ gate, facts: new Map(facts).set(ask.ships().key, known(shipment, 'test', NOW)) }))
  }
  expect(made(true)).toBe('allow')
  expect(made(false)).toBe('wait unreviewed_commit')
})
