import { expect, test } from '@jest/globals'
import { linkedIssue } from '../../../src/policy/rules/linked-issue.js'
import { inMerge, merge, problemsOf, release, said } from '../given.js'

test('draft and fork are as asked, or hold', () => {
  expect(said(merge('{ draft: false }', { draft: false }))).toBe('allow')
  expect(said(merge('{ draft: false }', { draft: true }))).toBe('wait draft')
  expect(said(merge('{ fork: false }', { fork: true }))).toBe('deny fork_not_allowed')
  expect(said(merge('{ fork: true }', { fork: true }))).toBe('allow')
  expect(said(release('{ fork: false }', { fork: true }))).toBe('deny fork_not_allowed')
})

test('a title is searched, a branch name is fitted whole', () => {
  expect(said(merge('{ title: { matches: "^feat" } }', { title: 'feat: a thing' }))).toBe('allow')
  expect(said(merge('{ title: { matches: "PAY-[0-9]+" } }', { title: 'Fix PAY-12 again' }))).toBe('allow')
  expect(said(merge('{ title: { not_matches: [WIP] } }', { title: 'WIP: a thing' }))).toBe('deny pattern_not_met')
  expect(said(merge('{ head: { matches: "feature/.*" } }', { head: 'feature/a' }))).toBe('allow')
  expect(said(merge('{ head: { matches: "feature" } }', { head: 'my-feature-2' }))).toBe('deny pattern_not_met')
  expect(said(merge('{ base: { matches: main } }', { base: 'main' }))).toBe('allow')
  expect(said(merge('{ base: { matches: ".*", not_matches: main } }', { base: 'main' }))).toBe('deny pattern_not_met')
  expect(said(merge('{ repository: { matches: "acme/.*" } }'))).toBe('allow')
  expect(said(release('{ repository: { matches: "other/.*" } }'))).toBe('deny pattern_not_met')
})

test('labels are compared case-blind', () => {
  expect(said(merge('{ labels: { all: [Safe, Reviewed] } }', { labels: ['safe', 'REVIEWED'] }))).toBe('allow')
  expect(said(merge('{ labels: { all: [Safe, Reviewed] } }', { labels: ['safe'] }))).toBe('wait label_missing')
  expect(said(merge('{ labels: { any: [a, b] } }', { labels: ['b'] }))).toBe('allow')
  expect(said(merge('{ labels: { any: [a, b] } }', { labels: [] }))).toBe('wait label_missing')
  expect(said(merge('{ labels: { none: [hold] } }', { labels: ['Hold'] }))).toBe('wait label_missing')
})

test('a changed file fits, or only such files, or none', () => {
  const files = [{ path: 'src/a.ts' }, { path: 'docs/b.md' }]
  expect(said(merge('{ changed: { paths: ["src/**"] } }', { files }))).toBe('allow')
  expect(said(merge('{ changed: { paths: ["src/**"], only: true } }', { files }))).toBe('deny path_not_allowed')
  expect(said(merge('{ changed: { paths: ["src/**", "docs/**"], only: true } }', { files }))).toBe('allow')
  expect(said(merge('{ changed: { paths: ["src/**"], only: true } }', { files: [] }))).toBe('deny path_not_allowed')
  expect(said(merge('{ changed: { paths: ["ops/**"], none: true } }', { files }))).toBe('allow')
  expect(said(merge('{ changed: { paths: ["src/**"], none: true } }', { files }))).toBe('deny path_not_allowed')
  expect(said(merge('{ changed: { except: ["docs/**"], none: true } }', { files: [{ path: 'docs/b.md' }] }))).toBe(
    'allow',
  )
  expect(said(merge('{ changed: { matches: "src/.*\\\\.ts", except: ["src/a.ts"] } }', { files }))).toBe(
    'deny path_not_allowed',
  )
  expect(said(release('{ changed: { paths: ["src/**"], none: true } }', { files }))).toBe('wait path_not_allowed')
})

test('FO-08 a rename is a deletion and an addition', () => {
  const files = [{ path: 'docs/a.ts', previous: 'src/auth/a.ts' }]
  expect(said(merge('{ changed: { paths: ["src/auth/**"], none: true } }', { files }))).toBe('deny path_not_allowed')
  expect(said(merge('{ changed: { paths: ["docs/**"], only: true } }', { files }))).toBe('deny path_not_allowed')
})

test('sizes are compared, all of those given', () => {
  const files = [
    { path: 'a', additions: 300, deletions: 100 },
    { path: 'b', additions: 50, deletions: 49 },
  ]
  const judge = (size: string) => said(merge(`{ size: { ${size} } }`, { files }))
  expect(judge('total: "<500"')).toBe('allow')
  expect(judge('total: "<499"')).toBe('deny size_not_allowed')
  expect(judge('total: "<=499", additions: ">=350"')).toBe('allow')
  expect(judge('total: "<=499", additions: ">350"')).toBe('deny size_not_allowed')
  expect(judge('deletions: "=149"')).toBe('allow')
  expect(said(release('{ size: { total: "<1" } }', { files }))).toBe('wait size_not_allowed')
})

