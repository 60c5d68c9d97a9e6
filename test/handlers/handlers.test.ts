import { expect, test } from '@jest/globals'
import type { EventName } from '../../src/handlers/index.js'
import { BASE, beyondAddress, NOW, payload, SHA, touches, wakes, wakesAll, ZERO, type Json } from './examples.js'

const pull = (more: Json = {}) => ({ number: 12, head: { sha: SHA }, ...more })
const change = touches({ kind: 'change', number: 12 }, { sha: SHA })
const otherCheck = { id: 5, name: 'test', head_sha: SHA, app: { id: 15368 } }
const deployment = { id: 77, sha: SHA, environment: 'production', original_environment: 'production' }
const start = touches(
  { kind: 'start', environment: 'production', run: 42, deployment: 77 },
  { notBefore: NOW + 120_000 },
)
const apiDeployment = touches({ kind: 'api_deployment', environment: 'production', deployment: 77 }, { sha: SHA })
const RUN_FACTS = ['checks', 'workflows', 'deployment']
const pushed = {
  ref: 'refs/heads/main',
  before: BASE,
  after: SHA,
  commits: [],
  forced: false,
  created: false,
  deleted: false,
}
const tip = (branch: string, before: string | null = BASE) =>
  touches({ kind: 'push', branch, before, sha: SHA, by: 9 }, { sha: SHA })

