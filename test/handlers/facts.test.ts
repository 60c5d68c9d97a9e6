import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import type { EventName } from '../../src/handlers/index.js'
import type { Topic } from '../../src/policy/facts.js'
import { BASE, beyondAddress, payload, SHA, type Json } from './examples.js'

/** What subjects of a repository may have asked, one key for each fact, and the policy that they rest on. */
const ASKED = {
  repository: 'repository',
  change: 'change',
  commits: 'commits',
  files: 'files',
  reviews: 'reviews',
  comments: 'comments',
  checks: 'checks',
  workflows: 'workflows',
  conversations: 'conversations',
  linked_issues: 'linked_issues',
  diffs: 'diffs',
  protection: 'protection',
  teams: 'teams/leads',
  users: 'users/dora',
  roles: 'roles',
  organizations: 'organizations/acme',
  deployment: 'deployment',
  ships: 'ships',
  released: 'released',
  running: 'running',
  approvals: 'approvals',
  releases: 'releases',
  overrides: 'overrides',
  bypasses: 'bypasses',
  push: 'push',
  policy: 'policy/main',
} as const satisfies Record<Topic | 'policy', string>
type Fact = keyof typeof ASKED
const FACTS = Object.keys(ASKED) as readonly Fact[]

/** A look at a pull request reads all of these afresh, so that the pull request itself is named. */
const OF_A_CHANGE: readonly Fact[] = [
  'change',
  'commits',
  'files',
  'reviews',
  'comments',
  'conversations',
  'linked_issues',
  'diffs',
]

const wokenBy = (event: EventName, body: Json): readonly Fact[] => {
  const hints = beyondAddress(event, payload(body))
  const about = hints.flatMap((hint) => (hint.kind === 'wake' ? hint.about : []))
  const touched = hints.some((hint) => hint.kind === 'touch' && hint.subject.kind === 'change') ? OF_A_CHANGE : []
  const isWoken = (fact: Fact) =>
    touched.includes(fact) || about.some((key) => ASKED[fact] === key || ASKED[fact].startsWith(`${key}/`))
  return FACTS.filter(isWoken)
}

const pull = { number: 12, head: { sha: SHA } }
const of = (action: string, more: Json = {}) => ({ action, pull_request: { ...pull, ...more } })
const run = { id: 42, head_sha: SHA }
const other = { id: 5, name: 'test', head_sha: SHA, app: { id: 15368 } }
const deployment = { id: 77, sha: SHA, environment: 'production', original_environment: 'production' }
const push = {
  ref: 'refs/heads/main',
  before: BASE,
  after: SHA,
  commits: [],
  forced: false,
  created: false,
  deleted: false,
}
const without = { repository: undefined }
const PEOPLE: readonly Fact[] = ['teams', 'roles']
const RUN: readonly Fact[] = ['checks', 'workflows', 'deployment']

/** What happened, how GitHub tells it, and which facts may be others now. */
const TABLE: readonly (readonly [string, EventName, Json, readonly Fact[]])[] = [
  ['a label is set', 'pull_request', of('labeled'), OF_A_CHANGE],
  ['a pull request is retargeted', 'pull_request', of('edited'), OF_A_CHANGE],
  ['a pull request is pushed to', 'pull_request', of('synchronize'), OF_A_CHANGE],
  ['a merged pull request is edited', 'pull_request', of('edited', { merged: true }), [...OF_A_CHANGE, 'ships']],
  ['a pull request is enqueued', 'pull_request', of('enqueued'), OF_A_CHANGE],
  [
    'a review is dismissed',
    'pull_request_review',
    { ...of('dismissed'), review: { commit_id: SHA } },
    [...OF_A_CHANGE, 'ships'],
  ],
  ['a conversation is resolved', 'pull_request_review_thread', of('resolved'), OF_A_CHANGE],
  [
    'a comment is edited',
    'issue_comment',
    { action: 'edited', issue: { number: 12, pull_request: {} }, comment: { id: 3, body: 'x' } },
    OF_A_CHANGE,
  ],
  ['a check of another app ends', 'check_run', { action: 'completed', check_run: other }, ['checks', 'workflows']],
  [
    'a suite of another app ends',
    'check_suite',
    { action: 'completed', check_suite: { ...other, pull_requests: [] } },
    ['checks', 'workflows'],
  ],
  ['a status is set', 'status', { sha: SHA }, ['checks']],
  ['a run begins', 'workflow_run', { action: 'requested', workflow_run: run }, RUN],
  ['a run ends', 'workflow_run', { action: 'completed', workflow_run: run }, [...RUN, 'running']],
  ['a job moves', 'workflow_job', { action: 'completed', workflow_job: { run_id: 42, head_sha: SHA } }, RUN],
  ['somebody joins a team', 'membership', { action: 'added', ...without }, PEOPLE],
  ['a team is renamed', 'team', { action: 'edited', ...without }, PEOPLE],
  ['a collaborator is added', 'member', { action: 'added' }, ['roles']],
  [
    'somebody leaves the organisation',
    'organization',
    { action: 'member_removed', ...without },
    [...PEOPLE, 'organizations', 'repository'],
  ],
  ['branch protection is edited', 'branch_protection_rule', { action: 'edited' }, ['protection']],
  ['branch protection is switched off', 'branch_protection_configuration', { action: 'disabled' }, ['protection']],
  ['a ruleset is edited', 'repository_ruleset', { action: 'edited' }, ['protection']],
  ['a ruleset of the organisation is edited', 'repository_ruleset', { action: 'edited', ...without }, ['protection']],
  ['the base is pushed to', 'push', push, ['policy']],
  ['the base is rewritten', 'push', { ...push, forced: true }, ['deployment', 'policy']],
  ['a branch or tag is made', 'create', { ref: 'v1', ref_type: 'tag' }, ['deployment']],
  ['a branch or tag is deleted', 'delete', { ref: 'v1', ref_type: 'tag' }, ['deployment']],
  ['the default branch is another one', 'repository', { action: 'edited' }, ['protection', 'repository', 'policy']],
  ['somebody deploys', 'deployment', { action: 'created', deployment, workflow_run: run }, ['running']],
  [
    'a deployment moves on',
    'deployment_status',
    { action: 'created', deployment, deployment_status: { state: 'failure' }, workflow_run: run },
    ['released', 'running', 'ships'],
  ],
  [
    'GitHub’s own reviewer approves',
    'deployment_review',
    { action: 'approved', workflow_run: run },
    ['approvals', 'deployment'],
  ],
]

test.each(TABLE)('%s: exactly what asked a fact that may be another one now is woken', (_what, event, body, facts) => {
  expect([...wokenBy(event, body)].sort()).toEqual([...facts].sort())
})

test('every event of the manifest is in the table, or names its one subject itself', () => {
  const { default_events: events } = parse(readFileSync('app.yml', 'utf8')) as { default_events: string[] }
  const known = new Set<string>([...TABLE.map(([, event]) => event), 'deployment_protection_rule', 'merge_group'])
  expect(events.filter((event) => !known.has(event))).toEqual([])
})

/** Facts that GitHub tells no app of when they change, and those that only this app's own records hold. */
const UNTOLD: readonly Fact[] = [
  'users', // a login that changes hands: the cache's time limit, and the pin
  'push', // what a push brought never changes
  'releases', // people's acts: whoever records them names the deployment
  'overrides',
  'bypasses',
]

test('every fact is told by some event, or is not GitHub’s to tell', () => {
  const told = new Set(TABLE.flatMap(([, , , facts]) => facts))
  expect(FACTS.filter((fact) => !told.has(fact)).sort()).toEqual([...UNTOLD].sort())
})
