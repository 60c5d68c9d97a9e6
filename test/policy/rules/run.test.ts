import { expect, test } from '@jest/globals'
import { codesOf, merge, release, said } from '../given.js'

test.each(['push', 'workflow_dispatch', 'release', 'schedule'])('%s is a usual event', (event) => {
  expect(said(release('{ ref: { branches: [main] } }', { event }))).toBe('allow')
})

test.each([
  'pull_request_target',
  'pull_request',
  'issue_comment',
  'workflow_run',
  'merge_group',
  'repository_dispatch',
  'api',
  '',
])('a run of %p is refused where no policy names it', (event) => {
  if (event === '') return expect(said(release('{ event: {} }', { event: 'x' }))).toBe('deny event_not_allowed')
  expect(said(release('{ ref: { branches: [main] } }', { event }))).toBe('deny event_not_allowed')
})

test('named events take the place of the usual ones', () => {
  expect(said(release('{ event: { in: [repository_dispatch] } }', { event: 'repository_dispatch' }))).toBe('allow')
  expect(said(release('{ event: { in: [repository_dispatch] } }', { event: 'push' }))).toBe('deny event_not_allowed')
})

const REF = '{ ref: { branches: [main, "release/*"], tags: ["v*"] } }'

test.each(['refs/heads/main', 'refs/heads/release/1.2', 'refs/tags/v1'])('%s is released', (ref) => {
  expect(said(release(REF, { ref }))).toBe('allow')
})

test.each([
  'refs/heads/evil',
  'refs/heads/xmain',
  'refs/heads/release/1/evil',
  'refs/tags/main',
  'refs/heads/v1',
  'refs/heads/refs/heads/main',
  'refs/heads/heads/main',
  'refs/pull/7/merge',
  'main',
  'refs/heads/gh-readonly-queue/main/pr-7',
])('%s is not', (ref) => {
  expect(said(release(REF, { ref }))).toBe('deny ref_not_allowed')
})

test('RF-02 RF-21 even a glob for everything fits no misleading name', () => {
  const everything = '{ ref: { branches: ["**"] } }'
  expect(said(release(everything, { ref: 'refs/heads/a/b' }))).toBe('allow')
  expect(said(release(everything, { ref: 'refs/heads/refs/heads/main' }))).toBe('deny ref_not_allowed')
  expect(said(release(everything, { ref: 'refs/heads/gh-readonly-queue/main/pr-7' }))).toBe('deny ref_not_allowed')
})

test('a bare SHA, a fork, a doubtful name and a commit off the branch', () => {
  expect(said(release(REF, { ref: null }))).toBe('deny ref_not_allowed')
  expect(codesOf(release(REF, { fork: true }), 'ref')).toEqual(['ref_not_allowed', 'fork_not_allowed'])
  expect(said(release(REF, { same_named_ref: true }))).toBe('deny ref_ambiguous')
  expect(said(release(REF, { reachable: false }))).toBe('wait sha_not_reachable')
  expect(said(release('{ ref: { tags: ["v*"] } }'))).toBe('deny ref_not_allowed')
})

const WORKFLOW = '{ workflow: { paths: [.github/workflows/release.yml] } }'

test("the workflow file is listed, and the default branch's version", () => {
  const changed = { path: '.github/workflows/release.yml', same_as_default: false }
  expect(said(release(WORKFLOW))).toBe('allow')
  expect(said(release(WORKFLOW, { workflow: { path: '.github/workflows/evil.yml' } }))).toBe(
    'deny workflow_not_allowed',
  )
  expect(said(release(WORKFLOW, { workflow: changed }))).toBe('deny workflow_changed')
  expect(
    said(
      release('{ workflow: { paths: [.github/workflows/release.yml], same_as_default: false } }', {
        workflow: changed,
      }),
    ),
  ).toBe('allow')
  expect(said(release(`{ event: { in: [api] } }, ${WORKFLOW}`, { event: 'api' }))).toBe('deny workflow_not_allowed')
})

test('the tier is listed', () => {
  expect(said(release('{ tier: { in: [production] } }'))).toBe('allow')
  expect(said(release('{ tier: { in: [staging, other] } }'))).toBe('deny tier_not_allowed')
})

