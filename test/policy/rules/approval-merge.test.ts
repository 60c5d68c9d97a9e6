import { expect, test } from '@jest/globals'
import { ago, ahead, codesOf, DAY, findingOf, HOUR, merge, MINUTE, NOW, said } from '../given.js'

const LEADS = '{ approval: { from: leads } }'
const byLena = { by: 'lena', at: ago(HOUR) }

test('a member who approved the head opens the gate', () => {
  expect(said(merge(LEADS, { reviews: [byLena] }))).toBe('allow')
})

test('nobody having approved, it waits and says who may', () => {
  const verdict = merge(LEADS)
  expect(said(verdict)).toBe('wait approval_missing')
  expect(
    findingOf(verdict, 'approval')
      .who?.may.map(({ login }) => login)
      .sort(),
  ).toEqual(['lena', 'leo'])
})

test('an approval of an earlier commit does not count', () => {
  const commits = [{ sha: 'c1' }, { sha: 'c2' }]
  expect(said(merge(LEADS, { commits, reviews: [{ ...byLena, commit: 'c1' }] }))).toBe('wait approval_stale')
})

test('with keep it does, and with same_diff where the diff is the same', () => {
  const commits = [{ sha: 'c1' }, { sha: 'c2' }]
  const reviews = [{ ...byLena, commit: 'c1' }]
  const sameDiff = '{ approval: { from: leads, after_push: same_diff } }'
  expect(said(merge('{ approval: { from: leads, after_push: keep } }', { commits, reviews }))).toBe('allow')
  expect(said(merge(sameDiff, { commits, reviews, diff: { c1: 'x', c2: 'x' } }))).toBe('allow')
  expect(said(merge(sameDiff, { commits, reviews, diff: { c1: 'x', c2: 'y' } }))).toBe('wait approval_stale')
  expect(said(merge(sameDiff, { commits, reviews, diff: { c1: 'x' } }))).toBe('wait approval_stale')
  expect(said(merge(sameDiff, { commits, reviews, diff: { c1: 'x', c2: 'x' } }, { unknown: ['diff'] }))).toBe(
    'undecided fact_unknown',
  )
})

test('retargeting voids what was approved before it, even with keep', () => {
  const rule = '{ approval: { from: leads, after_push: keep } }'
  const change = (retargeted_at: string) => ({ reviews: [byLena], retargeted_at })
  expect(said(merge(rule, change(ago(30 * MINUTE))))).toBe('wait approval_stale')
  expect(said(merge(rule, change(ago(2 * HOUR))))).toBe('allow')
})

test.each([
  ['author', { author: 'lena', commits: [{ sha: 'c1', author: 'dev' }] }],
  ['committer', { commits: [{ sha: 'c1', committer: 'lena' }] }],
  ['co-author', { commits: [{ sha: 'c1', co_authors: ['lena'] }] }],
  ['enqueuer', { merge_queue: { by: 'lena' } }],
  [
    'author of a commit reached by a second parent',
    {
      commits: [{ sha: 'c1' }, { sha: 'x1', author: 'lena', parents: ['base'] }, { sha: 'c2', parents: ['c1', 'x1'] }],
    },
  ],
])('the %s cannot approve', (_, change) => {
  const verdict = merge(LEADS, { ...change, reviews: [byLena] })
  expect(said(verdict)).toBe('wait approver_involved')
  expect(findingOf(verdict, 'approval').who?.mayNot.map(({ person, code }) => [person.login, code])).toEqual([
    ['lena', 'approver_involved'],
  ])
})

test('naming the author lets them approve what they wrote, not what they committed for others', () => {
  const rule = '{ approval: { from: leads, involved: [author] } }'
  const own = { author: 'lena', reviews: [byLena] }
  expect(said(merge(rule, { ...own, commits: [{ sha: 'c1', author: 'lena' }] }))).toBe('allow')
  expect(said(merge(rule, { ...own, commits: [{ sha: 'c1', author: 'dev', committer: 'lena' }] }))).toBe(
    'wait approver_involved',
  )
  expect(
    said(
      merge('{ approval: { from: leads, involved: [contributors] } }', {
        ...own,
        commits: [{ sha: 'c1', author: 'dev', committer: 'lena' }],
      }),
    ),
  ).toBe('allow')
})

