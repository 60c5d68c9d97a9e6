import fc from 'fast-check'
import type { RawSituation } from '../../src/policy/scenario/schema.js'
import { ago, DAY } from './given.js'

/** Changes and deployments of which every fact is known, by people who all have an account. */

// ───────────── what may be so: every fact known, everybody with an account ─────────────

const login = fc.constantFrom('dev', 'lena', 'leo', 'dora', 'dan', 'cora')
const sha = fc.constantFrom('c1', 'c2')
const time = fc.integer({ min: 0, max: 6 }).map((days) => ago(days * DAY))
const few = <T>(of: fc.Arbitrary<T>, maxLength = 4) => fc.array(of, { maxLength })
const mostly = <T>(usual: T, ...others: T[]) => fc.constantFrom(usual, usual, usual, ...others)
const conclusion = mostly('success', 'failure', 'skipped')
const commits = fc.tuple(login, login).map(([one, two]) => [
  { sha: 'c1', author: one, parents: ['base'] },
  { sha: 'c2', author: two, parents: ['c1'] },
])
const files = fc.array(
  fc.record({ path: fc.constantFrom('src/a.ts', 'docs/b.md', 'ops/c.yml'), additions: fc.integer({ min: 0, max: 5 }) }),
  { minLength: 1, maxLength: 2 },
)
const checks = fc.record({ test: conclusion, scan: conclusion })
const review = fc.record({
  by: login,
  state: mostly('approved', 'changes_requested', 'dismissed'),
  commit: mostly('c2', 'c1'),
  at: time,
})

export const change = fc.record({
  author: login,
  draft: fc.boolean(),
  title: mostly('a', 'b', 'ax'),
  body: mostly('# Plan\ntext\n# Risk\ntext', '# Plan\ntext', ''),
  labels: few(fc.constantFrom('ready', 'hold'), 2),
  commits,
  files,
  reviews: few(review, 5),
  checks,
  diff: fc.dictionary(sha, fc.constantFrom('x', 'y')),
})

export const deployment = fc.record({
  sha: fc.constant('c2'),
  by: login,
  ref: mostly('refs/heads/main', 'refs/heads/evil'),
  event: mostly('push', 'schedule', 'api'),
  requested_at: time,
  ships: fc
    .tuple(commits, login, few(review, 2), mostly('allow', 'wait'))
    .map(([all, author, reviews, gate]) =>
      all.map((each) => ({ ...each, change: { number: 1, author, merged_by: 'leo', gate, reviews } })),
    ),
  files,
  checks,
  released: few(
    fc.record({
      environment: mostly('production', 'development'),
      sha: mostly('c2', 'c1', 'c9'),
      at: time,
      contains: fc.boolean(),
      state: mostly('success', 'in_progress'),
    }),
  ),
  approvals: few(
    fc.record({
      by: login,
      at: time,
      decision: mostly('approve', 'reject'),
      via: fc.constantFrom('page', 'environment'),
    }),
    5,
  ),
  releases: few(fc.record({ by: login, at: time }), 2),
  overrides: few(
    fc.record({
      by: fc.constantFrom('cora', 'carl', 'dora'),
      at: fc.constantFrom(ago(1000), ago(2 * DAY)),
      reason: fc.constant('down'),
      reviewed_at: fc.option(fc.constant(ago(0)), { freq: 3 }),
    }),
    2,
  ),
  bypasses: few(fc.record({ at: time, reviewed_at: fc.option(fc.constant(ago(0)), { freq: 3 }) }), 1),
})

export const protectionFound = fc.record({
  pull_request: fc.record({ approvals: fc.integer({ min: 0, max: 2 }) }),
  checks: fc.subarray(['test', 'scan']),
  force_push: fc.boolean(),
  admins: fc.boolean(),
})

export type Raw = RawSituation['change'] & RawSituation['deployment']

export const PEOPLE: RawSituation = {
  teams: { leads: ['lena', 'leo'], managers: ['dora', 'dan'], core: ['cora', 'carl', 'leo'] },
}
