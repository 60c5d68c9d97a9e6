import fc from 'fast-check'
import type { RawChange, RawDeployment, RawPush, RawSituation } from '../../src/policy/scenario/schema.js'
import { ago, DAY, HOUR } from './given.js'

/** Changes and deployments of every kind, out of few people, commits and times, so that they meet each other often. */

const LOGINS = ['dev', 'lena', 'leo', 'dora', 'dan', 'cora', 'sue', 'sam', 'robot[bot]', 'mallory'] as const
const SHAS = ['c1', 'c2', 'c3'] as const
/** Some are met more often than others, so that one person says several things. */
const login = fc.constantFrom(...LOGINS, 'lena', 'lena', 'dora', 'sue')
/** Somebody; rarely an address without an account. */
const signatory = fc.option(login, { freq: 8 })
/** Whoever writes is seldom one of those who approve. */
const writer = fc.option(fc.constantFrom('dev', 'dev', 'dev', 'cora', 'lena', 'mallory', 'robot[bot]'), { freq: 12 })
const sha = fc.constantFrom(...SHAS)
const time = fc.integer({ min: 0, max: 6 }).map((days) => ago(days * DAY))
const few = <T>(of: fc.Arbitrary<T>, maxLength = 4) => fc.array(of, { maxLength })

/** `signers` stand in `approval.from` only. */
export const TEAMS: RawSituation['teams'] = {
  leads: ['lena', 'leo'],
  managers: ['dora', 'dan'],
  core: ['cora', 'carl'],
  signers: ['sue', 'sam', 'lena', 'dora'],
}

const review = fc.record({
  by: signatory,
  state: fc.constantFrom('approved', 'approved', 'changes_requested', 'dismissed', 'commented'),
  commit: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.option(sha, { freq: 4 })),
  at: fc.option(time, { freq: 8 }),
})
/** Sometimes somebody says yes and no in one and the same instant. */
const reviews = fc
  .tuple(few(review, 5), fc.integer({ min: 0, max: 3 }))
  .map(([all, twin]) =>
    all.flatMap((each, n) => (n > 0 || twin > 0 ? [each] : [each, { ...each, state: 'changes_requested' }])),
  )
const conclusion = fc.constantFrom('success', 'success', 'failure', 'running', 'skipped')
const check = fc.record({ conclusion, app: fc.constantFrom('github-actions', 'github-actions', 'evil') })
const one = (app: string) => fc.constant([{ conclusion: 'success', app }])
const checks = fc.oneof(
  fc.dictionary(fc.constantFrom('test', 'scan'), few(check, 2)),
  fc.record({ test: one('github-actions'), scan: one('github-actions') }),
  fc.record({ test: one('evil'), scan: one('github-actions') }),
)
const files = few(
  fc.record({
    path: fc.constantFrom('src/a.ts', 'docs/b.md'),
    previous: fc.option(fc.constant('ops/c.yml')),
    additions: fc.integer({ min: 0, max: 4 }),
  }),
)
const commit = (id: string, before: string) =>
  fc.record({
    sha: fc.constant(id),
    author: writer,
    committer: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, writer),
    co_authors: few(writer, 1),
    signed: fc.constantFrom(undefined, true, true, { by: 'mallory' }),
    parents: fc.constantFrom([before], [before, 'base']),
  })
const commits = fc
  .tuple(commit('c1', 'base'), commit('c2', 'c1'), commit('c3', 'c2'))
  .chain((all) => fc.integer({ min: 1, max: 3 }).map((length) => all.slice(0, length)))

const workflows = fc.record({ '.github/workflows/ci.yml': fc.constantFrom('success', 'success', 'failure') })
const body = fc.constantFrom('', '## Plan\nBack.', '## Plan', '## Plan\nBack.\nSHOP-1')
const issues = few(fc.constant('SHOP-1'), 1)

