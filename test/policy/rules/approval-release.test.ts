import { expect, test } from '@jest/globals'
import { ago, findingOf, HOUR, inRelease, judged, MINUTE, policies, release, releaseCase, said } from '../given.js'

const MANAGERS = '{ approval: { from: managers } }'
const byDora = { by: 'dora', at: ago(HOUR) }
const rejectedBy = (by: string) => ({ by, at: ago(MINUTE), decision: 'reject' as const })

test('a member who approved exactly this attempt opens the gate', () => {
  expect(said(release(MANAGERS, { approvals: [byDora] }))).toBe('allow')
})

test('an approval of another commit or attempt does not count', () => {
  expect(said(release(MANAGERS, { sha: 'c2', approvals: [{ ...byDora, sha: 'c1' }] }))).toBe('wait approval_stale')
  expect(said(release(MANAGERS, { attempt: 2, approvals: [{ ...byDora, attempt: 1 }] }))).toBe('wait approval_stale')
})

test.each([
  ['started this attempt', { by: 'dora' }],
  ['started the run', { started_by: 'dora' }],
  ['released it', { releases: [{ by: 'dora', at: ago(HOUR) }] }],
  ['wrote a commit that ships', { sha: 'c1', ships: [{ sha: 'c1', author: 'dora', change: { author: 'dev' } }] }],
  ['co-wrote one', { sha: 'c1', ships: [{ sha: 'c1', author: 'dev', co_authors: ['dora'], change: {} }] }],
  ['committed one', { sha: 'c1', ships: [{ sha: 'c1', author: 'dev', committer: 'dora', made_by_github: false }] }],
  [
    'opened a pull request that ships',
    { sha: 'c1', ships: [{ sha: 'c1', author: 'dev', change: { author: 'dora' } }] },
  ],
  ['merged one', { sha: 'c1', ships: [{ sha: 'c1', author: 'dev', change: { merged_by: 'dora' } }] }],
])('who %s cannot approve', (_, deployment) => {
  expect(said(release(MANAGERS, { ...deployment, approvals: [byDora] }))).toBe('wait approver_involved')
})

test('the policy may let the deployer and the merger approve', () => {
  const rule = '{ approval: { from: managers, involved: [deployer, merger] } }'
  const ships = [
    { sha: 'c1', author: 'dev', parents: ['base'] },
    { sha: 'm1', author: 'dora', parents: ['base', 'c1'], change: { author: 'dev', merged_by: 'dora' } },
  ]
  expect(said(release(rule, { sha: 'm1', by: 'dora', ships, approvals: [byDora] }))).toBe('allow')
  expect(
    said(
      release('{ approval: { from: managers, involved: [deployer] } }', {
        sha: 'm1',
        by: 'dora',
        ships,
        approvals: [byDora],
      }),
    ),
  ).toBe('wait approver_involved')
})

test('channels that the policy does not name do not count', () => {
  const via = (channel: 'environment' | 'comment' | 'review' | 'button') => ({
    approvals: [{ ...byDora, via: channel }],
  })
  expect(said(release(MANAGERS, via('comment')))).toBe('allow')
  expect(said(release(MANAGERS, via('button')))).toBe('allow')
  expect(said(release(MANAGERS, via('environment')))).toBe('wait approval_missing')
  expect(said(release('{ approval: { from: managers, by: [environment] } }', via('environment')))).toBe('allow')
})

test("GitHub's own reviewers count on the first attempt only", () => {
  const given = { attempt: 2, approvals: [{ ...byDora, via: 'environment' as const }] }
  expect(said(release('{ approval: { from: managers, by: [environment] } }', given))).toBe('wait approval_stale')
})

test('a review of exactly the deployed commit counts where the policy says so', () => {
  const ships = (commit: string) => [{ sha: 'c1', author: 'dev', change: { reviews: [{ by: 'dora', commit }] } }]
  const rule = '{ approval: { from: managers, by: [review] } }'
  expect(said(release(rule, { sha: 'c1', ships: ships('c1') }))).toBe('allow')
  expect(said(release(rule, { sha: 'c1', ships: ships('c0') }))).toBe('wait approval_stale')
  expect(said(release(MANAGERS, { sha: 'c1', ships: ships('c1') }))).toBe('wait approval_missing')
})

