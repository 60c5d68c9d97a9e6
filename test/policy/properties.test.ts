import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decide } from '../../src/policy/decide.js'
import { unknown, type Facts } from '../../src/policy/facts.js'
import type { RawChange, RawDeployment } from '../../src/policy/scenario-schema.js'
import { CODES } from '../../src/policy/verdict.js'
import { ago, findingsIn, judged, mergeCase, NOW, policies, releaseCase, type Case } from './given.js'

const LOGINS = ['dev', 'lena', 'leo', 'dora', 'dan', 'cora', 'robot[bot]', 'mallory'] as const
const SHAS = ['c1', 'c2', 'c3'] as const
const login = fc.constantFrom(...LOGINS)
const signatory = fc.option(login, { freq: 8 })
const sha = fc.constantFrom(...SHAS)
const time = fc.integer({ min: 0, max: 9 }).map((days) => ago(days * 86_400_000))
const few = <T>(of: fc.Arbitrary<T>, maxLength = 4) => fc.array(of, { maxLength })

const review = fc.record({
  by: signatory,
  state: fc.constantFrom('approved', 'approved', 'changes_requested', 'dismissed', 'commented'),
  commit: fc.option(sha, { freq: 8 }),
  at: fc.option(time, { freq: 8 }),
})
const conclusion = fc.constantFrom('success', 'success', 'failure', 'running', 'skipped')
const check = fc.record({ conclusion, app: fc.constantFrom('github-actions', 'github-actions', 'evil') })
const checks = fc.dictionary(fc.constantFrom('test', 'scan'), few(check, 2))
const files = few(
  fc.record({ path: fc.constantFrom('src/a.ts', 'docs/b.md'), previous: fc.option(fc.constant('ops/c.yml')) }),
)
const commit = (id: string, before: string) =>
  fc.record({
    sha: fc.constant(id),
    author: signatory,
    committer: signatory,
    co_authors: few(signatory, 1),
    parents: fc.constantFrom([before], [before, 'base']),
  })
const commits = fc
  .tuple(commit('c1', 'base'), commit('c2', 'c1'), commit('c3', 'c2'))
  .chain((all) => fc.integer({ min: 1, max: 3 }).map((length) => all.slice(0, length)))

const change = fc.record({
  author: signatory,
  draft: fc.boolean(),
  fork: fc.boolean(),
  labels: few(fc.constantFrom('ready', 'hold'), 2),
  commits,
  files,
  reviews: few(review, 5),
  checks,
  diff: fc.dictionary(sha, fc.constantFrom('x', 'y')),
  retargeted_at: fc.option(time, { freq: 1, nil: null }),
  unresolved_conversations: fc.integer({ min: 0, max: 1 }),
})

const shipped = commits.chain((all) =>
  fc
    .array(
      fc.option(
        fc.record({
          number: fc.integer({ min: 1, max: 2 }),
          author: signatory,
          merged_by: signatory,
          gate: fc.constantFrom('allow', 'allow', 'wait'),
          reviews: few(review, 2),
        }),
        { freq: 6 },
      ),
      { minLength: all.length, maxLength: all.length },
    )
    .map((changes) => all.map((each, index) => ({ ...each, change: changes[index] ?? null }))),
)