const CHECKS = '{ checks: [test, scan] }'

test('every check is green', () => {
  expect(said(merge(CHECKS, { checks: { test: 'success', scan: 'success' } }))).toBe('allow')
  expect(said(release(CHECKS, { checks: { test: 'success', scan: 'success' } }))).toBe('allow')
})

test.each([
  ['missing', {}, 'check_missing'],
  ['failed', { scan: 'failure' }, 'check_failed'],
  ['running', { scan: 'running' }, 'check_running'],
  ['skipped', { scan: 'skipped' }, 'check_failed'],
  ['neutral', { scan: 'neutral' }, 'check_failed'],
  ['red in one of two suites', { scan: ['success', { conclusion: 'failure', suite: 2 }] }, 'check_failed'],
  [
    'still running in one of two suites',
    {
      scan: [
        { conclusion: 'success', suite: 1 },
        { conclusion: 'running', suite: 2 },
      ],
    },
    'check_running',
  ],
  ['reported by another app', { scan: { conclusion: 'success', app: 'evil' } }, 'check_untrusted'],
  ['a commit status', { scan: { conclusion: 'success', kind: 'status', by: 'lena' } }, 'check_untrusted'],
])('a check that is %s holds', (_, scan, code) => {
  expect(said(merge(CHECKS, { checks: { test: 'success', ...scan } as never }))).toBe(`wait ${code}`)
})

test('another reporter does not spoil what is green', () => {
  const checks = { test: 'success', scan: ['success', { conclusion: 'failure', app: 'evil' }] }
  expect(said(merge(CHECKS, { checks }))).toBe('allow')
})

test('all that is open is told', () => {
  expect(codesOf(merge('{ checks: [a, b, c] }', { checks: { a: 'running', b: 'failure' } }), 'checks')).toEqual([
    'check_failed',
    'check_missing',
    'check_running',
  ])
})

test('conclusions, app and workflow are as named', () => {
  expect(
    said(merge('{ checks: [{ name: test, conclusions: [success, skipped] }] }', { checks: { test: 'skipped' } })),
  ).toBe('allow')
  const byApp = '{ checks: [{ name: test, app: circleci }] }'
  expect(said(merge(byApp, { checks: { test: { conclusion: 'success', app: 'circleci' } } }))).toBe('allow')
  expect(said(merge(byApp, { checks: { test: 'success' } }))).toBe('wait check_untrusted')
  const byFile = '{ checks: [{ name: test, workflow: .github/workflows/ci.yml }] }'
  expect(
    said(merge(byFile, { checks: { test: { conclusion: 'success', workflow: '.github/workflows/ci.yml' } } })),
  ).toBe('allow')
  expect(
    said(merge(byFile, { checks: { test: { conclusion: 'success', workflow: '.github/workflows/x.yml' } } })),
  ).toBe('wait check_untrusted')
})

test('a commit status counts from people named only', () => {
  const rule = '{ checks: [{ name: test, status: true, by: leads }] }'
  const status = (by: string | null) => ({ checks: { test: { conclusion: 'success', kind: 'status' as const, by } } })
  expect(said(merge(rule, status('lena')))).toBe('allow')
  expect(said(merge(rule, status('mallory')))).toBe('wait check_untrusted')
  expect(said(merge(rule, status(null)))).toBe('wait check_untrusted')
  expect(said(merge(rule, { checks: { test: 'success' } }))).toBe('wait check_untrusted')
})

test('workflows ran on exactly this commit and concluded so', () => {
  const rule = '{ workflows: { paths: [.github/workflows/ci.yml] } }'
  expect(said(merge(rule, { workflows: { '.github/workflows/ci.yml': 'success' } }))).toBe('allow')
  expect(said(merge(rule, { workflows: { '.github/workflows/ci.yml': 'failure' } }))).toBe('wait workflow_failed')
  expect(said(merge(rule, { workflows: { '.github/workflows/other.yml': 'success' } }))).toBe('wait workflow_missing')
  expect(said(merge(rule, { workflows: { '.github/workflows/ci.yml': 'running' } }))).toBe('wait workflow_missing')
})
