import { expect, test } from '@jest/globals'
import { ask, known, type Deployment } from '../../../src/policy/facts.js'
import {
  ago,
  findingOf,
  HOUR,
  inRelease,
  judged,
  merge,
  MINUTE,
  NOW,
  policies,
  release,
  releaseCase,
  said,
} from '../given.js'

test("a merge's author is in a group or not", () => {
  expect(said(merge('{ author: { in: core } }', { author: 'cora' }))).toBe('allow')
  expect(said(merge('{ author: { in: core } }', { author: 'dev' }))).toBe('deny author_not_allowed')
  expect(said(merge('{ author: { not_in: core } }', { author: 'cora' }))).toBe('deny author_not_allowed')
  expect(said(merge('{ author: { not_in: core } }', { author: 'dev' }))).toBe('allow')
})

test('an author without an account is neither in nor out', () => {
  expect(said(merge('{ author: { in: core } }', { author: null }))).toBe('undecided contributor_unknown')
  expect(said(merge('{ author: { not_in: core } }', { author: null }))).toBe('undecided contributor_unknown')
})

test('an app is an author where the policy names it', () => {
  const rule = '{ author: { in: { users: ["renovate[bot]"] } } }'
  expect(said(merge(rule, { author: 'renovate[bot]' }))).toBe('allow')
  expect(said(merge(rule, { author: 'renovate' }))).toBe('deny author_not_allowed')
})

test('of a release every shipped pull request has such an author, and nothing was pushed directly', () => {
  const ships = (...changes: readonly (object | null)[]) =>
    changes.map((change, index) => ({ sha: `c${index + 1}`, author: 'cora', change }))
  const judge = (...changes: readonly (object | null)[]) =>
    said(release('{ author: { in: core } }', { sha: `c${changes.length}`, ships: ships(...changes) }))
  expect(judge({ author: 'cora' }, { author: 'carl' })).toBe('allow')
  expect(judge({ author: 'cora' }, { author: 'dev' })).toBe('wait author_not_allowed')
  expect(judge({ author: 'cora' }, null)).toBe('wait author_not_allowed')
})

test('contributors are authors, co-authors and committers', () => {
  const only = '{ contributors: { only_in: core } }'
  const commits = (more: object) => ({ author: 'cora', commits: [{ sha: 'c1', author: 'cora', ...more }] })
  expect(said(merge(only, commits({})))).toBe('allow')
  expect(said(merge(only, commits({ co_authors: ['dev'] })))).toBe('deny contributor_not_allowed')
  expect(said(merge(only, commits({ committer: 'dev' })))).toBe('deny contributor_not_allowed')
  expect(said(merge(only, commits({ co_authors: [null] })))).toBe('undecided contributor_unknown')
  expect(said(merge(only, commits({ via_web: true })))).toBe('allow')
  expect(
    said(
      merge('{ contributors: { any_in: core } }', { commits: [{ sha: 'c1', author: 'dev', co_authors: ['cora'] }] }),
    ),
  ).toBe('allow')
  expect(said(merge('{ contributors: { any_in: core } }', { commits: [{ sha: 'c1', author: 'dev' }] }))).toBe(
    'deny contributor_not_allowed',
  )
  expect(
    said(merge('{ contributors: { only_author: true } }', { author: 'dev', commits: [{ sha: 'c1', author: 'dev' }] })),
  ).toBe('allow')
  expect(
    said(merge('{ contributors: { only_author: true } }', { author: 'dev', commits: [{ sha: 'c1', author: 'cora' }] })),
  ).toBe('deny contributor_not_allowed')
})

test('whether a merge of the base contributed must be known', () => {
  const commits = [
    { sha: 'c1', author: 'dev' },
    { sha: 'm1', author: 'cora', parents: ['c1', 'b2'] },
  ]
  const rule = '{ contributors: { any_in: core } }'
  expect(said(merge(rule, { commits, diff: { c1: 'x', m1: 'x' } }))).toBe('deny contributor_not_allowed')
  expect(said(merge(rule, { commits, diff: { c1: 'x', m1: 'y' } }))).toBe('allow')
  expect(said(merge(rule, { commits }, { unknown: ['diff'] }))).toBe('undecided fact_unknown')
})

test('a release waits for a contributor who may not', () => {
  const ships = [{ sha: 'c1', author: 'dev', change: {} }]
  expect(said(release('{ contributors: { only_in: core } }', { sha: 'c1', ships }))).toBe(
    'wait contributor_not_allowed',
  )
  expect(said(release('{ contributors: { only_author: true } }', { sha: 'c1', ships }))).toBe('allow')
  expect(
    said(release('{ contributors: { only_author: true } }', { sha: 'c1', ships: [{ sha: 'c1', author: 'dev' }] })),
  ).toBe('wait contributor_not_allowed')
})