test('a rejection by a member denies this attempt, involved or not, whatever any says', () => {
  const either = `{ any: [{ ref: { branches: [main] } }, ${MANAGERS}] }`
  expect(said(release(either, {}))).toBe('allow')
  expect(said(release(either, { approvals: [rejectedBy('dan')] }))).toBe('deny approval_rejected')
  expect(said(release(either, { by: 'dan', approvals: [rejectedBy('dan')] }))).toBe('deny approval_rejected')
  expect(said(release(either, { approvals: [{ ...rejectedBy('dan'), via: 'environment' }] }))).toBe(
    'deny approval_rejected',
  )
})

test('a rejection of another attempt, by an outsider or taken back, does not', () => {
  expect(said(release(MANAGERS, { attempt: 2, approvals: [byDora, { ...rejectedBy('dan'), attempt: 1 }] }))).toBe(
    'allow',
  )
  expect(said(release(MANAGERS, { approvals: [byDora, rejectedBy('mallory')] }))).toBe('allow')
  const takenBack = [byDora, { ...rejectedBy('dan'), at: ago(HOUR) }, { by: 'dan', at: ago(MINUTE) }]
  expect(said(release(MANAGERS, { approvals: takenBack }))).toBe('allow')
})

test('a yes to another attempt takes no rejection back', () => {
  const approvals = [
    { ...rejectedBy('dan'), at: ago(HOUR) },
    { by: 'dan', at: ago(MINUTE), attempt: 2 },
  ]
  expect(said(release(MANAGERS, { approvals }))).toBe('deny approval_rejected')
})

test('a rejection is not for objections: ignore', () => {
  expect(
    said(release('{ approval: { from: managers, objections: ignore } }', { approvals: [rejectedBy('dan')] })),
  ).toBe('deny approval_rejected')
})

test('a rejection where an approval is not asked has no effect, and an undecided one is undecided', () => {
  const rules = `${MANAGERS}, { when: [{ author: { in: core } }], require: [{ approval: { from: leads } }] }`
  const given = { approvals: [byDora, rejectedBy('lena')] }
  expect(said(release(rules, given))).toBe('allow')
  expect(said(release(rules, given, { unknown: ['teams/core'] }))).toBe('undecided fact_unknown')
})

test('where it cannot be told whether somebody rejected, nothing is open', () => {
  const either = `{ any: [{ ref: { branches: [main] } }, ${MANAGERS}] }`
  expect(said(release(either, {}, { unknown: ['approvals'] }))).toBe('undecided fact_unknown')
  expect(said(release(either, { approvals: [rejectedBy('mallory')] }, { unknown: ['teams/managers'] }))).toBe(
    'undecided fact_unknown',
  )
})

test('with distinct, one person stands for one approval only', () => {
  const rules = '{ approval: { from: leads, name: lead } }, { approval: { from: [leads, managers], name: manager } }'
  const policy = policies(`environments: { production: { distinct: true, release: [${rules}] } }`)
  const judge = (...by: string[]) => judged(releaseCase(policy, { approvals: by.map((login) => ({ by: login })) }))
  expect(said(judge('lena'))).toBe('wait approval_missing')
  expect(said(judge('lena', 'leo'))).toBe('allow')
  const verdict = judge('lena', 'dora')
  expect(said(verdict)).toBe('allow')
  expect(findingOf(verdict, 'gate').values.stands).toEqual([
    { for: 'lead', by: 'lena' },
    { for: 'manager', by: 'dora' },
  ])
  expect(said(judged(releaseCase(policies(inRelease(rules)), { approvals: [{ by: 'lena' }] })))).toBe('allow')
})

test('distinct finds the one way in which everybody has a place', () => {
  const rules =
    '{ approval: { from: [leads, managers], count: 2 } }, { approval: { from: leads } }, { any: [{ approval: { from: managers } }, { approval: { from: core } }] }'
  const policy = policies(`environments: { production: { distinct: true, release: [${rules}] } }`)
  const judge = (...by: string[]) =>
    said(judged(releaseCase(policy, { approvals: by.map((login) => ({ by: login })) })))
  expect(judge('lena', 'dora', 'dan')).toBe('wait approval_missing')
  expect(judge('lena', 'leo', 'dora', 'dan')).toBe('allow')
  expect(judge('lena', 'dora', 'dan', 'cora')).toBe('allow')
})