export const change = fc.record({
  title: fc.constantFrom('Fix it', 'Break it'),
  head: fc.constantFrom('feature', 'feature', 'evil'),
  body,
  linked_issues: issues,
  workflows,
  author: writer,
  draft: fc.boolean(),
  fork: fc.boolean(),
  labels: few(fc.constantFrom('ready', 'hold'), 2),
  commits,
  files,
  reviews,
  comments: few(fc.record({ by: login, body: fc.constantFrom('/approve merge c2aaaaa', 'no') }), 1),
  checks,
  diff: fc.dictionary(sha, fc.constantFrom('x', 'y')),
  retargeted_at: fc.option(time, { freq: 1, nil: null }),
  unresolved_conversations: fc.integer({ min: 0, max: 1 }),
})

/**
 * A number stands for one pull request, by however many commits it came: a review that names no commit is of its head,
 * not of whichever commit it is told with.
 */
const merged = (number: number, head: (typeof SHAS)[number]) =>
  fc.record({
    number: fc.constant(number),
    author: writer,
    merged_by: fc.constantFrom('dev', 'cora', 'leo', null),
    body,
    linked_issues: issues,
    gate: fc.constantFrom('allow', 'allow', 'wait'),
    reviews: few(review, 2).map((all) => all.map(({ commit = head, ...said }) => ({ ...said, commit }))),
  })
const shipped = fc
  .tuple(
    commits,
    merged(1, 'c1'),
    merged(2, 'c2'),
    fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }),
  )
  .map(([all, one, two, by]) =>
    all.map((each, index) => ({ ...each, change: by[index] === 0 ? null : (by[index] ?? 0) % 2 === 0 ? two : one })),
  )

export const deployment = fc.record({
  sha,
  by: fc.oneof(writer, login),
  ref: fc.constantFrom('refs/heads/main', 'refs/heads/main', 'refs/heads/evil'),
  event: fc.constantFrom('push', 'push', 'schedule', 'issue_comment'),
  attempt: fc.constantFrom(1, 1, 2),
  reachable: fc.constantFrom(true, true, false),
  workflow: fc.constantFrom(undefined, undefined, null, { path: 'evil.yml' }, { same_as_default: false }),
  workflows,
  fork: fc.constantFrom(false, false, false, true),
  requested_at: time,
  ships: shipped,
  files,
  checks,
  released: few(
    fc.record({
      environment: fc.constantFrom('production', 'development'),
      sha,
      at: fc.oneof({ weight: 4, arbitrary: time }, fc.constant(ago(200 * DAY))),
      state: fc.constantFrom('success', 'success', 'failure'),
      contains: fc.boolean(),
      through_us: fc.boolean(),
      rejected_at: fc.option(time, { freq: 1 }),
    }),
  ),
  running: few(fc.record({ sha }), 1),
  approvals: few(
    fc.record({
      by: login,
      at: time,
      decision: fc.constantFrom('approve', 'approve', 'approve', 'reject'),
      attempt: fc.constantFrom(1, 1, 2),
      via: fc.constantFrom('page', 'environment'),
    }),
    5,
  ),
  releases: few(fc.record({ by: login, at: time }), 2),
  overrides: fc.oneof(
    few(fc.record({ by: login, at: time, reason: fc.constantFrom('down', ''), reviewed_at: fc.option(time) }), 2),
    fc.constant([{ by: 'cora', at: ago(HOUR), reason: 'down', reviewed_at: null }]),
  ),
  bypasses: few(fc.record({ at: time, reviewed_at: fc.option(time) }), 1),
})

export const push = fc.record({
  by: signatory,
  commits: shipped,
  checks,
  forced: fc.constantFrom(false, false, true),
  created: fc.constantFrom(false, false, true),
})

/** What GitHub enforces where the subject is about: what the policy asks, or less. */
export const protection: fc.Arbitrary<RawSituation['protection']> = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  null,
  { main: { own_check: false } },
  { main: { checks: ['other'] } },
)

/** A change's, a deployment's or a push's; keys of the other kinds are never looked at. */
export type Raw = RawChange & RawDeployment & RawPush

export const rawChange = change.map((raw) => raw as unknown as Raw)
export const rawDeployment = deployment.map((raw) => raw as unknown as Raw)
export const rawPush = push.map((raw) => raw as unknown as Raw)
/** One that the policy gate is about. */
export const rawPolicyChange = rawChange.map((raw): Raw => ({
  ...raw,
  files: [...(raw.files ?? []), '.github/release-gates.yml'],
}))