const LAW: readonly (readonly [string, EventName, Json, readonly unknown[]])[] = [
  ['a pull request that changed is judged', 'pull_request', { action: 'synchronize', pull_request: pull() }, [change]],
  [
    'an action of a pull request that GitHub invents later is a hint like any other',
    'pull_request',
    { action: 'entangled', pull_request: pull() },
    [change],
  ],
  [
    'a merged pull request also wakes what ships it, and others with its head',
    'pull_request',
    { action: 'closed', pull_request: pull({ merged: true }) },
    [change, wakes(['ships']), wakes(['change'], SHA)],
  ],
  [
    'a review is judged with its pull request, with what ships it, and with its commit',
    'pull_request_review',
    { action: 'submitted', pull_request: pull(), review: { commit_id: BASE, state: 'approved' } },
    [change, wakes(['ships']), wakes(['reviews'], BASE)],
  ],
  [
    'a review that is dismissed may close a gate, and does not wait in a flood',
    'pull_request_review',
    { action: 'dismissed', pull_request: pull(), review: { commit_id: null, state: 'dismissed' } },
    [{ ...change, closes: true }, wakes(['ships'])],
  ],
  [
    'so may a review that asks for changes',
    'pull_request_review',
    { action: 'submitted', pull_request: pull(), review: { commit_id: null, state: 'changes_requested' } },
    [{ ...change, closes: true }, wakes(['ships'])],
  ],
  [
    'a review whose commit is gone is judged all the same',
    'pull_request_review',
    { action: 'submitted', pull_request: pull(), review: { commit_id: null } },
    [change, wakes(['ships'])],
  ],
  ['a conversation is judged', 'pull_request_review_thread', { action: 'resolved', pull_request: pull() }, [change]],
  [
    'a check of another app wakes what asked for checks of its commit',
    'check_run',
    { action: 'created', check_run: otherCheck },
    [wakes(['checks', 'workflows'], SHA)],
  ],
  [
    'a suite of another app wakes what asked for checks of its commit',
    'check_suite',
    { action: 'completed', check_suite: otherCheck },
    [wakes(['checks', 'workflows'], SHA)],
  ],
  ['a commit status wakes what asked for checks of its commit', 'status', { sha: SHA }, [wakes(['checks'], SHA)]],
  [
    'a run that begins wakes what waits for it, and the deployments that it supersedes',
    'workflow_run',
    { action: 'requested', workflow_run: { id: 42, head_sha: SHA } },
    [wakes(RUN_FACTS, SHA)],
  ],
  [
    'a run that ended also wakes who waits for the environment',
    'workflow_run',
    { action: 'completed', workflow_run: { id: 42, head_sha: SHA } },
    [wakes(RUN_FACTS, SHA), wakes(['running'])],
  ],
  [
    'a job without an environment only wakes',
    'workflow_job',
    { action: 'in_progress', workflow_job: { run_id: 42, head_sha: SHA } },
    [wakes(RUN_FACTS, SHA)],
  ],
  [
    'a job of an environment that starts is looked at two minutes later',
    'workflow_job',
    { action: 'in_progress', workflow_job: { run_id: 42, head_sha: SHA }, deployment },
    [wakes(RUN_FACTS, SHA), start],
  ],
  [
    'a job of an environment that is queued behind its gate is looked at two minutes later',
    'workflow_job',
    { action: 'queued', workflow_job: { run_id: 42, head_sha: SHA, status: 'queued' }, deployment },
    [wakes(RUN_FACTS, SHA), start],
  ],
  ...[
    ['waiting', 'waiting'],
    ['queued', 'waiting'],
    ['completed', 'completed'],
  ].map(
    ([action, status]) =>
      [
        `a job of an environment that is told as ${action} and ${status} need not have started`,
        'workflow_job',
        { action, workflow_job: { run_id: 42, head_sha: SHA, status }, deployment },
        [wakes(RUN_FACTS, SHA)],
      ] as const,
  ),
  [
    'a push to the default branch is judged, and everything that rests on the policy with it',
    'push',
    pushed,
    [tip('main'), wakes(['policy'])],
  ],
  [
    'a push to another branch wakes what rests on the policy there',
    'push',
    { ...pushed, ref: 'refs/heads/release/1' },
    [tip('release/1'), wakes(['policy/release/1'])],
  ],
  [
    'a push to another branch that touches the policy file wakes everything that rests on a policy',
    'push',
    { ...pushed, ref: 'refs/heads/release/1', commits: [{ modified: ['.github/release-gates.yml'] }] },
    [tip('release/1'), wakes(['policy'])],
  ],
  [
    'a forced push also wakes deployments, whose commit may be out of reach now',
    'push',
    { ...pushed, forced: true },
    [tip('main'), wakes(['deployment']), wakes(['policy'])],
  ],
  [
    'a branch that was made has nothing before it',
    'push',
    { ...pushed, ref: 'refs/heads/x', before: ZERO, created: true },
    [tip('x', null), wakes(['deployment']), wakes(['policy/x'])],
  ],
  [
    'a branch that was deleted has no tip to judge',
    'push',
    { ...pushed, ref: 'refs/heads/x', after: ZERO, deleted: true },
    [wakes(['deployment']), wakes(['policy/x'])],
  ],
  ['a tag that moved wakes deployments', 'push', { ...pushed, ref: 'refs/tags/v1' }, [wakes(['deployment'])]],
  ['a ref that was made wakes deployments', 'create', { ref: 'x', ref_type: 'tag' }, [wakes(['deployment'])]],
  ['a ref that was deleted wakes deployments', 'delete', { ref: 'x', ref_type: 'branch' }, [wakes(['deployment'])]],
  [
    'a merge group is judged at its own commit',
    'merge_group',
    {
      action: 'checks_requested',
      merge_group: {
        head_sha: SHA,
        head_ref: 'refs/heads/gh-readonly-queue/main/pr-12-b',
        base_sha: BASE,
        base_ref: 'refs/heads/main',
      },
    },
    [
      touches(
        { kind: 'group', sha: SHA, base: 'main', baseSha: BASE, headRef: 'refs/heads/gh-readonly-queue/main/pr-12-b' },
        { sha: SHA },
      ),
    ],
  ],
  [
    'a deployment that a run made only tells that somebody is on the way',
    'deployment',
    { action: 'created', deployment, workflow_run: { id: 42 } },
    [wakes(['running'])],
  ],
  [
    'a deployment that does not say what it was made for is judged where it is',
    'deployment',
    { action: 'created', deployment: { id: 77, sha: SHA, environment: 'production' }, workflow_run: null },
    [wakes(['running']), apiDeployment],
  ],
  [
    'a deployment made through the API is judged',
    'deployment',
    { action: 'created', deployment, workflow_run: null },
    [wakes(['running']), apiDeployment],
  ],
  [
    'a deployment status wakes what asked for releases, and looks at the start behind it',
    'deployment_status',
    { action: 'created', deployment, deployment_status: { state: 'in_progress' }, workflow_run: { id: 42 } },
    [wakes(['released', 'running', 'ships']), start],
  ],
  ...['waiting', 'queued', 'failure', 'error', 'inactive'].map(
    (state) =>
      [
        `a deployment in state ${state} need not have started: a rejected one ends so too`,
        'deployment_status',
        { action: 'created', deployment, deployment_status: { state }, workflow_run: { id: 42 } },
        [wakes(['released', 'running', 'ships'])],
      ] as const,
  ),
  [
    'a status of a deployment made through the API is judged',
    'deployment_status',
    { action: 'created', deployment, deployment_status: { state: 'success' } },
    [wakes(['released', 'running', 'ships']), apiDeployment],
  ],
  [
    'a deployment that was moved to another environment is looked at under both names',
    'deployment_status',
    {
      action: 'created',
      deployment: { ...deployment, environment: 'harmless' },
      deployment_status: { state: 'success' },
      workflow_run: { id: 42 },
    },
    [
      wakes(['released', 'running', 'ships']),
      touches({ kind: 'start', environment: 'harmless', run: 42, deployment: 77 }, { notBefore: NOW + 120_000 }),
      start,
    ],
  ],
  [
    'a review of GitHub’s own environment gate wakes the deployment',
    'deployment_review',
    { action: 'approved', workflow_run: { id: 42, head_sha: SHA } },
    [wakes(['approvals', 'deployment'], SHA)],
  ],
  [
    'classic protection that changed wakes who asked for it',
    'branch_protection_rule',
    { action: 'edited' },
    [wakes(['protection'])],
  ],
  [
    'protection that was switched off wakes who asked for it',
    'branch_protection_configuration',
    { action: 'disabled' },
    [wakes(['protection'])],
  ],
  [
    'a repository’s ruleset wakes who asked for protection',
    'repository_ruleset',
    { action: 'edited' },
    [wakes(['protection'])],
  ],
  [
    'an organisation’s ruleset wakes who asked for protection in any repository',
    'repository_ruleset',
    { action: 'edited', repository: undefined },
    [wakesAll(['protection'])],
  ],
  ['a collaborator’s role wakes who asked for roles', 'member', { action: 'added' }, [wakes(['roles'])]],
  [
    'a team’s membership wakes who asked for any team, because teams nest',
    'membership',
    { action: 'removed', repository: undefined, team: { slug: 'appsec' } },
    [wakesAll(['teams', 'roles'])],
  ],
  [
    'a team that changed wakes who asked for teams',
    'team',
    { action: 'edited', repository: undefined },
    [wakesAll(['teams', 'roles'])],
  ],
  [
    'an organisation’s membership wakes who asked for people',
    'organization',
    { action: 'member_removed', repository: undefined },
    [wakesAll(['organizations', 'teams', 'roles', 'repository'])],
  ],
  ['an invitation makes nobody a member', 'organization', { action: 'member_invited', repository: undefined }, []],
  [
    'a repository that was renamed wakes who asked for it',
    'repository',
    { action: 'renamed' },
    [wakes(['repository', 'policy', 'protection'])],
  ],
  ['a repository that is new is swept', 'repository', { action: 'created' }, [touches({ kind: 'repository' })]],
  ['a repository that came back is swept', 'repository', { action: 'unarchived' }, [touches({ kind: 'repository' })]],
  ...(['deleted', 'archived', 'transferred'] as const).map(
    (action) =>
      [
        `a repository that was ${action} is given up`,
        'repository',
        { action },
        [{ kind: 'gone', scope: { repository: 7 }, why: `repository ${action}` }],
      ] as const,
  ),
  ...(['deleted', 'suspend'] as const).map(
    (action) =>
      [
        `an installation (${action}) is given up`,
        'installation',
        { action, repository: undefined, repositories: [{ id: 7, full_name: 'acme/shop' }] },
        [{ kind: 'gone', scope: { installation: 3 }, why: `installation ${action}` }],
      ] as const,
  ),
  [
    'a repository that was taken out of the installation is given up',
    'installation_repositories',
    { action: 'removed', repository: undefined, repositories_removed: [{ id: 7, full_name: 'acme/shop' }] },
    [{ kind: 'gone', scope: { repository: 7, of: 3 }, why: 'removed from the installation' }],
  ],
  ...(['created', 'unsuspend', 'new_permissions_accepted'] as const).map(
    (action) =>
      [
        `an installation (${action}) has its repositories swept`,
        'installation',
        { action, repository: undefined, repositories: [{ id: 7, full_name: 'acme/shop' }] },
        [touches({ kind: 'repository' })],
      ] as const,
  ),
  [
    'a repository that was added to the installation is swept',
    'installation_repositories',
    { action: 'added', repository: undefined, repositories_added: [{ id: 7, full_name: 'acme/shop' }] },
    [touches({ kind: 'repository' })],
  ],
]

test.each(LAW)('%s', (_law, event, body, expected) => {
  expect(beyondAddress(event, payload(body))).toEqual(expected)
})

test('a push to the organisation’s policy repository wakes everything in the installation', () => {
  const repository = { id: 7, name: '.GitHub', owner: { login: 'acme' }, default_branch: 'main' }
  expect(beyondAddress('push', payload({ ...pushed, repository }))).toContainEqual(wakesAll(['policy']))
})

test('a push beside the default branch of the policy repository changes nothing elsewhere', () => {
  const repository = { id: 7, name: '.github', owner: { login: 'acme' }, default_branch: 'trunk' }
  expect(beyondAddress('push', payload({ ...pushed, repository }))).not.toContainEqual(wakesAll(['policy']))
})