const DEPLOYER = '{ deployer: { in: managers } }'

test('a deployer started it, or releases it', () => {
  expect(said(release(DEPLOYER, { by: 'dora' }))).toBe('allow')
  const verdict = release(DEPLOYER, { by: 'dev' })
  expect(said(verdict)).toBe('wait deployer_missing')
  expect(
    findingOf(verdict, 'deployer')
      .who?.may.map(({ login }) => login)
      .sort(),
  ).toEqual(['dan', 'dora'])
  expect(said(release(DEPLOYER, { by: 'dev', releases: [{ by: 'dora', at: ago(MINUTE) }] }))).toBe('allow')
  expect(said(release(DEPLOYER, { by: 'dev', releases: [{ by: 'mallory', at: ago(MINUTE) }] }))).toBe(
    'wait deployer_missing',
  )
  expect(said(release(DEPLOYER, { by: 'dev', started_by: 'dora' }))).toBe('wait deployer_missing')
})

test('otherwise: deny rejects at once', () => {
  expect(said(release('{ deployer: { in: managers, otherwise: deny } }', { by: 'dev' }))).toBe('deny not_deployer')
})

test('nobody stands behind a schedule, nor does an app', () => {
  expect(said(release(DEPLOYER, { event: 'schedule', by: 'dora' }))).toBe('wait deployer_missing')
  expect(said(release(DEPLOYER, { by: 'dora[bot]' }))).toBe('wait deployer_missing')
})

test('inside when, deployer looks at whoever is the deployer by then', () => {
  const rules = `${DEPLOYER}, { when: [{ deployer: { in: core } }], require: [{ approval: { from: leads } }] }`
  const teams = { teams: { leads: ['lena'], managers: ['dora', 'cora'], core: ['cora'] } }
  expect(said(release(rules, { by: 'cora' }, teams))).toBe('wait approval_missing')
  expect(said(release(rules, { by: 'dora' }, teams))).toBe('allow')
  const handed = {
    by: 'dev',
    releases: [
      { by: 'cora', at: ago(HOUR) },
      { by: 'dora', at: ago(MINUTE) },
    ],
  }
  expect(said(release(rules, handed, teams))).toBe('allow')
})

test('the kind of starter is listed', () => {
  expect(said(release('{ actor: { kind: [user] } }', { by: 'dev' }))).toBe('allow')
  expect(said(release('{ actor: { kind: [user] } }', { by: 'robot[bot]' }))).toBe('deny actor_not_allowed')
  expect(said(release('{ actor: { kind: [user, app] } }', { event: 'schedule' }))).toBe('deny actor_not_allowed')
  expect(said(release('{ actor: { kind: [schedule] } }', { event: 'schedule' }))).toBe('allow')
  expect(said(release('{ actor: { kind: [user] } }', { by: null }))).toBe('undecided fact_unknown')
})

test('nobody of the group objects', () => {
  const objects = { by: 'cora', state: 'changes_requested' as const }
  expect(said(merge('{ no_objection: { from: core } }', { reviews: [objects] }))).toBe('wait objection')
  expect(said(merge('{ no_objection: { from: core } }', { reviews: [{ ...objects, by: 'dev' }] }))).toBe('allow')
  const shipped = [{ sha: 'c1', author: 'dev', change: { reviews: [objects] } }]
  expect(said(release('{ no_objection: { from: core } }', { sha: 'c1', ships: shipped }))).toBe('wait objection')
  expect(said(release('{ no_objection: { from: core } }', { approvals: [{ by: 'cora', decision: 'reject' }] }))).toBe(
    'wait objection',
  )
  expect(said(release('{ no_objection: { from: core } }'))).toBe('allow')
})

test("a schedule's first attempt has no deployer, whatever name GitHub gives it", () => {
  const { gate, facts } = releaseCase(policies(inRelease(DEPLOYER)), { by: 'dora' })
  const started = facts.get(ask.deployment.key)
  if (started?.known !== true) throw new Error('the deployment is known')
  const scheduled = (attempt: number) => {
    const deployment = { ...(started.value as Deployment), event: 'schedule', attempt }
    return said(judged({ gate, facts: new Map(facts).set(ask.deployment.key, known(deployment, 'test', NOW)) }))
  }
  expect(scheduled(1)).toBe('wait deployer_missing')
  expect(scheduled(2)).toBe('allow')
})