test('unresolved conversations hold', () => {
  expect(said(merge('{ conversations: resolved }', { unresolved_conversations: 0 }))).toBe('allow')
  expect(said(merge('{ conversations: resolved }', { unresolved_conversations: 2 }))).toBe('wait conversations_open')
})

test('every commit is signed, by these people where some are named', () => {
  const commits = [
    { sha: 'c1', signed: { by: 'cora' } },
    { sha: 'c2', signed: true as const },
  ]
  expect(said(merge('{ signed: true }', { commits }))).toBe('allow')
  expect(said(merge('{ signed: true }', { commits: [...commits, { sha: 'c3' }] }))).toBe('deny not_signed')
  expect(said(merge('{ signed: { by: core } }', { commits }))).toBe('deny not_signed')
  expect(said(merge('{ signed: { by: core } }', { commits: [{ sha: 'c1', signed: { by: 'cora' } }] }))).toBe('allow')
  expect(said(merge('{ signed: true }', { commits, head_sha: 'c9' }))).toBe('undecided fact_unknown')
  expect(said(release('{ signed: true }', { sha: 'c1', ships: [{ sha: 'c1', signed: false, change: {} }] }))).toBe(
    'wait not_signed',
  )
})

test('documents need each heading with text under it', () => {
  const rule = '{ documents: { headings: [Rollback plan, Test data] } }'
  expect(said(merge(rule, { body: '## Rollback plan\nRedeploy.\n\n## *Test* data\nNone.' }))).toBe('allow')
  expect(said(merge(rule, { body: '## Rollback plan\n\n## Test data\nNone.' }))).toBe('wait documents_missing')
  const ships = (...bodies: string[]) => bodies.map((body, index) => ({ sha: `c${index + 1}`, change: { body } }))
  const good = '# Rollback plan\nx\n# Test data\ny'
  expect(said(release(rule, { sha: 'c2', ships: ships(good, good) }))).toBe('allow')
  expect(said(release(rule, { sha: 'c2', ships: ships(good, 'nothing') }))).toBe('wait documents_missing')
  expect(said(release(rule, { sha: 'c2', ships: ships(good, 'nothing'), release_notes: good }))).toBe('allow')
  expect(said(release(rule, { sha: 'c1', ships: [{ sha: 'c1' }] }))).toBe('wait documents_missing')
})

test('an issue is linked, or a ticket key stands in title or visible text', () => {
  const rule = '{ linked_issue: { matches: "PAY-[0-9]+" } }'
  expect(said(merge(rule, { linked_issues: ['#4'] }))).toBe('allow')
  expect(said(merge(rule, { title: 'PAY-12: pay' }))).toBe('allow')
  expect(said(merge(rule, { body: 'See PAY-12.' }))).toBe('allow')
  expect(said(merge(rule, { body: '<!-- e.g. PAY-12 -->' }))).toBe('wait issue_missing')
  expect(said(merge('{ linked_issue: {} }', { title: 'PAY-12: pay' }))).toBe('wait issue_missing')
  expect(said(release(rule, { sha: 'c1', ships: [{ sha: 'c1', change: { linked_issues: ['#4'] } }] }))).toBe('allow')
  expect(said(release(rule, { sha: 'c1', ships: [{ sha: 'c1', change: {} }] }))).toBe('wait issue_missing')
})

test.each([
  '{ draft: yes please }',
  '{ labels: {} }',
  '{ labels: { all: [] } }',
  '{ title: {} }',
  '{ title: { matches: "(" } }',
  '{ title: { matches: "(?=a)" } }',
  '{ changed: {} }',
  '{ changed: { paths: ["!a"] } }',
  '{ changed: { paths: [a], only: true, none: true } }',
  '{ size: { total: 500 } }',
  '{ size: { lines: "<1" } }',
  '{ conversations: true }',
  '{ signed: false }',
  '{ documents: { headings: [] } }',
  '{ approval: { from: [] } }',
  '{ approval: { from: leads, count: 0 } }',
  '{ approval: { from: leads, count: 1.5 } }',
  '{ approval: {} }',
  '{ approval: { from: leads, within: soon } }',
  '{ approval: { from: leads, within: 0s } }',
  '{ approval: { from: leads, involved: [friends] } }',
  '{ author: {} }',
  '{ contributors: { only_author: false } }',
  '{ checks: [] }',
  '{ checks: [{ name: test, status: true }] }',
  '{ checks: [{ name: test, by: leads }] }',
  '{ checks: [{ app: x }] }',
])('%s is an invalid rule', (rule) => {
  expect(problemsOf(inMerge(rule))).not.toEqual([])
})

test('an issue that GitHub does not show is neither linked nor missing', () => {
  const check = (issues: readonly string[] | null, title = '') =>
    linkedIssue.check(
      { subject: { each: [{ of: '#7', issues, title, body: '' }], nothing: false } },
      { matches: ['PAY-[0-9]+'] },
      {} as never,
    )
  expect(check(null)).toMatchObject({ outcome: 'undecided', code: 'fact_unknown' })
  expect(check(null, 'PAY-12: pay')).toMatchObject({ outcome: 'allow' })
  expect(check([])).toMatchObject({ outcome: 'wait', code: 'issue_missing' })
})