const deployment = fc.record({
  sha,
  by: signatory,
  ref: fc.constantFrom('refs/heads/main', 'refs/heads/main', 'refs/heads/evil'),
  event: fc.constantFrom('push', 'push', 'schedule', 'issue_comment'),
  attempt: fc.integer({ min: 1, max: 2 }),
  reachable: fc.boolean(),
  requested_at: time,
  ships: shipped,
  files,
  checks,
  released: few(
    fc.record({
      environment: fc.constantFrom('production', 'development'),
      sha,
      at: time,
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
  overrides: few(
    fc.record({ by: login, at: time, reason: fc.constantFrom('down', ''), reviewed_at: fc.option(time) }),
    2,
  ),
  bypasses: few(fc.record({ at: time, reviewed_at: fc.option(time) }), 1),
})

const CONDITIONS = [
  '{ author: { in: core } }',
  '{ author: { not_in: leads } }',
  '{ contributors: { any_in: core } }',
  '{ contributors: { only_in: [leads, core] } }',
  '{ changed: { paths: ["src/**"] } }',
  '{ not: { changed: { paths: ["**"], only: true } } }',
  '{ size: { total: "<1" } }',
  '{ signed: true }',
]
const COMMON = [
  '{ approval: { from: leads } }',
  '{ approval: { from: [leads, managers], count: 2, within: 7d, involved: [author] } }',
  '{ approval: { from: core, objections: ignore } }',
  '{ no_objection: { from: leads } }',
  '{ checks: [test, scan] }',
  '{ protected: {} }',
  ...CONDITIONS,
]
const MERGE = [
  ...COMMON,
  '{ approval: { from: leads, after_push: same_diff } }',
  '{ draft: false }',
  '{ labels: { all: [ready], none: [hold] } }',
  '{ conversations: resolved }',
  '{ documents: { headings: [Plan] } }',
  '{ linked_issue: {} }',
]
const RELEASE = [
  ...COMMON,
  '{ approval: { from: managers, by: [page, environment, review], involved: [deployer, merger] } }',
  '{ ref: { branches: [main] } }',
  '{ deployer: { in: managers } }',
  '{ actor: { kind: [user] } }',
  '{ deployed: { to: development, for: 30m } }',
  '{ reviewed: {} }',
  '{ newest: {} }',
  '{ one_at_a_time: {} }',
  '{ delay: 1d }',
  '{ documents: { headings: [Plan] } }',
  '{ when: [{ deployer: { in: core } }], require: [{ approval: { from: core } }] }',
]

const entry = (rules: readonly string[]) => {
  const rule = fc.constantFrom(...rules)
  const list = fc.array(rule, { minLength: 1, maxLength: 3 }).map((some) => some.join(', '))
  return fc.oneof(
    { weight: 4, arbitrary: rule },
    list.map((some) => `{ any: [${some}] }`),
    list.map((some) => `{ all: [${some}] }`),
    fc.constantFrom(...CONDITIONS).map((condition) => `{ not: ${condition} }`),
    fc
      .tuple(fc.constantFrom(...CONDITIONS), list)
      .map(([condition, some]) => `{ when: [${condition}], require: [${some}] }`),
  )
}
const entries = (rules: readonly string[]) =>
  fc.array(entry(rules), { minLength: 1, maxLength: 4 }).map((some) => some.join(', '))

const merges = fc
  .tuple(entries(MERGE), fc.boolean())
  .map(([list, distinct]) => policies(`branches: { main: { distinct: ${distinct}, merge: [${list}] } }`))
const extras = fc.subarray([
  'rollback: { within: 30d, rules: [{ deployer: { in: managers } }] }',
  'override: { by: core, expires: 24h, review_within: 48h, reviewed_by: leads }',
  'bypass: { review_within: 48h, reviewed_by: leads }',
  'distinct: true',
])
const releases = fc
  .tuple(entries(RELEASE), extras)
  .map(([list, more]) => policies(`environments: { production: { ${[`release: [${list}]`, ...more].join(', ')} } }`))

/** A change's or a deployment's; keys of the other kind are never looked at. */
type Raw = RawChange & RawDeployment

interface Made {
  readonly raw: Raw
  readonly of: (raw: Raw) => Case
}
const made: fc.Arbitrary<Made> = fc.oneof(
  fc
    .tuple(merges, change)
    .map(([given, raw]) => ({ raw: raw as unknown as Raw, of: (each: Raw) => mergeCase(given, each) })),
  fc
    .tuple(releases, deployment)
    .map(([given, raw]) => ({ raw: raw as unknown as Raw, of: (each: Raw) => releaseCase(given, each) })),
)

const opens = ({ gate, facts }: Case, other: Facts = facts) => decide(gate, other, NOW).decision === 'allow'
const RUNS = { numRuns: 150 }

test('the generated gates open and shut, so that the laws below are about something', () => {
  const decisions = fc.sample(made, { numRuns: 400, seed: 7 }).map(({ of, raw }) => judged(of(raw)).decision)
  expect(new Set(decisions)).toEqual(new Set(['allow', 'wait', 'deny', 'undecided']))
})

test('deciding never throws, and says only what can be said in JSON and in known codes', () => {
  fc.assert(
    fc.property(made, ({ raw, of }) => {
      const verdict = judged(of(raw))
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
      for (const { code, outcome } of findingsIn(verdict.findings)) {
        if (code !== undefined) expect(CODES).toContain(code)
        else expect(['allow', 'inactive', 'wait', 'deny', 'undecided']).toContain(outcome)
      }
    }),
    RUNS,
  )
})

test('a fact that becomes unknown never opens a gate', () => {
  fc.assert(
    fc.property(made, fc.nat(), ({ raw, of }, choice) => {
      const one = of(raw)
      const keys = [...one.facts.keys()]
      const key = keys[choice % keys.length] ?? ''
      const darker = new Map(one.facts).set(key, unknown('dark', 'test', NOW))
      const without = new Map([...one.facts].filter(([each]) => each !== key))
      expect(opens(one) || !opens(one, darker)).toBe(true)
      expect(opens(one, darker)).toBe(opens(one, without))
    }),
    { numRuns: 600 },
  )
})

test('an approval or a green check that is taken away never opens a gate', () => {
  fc.assert(
    fc.property(made, fc.nat(), ({ raw, of }, choice) => {
      const shut = !opens(of(raw))
      const reviews = (raw.reviews ?? []).filter(({ state }, index) => state !== 'approved' || index !== choice % 5)
      const approvals = (raw.approvals ?? []).filter(
        ({ decision }, index) => decision !== 'approve' || index !== choice % 5,
      )
      const fewer = { ...raw, reviews, approvals, checks: choice % 3 === 0 ? {} : (raw.checks ?? {}) }
      if (shut) expect(opens(of(fewer))).toBe(false)
    }),
    { numRuns: 400 },
  )
})

test('the order of reviews, files, checks, approvals and releases never matters', () => {
  const turned = <T>(list: readonly T[] | undefined): T[] => [...(list ?? [])].reverse()
  fc.assert(
    fc.property(made, ({ raw, of }) => {
      const other = of({
        ...raw,
        reviews: turned(raw.reviews),
        files: turned(raw.files),
        approvals: turned(raw.approvals),
        releases: turned(raw.releases),
        overrides: turned(raw.overrides),
      })
      const one = of(raw)
      const reordered = new Map([...one.facts].map(([key, fact]) => [key, other.facts.get(key) ?? fact]))
      const strip = (facts: Facts) => {
        const { decision, lookAgainAt, findings } = decide(one.gate, facts, NOW)
        return {
          decision,
          lookAgainAt,
          outcomes: findingsIn(findings).map(({ rule, outcome, code, also }) => [
            rule,
            outcome,
            code,
            [...(also ?? [])].sort(),
          ]),
        }
      }
      expect(strip(reordered)).toEqual(strip(one.facts))
    }),
    RUNS,
  )
})

test('the same gate, facts and instant give the same verdict', () => {
  fc.assert(
    fc.property(made, ({ raw, of }) => expect(judged(of(raw))).toEqual(judged(of(raw)))),
    RUNS,
  )
})