test('a merge of the base that leaves the diff as it was makes nobody a contributor', () => {
  const commits = [{ sha: 'c1' }, { sha: 'm1', author: 'lena', via_web: true, parents: ['c1', 'b2'] }]
  const reviews = [{ ...byLena, commit: 'm1' }]
  expect(said(merge(LEADS, { commits, reviews, diff: { c1: 'x', m1: 'x' } }))).toBe('allow')
  expect(said(merge(LEADS, { commits, reviews, diff: { c1: 'x', m1: 'y' } }))).toBe('wait approver_involved')
  expect(said(merge(LEADS, { commits, reviews }, { unknown: ['diff'] }))).toBe('wait approver_involved')
})

test("GitHub's own committer is nobody", () => {
  expect(said(merge(LEADS, { commits: [{ sha: 'c1', via_web: true }], reviews: [byLena] }))).toBe('allow')
})

test('a contributor without an account makes enough approvals undecided, and too few wait', () => {
  const commits = [{ sha: 'c1', author: null }]
  expect(said(merge(LEADS, { commits, reviews: [byLena] }))).toBe('undecided contributor_unknown')
  expect(said(merge(LEADS, { commits }))).toBe('wait approval_missing')
  expect(said(merge('{ approval: { from: leads, involved: [contributors] } }', { commits, reviews: [byLena] }))).toBe(
    'allow',
  )
})

test('a head that is not among the commits is undecided', () => {
  expect(said(merge(LEADS, { commits: [{ sha: 'c1' }], head_sha: 'c9', reviews: [byLena] }))).toBe(
    'undecided fact_unknown',
  )
})

test('people outside the group, apps and strangers do not count', () => {
  expect(said(merge(LEADS, { reviews: [{ ...byLena, by: 'mallory' }] }))).toBe('wait approver_not_eligible')
  const bots = { teams: { leads: ['lena', 'robot[bot]'] } }
  expect(said(merge(LEADS, { reviews: [{ ...byLena, by: 'robot[bot]' }] }, bots))).toBe('wait approver_not_eligible')
})

test.each([
  ['author', { by: null }],
  ['commit', { commit: null }],
  ['time', { at: null }],
])('a review whose %s is missing does not count', (_, missing) => {
  expect(said(merge(LEADS, { reviews: [{ ...byLena, ...missing }] }))).toBe('wait approval_missing')
})

test('the newest act of a person wins', () => {
  const later = ago(10 * MINUTE)
  const objects = { by: 'lena', state: 'changes_requested' as const }
  const leo = { by: 'leo', at: later }
  expect(said(merge(LEADS, { reviews: [byLena, leo, { ...objects, at: later }] }))).toBe('wait objection')
  expect(
    said(
      merge(LEADS, {
        reviews: [
          { ...byLena, at: later },
          { ...objects, at: ago(HOUR) },
        ],
      }),
    ),
  ).toBe('allow')
  expect(said(merge(LEADS, { reviews: [byLena, { ...objects, state: 'dismissed', at: later }] }))).toBe(
    'wait approval_missing',
  )
  expect(said(merge(LEADS, { reviews: [byLena, { ...objects, state: 'commented', at: later }] }))).toBe('allow')
  expect(said(merge(LEADS, { reviews: [byLena, { ...objects, at: ago(HOUR) }] }))).toBe('wait objection')
})

test('an objection of the group holds; that of others, or with ignore, does not', () => {
  const objects = (by: string) => ({ by, state: 'changes_requested' as const, commit: 'c0' })
  expect(said(merge(LEADS, { reviews: [byLena, objects('leo')] }))).toBe('wait objection')
  expect(said(merge(LEADS, { reviews: [byLena, objects('mallory')] }))).toBe('allow')
  expect(said(merge('{ approval: { from: leads, objections: ignore } }', { reviews: [byLena, objects('leo')] }))).toBe(
    'allow',
  )
})

test('one person counts once', () => {
  const two = '{ approval: { from: leads, count: 2 } }'
  expect(said(merge(two, { reviews: [byLena, { ...byLena, at: ago(MINUTE) }] }))).toBe('wait approval_missing')
  expect(said(merge(two, { reviews: [byLena, { by: 'leo' }] }))).toBe('allow')
})

test('a count that the group cannot reach is said to be unsatisfiable', () => {
  const verdict = merge('{ approval: { from: leads, count: 2 } }', { author: 'leo', reviews: [byLena] })
  expect(codesOf(verdict, 'approval')).toEqual(['approval_missing', 'unsatisfiable'])
})

test('the nearest miss gives the code, and every ignored act keeps its own', () => {
  const verdict = merge('{ approval: { from: leads, count: 2 } }', {
    commits: [{ sha: 'c1' }, { sha: 'c2', author: 'leo' }],
    reviews: [{ ...byLena, commit: 'c1' }, { by: 'leo' }, { by: 'mallory' }],
  })
  expect(codesOf(verdict, 'approval')).toEqual([
    'approval_stale',
    'approval_missing',
    'approver_involved',
    'approver_not_eligible',
    'unsatisfiable',
  ])
  expect(findingOf(verdict, 'approval').values.ignored).toEqual(
    expect.arrayContaining([
      { by: 'lena', code: 'approval_stale', why: 'commit' },
      { by: 'leo', code: 'approver_involved', why: 'contributors' },
      { by: 'mallory', code: 'approver_not_eligible', why: 'not_in_group' },
    ]),
  )
})

test('an approval older than within lapses, and the gate looks again when one will', () => {
  const rule = '{ approval: { from: leads, within: 7d } }'
  const verdict = merge(rule, { reviews: [{ ...byLena, at: ago(6 * DAY) }] })
  expect(said(verdict)).toBe('allow')
  expect(verdict.lookAgainAt).toBe(NOW + DAY)
  expect(said(merge(rule, { reviews: [{ ...byLena, at: ago(7 * DAY) }] }))).toBe('wait approval_stale')
})

test('an approval that is still to come does not count before its time', () => {
  const verdict = merge(LEADS, { reviews: [{ ...byLena, at: ahead(MINUTE) }] })
  expect(said(verdict)).toBe('wait approval_missing')
  expect(verdict.lookAgainAt).toBe(NOW + MINUTE)
})

test('a comment counts where the policy says so, names the head, and was never edited', () => {
  const rule = '{ approval: { from: leads, by: [review, comment] } }'
  const comment = { by: 'lena', body: '/approve merge 4f2c1ab', at: ago(HOUR) }
  const change = { commits: [{ sha: '4f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f' }] }
  const with_ = (more: object) => ({ ...change, comments: [{ ...comment, ...more }] })
  expect(said(merge(rule, with_({})))).toBe('allow')
  expect(said(merge(LEADS, with_({})))).toBe('wait approval_missing')
  expect(said(merge(rule, with_({ body: '/approve merge 4f2c1a' })))).toBe('wait approval_stale')
  expect(said(merge(rule, with_({ body: '/approve merge 9999999' })))).toBe('wait approval_stale')
  expect(said(merge(rule, with_({ body: '> /approve merge 4f2c1ab' })))).toBe('wait approval_missing')
  expect(said(merge(rule, with_({ edited_at: ago(MINUTE), edited_by: 'lena' })))).toBe('wait approval_missing')
  expect(said(merge(rule, with_({ via_email: true })))).toBe('wait approval_missing')
})

test('a reason that is required must be given', () => {
  const rule = '{ approval: { from: leads, reason: required } }'
  expect(said(merge(rule, { reviews: [byLena] }))).toBe('wait approval_missing')
  expect(said(merge(rule, { reviews: [{ ...byLena, body: 'Read it all.' }] }))).toBe('allow')
})

test('a team that cannot be read makes it undecided, never empty', () => {
  expect(said(merge(LEADS, { reviews: [byLena] }, { unknown: ['teams/leads'] }))).toBe('undecided fact_unknown')
  expect(said(merge(LEADS, { reviews: [byLena] }, { teams: {} }))).toBe('undecided fact_unknown')
})

test('a dismissal at the same instant as an approval wins', () => {
  const dismissed = { by: 'lena', state: 'dismissed' as const, at: ago(HOUR) }
  expect(said(merge(LEADS, { reviews: [byLena, dismissed] }))).toBe('wait approval_missing')
})

test('a role means at least that role', () => {
  const rule = '{ approval: { from: { roles: [maintain] } } }'
  const judge = (role: 'write' | 'maintain' | 'admin') =>
    said(merge(rule, { reviews: [byLena] }, { roles: { lena: role } }))
  expect(judge('write')).toBe('wait approver_not_eligible')
  expect(judge('maintain')).toBe('allow')
  expect(judge('admin')).toBe('allow')
})

test('a group is the union of its parts, and unknown as soon as one of them is', () => {
  const rule = '{ approval: { from: { teams: [leads], users: [olga], organizations: [partner] } } }'
  const judge = (by: string, more: object = {}) =>
    said(merge(rule, { reviews: [{ ...byLena, by }] }, { organizations: { partner: ['pete'] }, ...more }))
  expect(['lena', 'olga', 'pete'].map((by) => judge(by))).toEqual(['allow', 'allow', 'allow'])
  expect(judge('lena', { organizations: {} })).toBe('undecided fact_unknown')
})
