import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCheckRun, suiteFor } from '../world/operations/checks.js'
import type { ProtectionSettings } from '../world/operations/rules.js'
import { aCompany, deployCheck, MERGE, PUSH, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
  ci: { users: [cora] }
branches:
  main:
    protection: { pull_request: { approvals: 1 }, force_push: false, deletion: false }
    merge:
      - approval: { from: leads }
      - checks: [test, { name: license, status: true, by: ci }]
    push:
      - reviewed: {}
      - protected: {}
  told:
    protection: { bypass: [] }
    merge:
      - protected: {}
  straight:
    protection: { linear_history: true }
    merge:
      - protected: {}
environments:
  development:
    release:
      - checks: [test]
  production:
    release:
      - checks: [test]
      - deployed: { to: development }
      - approval: { from: managers }
`

const short = (sha: string) => sha.slice(0, 7)

describe('checks as evidence', () => {
  let site: Site

  const guarded = (more: ProtectionSettings = {}): ProtectionSettings => ({
    approvals: 1,
    admins: true,
    checks: [{ name: MERGE, appId: site.world.app.id }],
    ...more,
  })

  beforeAll(async () => {
    site = await Site.of(aCompany().withPolicy(POLICY).withEnvironment('development').withEnvironment('production'), {
      checks: ['test'],
    })
    await site.world.protects('main', guarded())
  })
  afterAll(() => site.end())

  const licensed = async (options: Parameters<Site['opened']>[0] = {}) => {
    const pull = await site.opened(options)
    await site.world.setsStatus(pull, { context: 'license', state: 'success', by: 'cora' })
    return pull
  }
  const shipped = async () => {
    const pull = await licensed()
    await site.world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    const sha = await site.world.merges(pull, { by: 'leo', method: 'squash' })
    await site.world.settled()
    return { pull, sha }
  }

  test('CK-01, CK-12: runs of the gate’s name by others, however many, are not the gate’s', async () => {
    const { world } = site
    const pull = await licensed()
    const actions = world.anotherApp('github-actions')
    const repository = world.repository()
    const suite = suiteFor(world.platform, repository, actions, pull.headSha)
    for (let count = 0; count < 250; count += 1)
      createCheckRun(world.platform, repository, suite, { name: MERGE, status: 'completed', conclusion: 'success' })
    await world.settled()
    world.clock.advance('61s') // So many events at once are a flood, in which a pull request is looked at now and then.
    await world.settled()
    await site.isShut(pull, /1 approval/)
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    await world.pushes(pull, { by: 'dev' })
    await site.isShut(pull, /1 approval/)
  })

  test('CK-02: a status in the gate’s name changes nothing, and one by whom nobody named is no evidence', async () => {
    const { world } = site
    const pull = await site.opened()
    await world.approves(pull, { by: 'lena' })
    await world.setsStatus(pull, { context: MERGE, state: 'success', by: 'dev' })
    await world.setsStatus(pull, { context: 'license', state: 'success', by: 'dev' })
    await site.isShut(pull, /license/)
    await world.setsStatus(pull, { context: 'license', state: 'success', by: 'cora' })
    await site.isOpen(pull)
  })

  test('CK-04, BP-10, EN-05, AP-08: a branch on which this app’s check is not required, or not pinned, is not protected', async () => {
    const { world } = site
    const { sha } = await shipped()
    await site.isOpen(sha, PUSH)
    const weak: readonly ProtectionSettings[] = [
      guarded({ checks: [] }),
      guarded({ checks: [MERGE] }),
      guarded({ checks: [{ name: 'release-gates/Merge', appId: world.app.id }] }),
      guarded({ checks: [{ name: MERGE, appId: world.anotherApp('release-gate').id }] }),
    ]
    for (const settings of weak) {
      await world.protects('main', settings)
      await site.isShut(sha, /check/, PUSH)
    }
    await world.protects('main', guarded())
    await site.isOpen(sha, PUSH)
  })

  test('BP-01, BP-08, BP-09: administrators left out, a ruleset switched off, or one for other branches, protects nothing', async () => {
    const { world } = site
    const { sha } = await shipped()
    await world.protects('main', guarded({ admins: false }))
    await site.isShut(sha, /admin/i, PUSH)
    await world.unprotects('main')
    await site.isShut(sha, /check/, PUSH)
    const ruleset = await world.addsRuleset({
      name: 'main',
      include: ['~DEFAULT_BRANCH'],
      rules: [
        { type: 'deletion' },
        { type: 'non_fast_forward' },
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            dismiss_stale_reviews_on_push: false,
            require_code_owner_review: false,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: MERGE, integration_id: world.app.id }],
          },
        },
      ],
    })
    await site.isOpen(sha, PUSH)
    await world.editsRuleset(ruleset, { enforcement: 'evaluate' })
    await site.isShut(sha, /check/, PUSH)
    await world.editsRuleset(ruleset, { enforcement: 'active', include: ['refs/heads/release/*'] })
    await site.isShut(sha, /check/, PUSH)
    await world.removesRuleset(ruleset)
    await world.protects('main', guarded())
    await site.isOpen(sha, PUSH)
  })

  test('BP-02, BP-04: who may bypass is asked where the policy asks, and what is not shown is not nobody', async () => {
    const { world } = site
    await world.setsBranch('told', 'main')
    await world.addsRuleset({
      name: 'told',
      include: ['refs/heads/told'],
      bypass: [{ actor_id: 1, actor_type: 'OrganizationAdmin', bypass_mode: 'always' }],
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: MERGE, integration_id: world.app.id }],
          },
        },
      ],
    })
    const pull = await site.opened({ into: 'told' })
    await site.isShut(pull, /bypass/)
  })

  test('BP-14: merge commits that GitHub lets in where the policy wants a straight history are a weakness', async () => {
    const { world } = site
    await world.setsBranch('straight', 'main')
    const own = { admins: true, checks: [{ name: MERGE, appId: world.app.id }] }
    await world.protects('straight', own)
    const pull = await site.opened({ into: 'straight' })
    await site.isShut(pull, /linear/)
    await world.protects('straight', { ...own, linearHistory: true })
    await site.isOpen(pull)
  })

  test('BP-06: what a key without an account pushed is nobody’s reviewed work', async () => {
    const { world } = site
    const main = world.tip()
    const { sha } = await world.pushesTo('main', { by: 'bob', author: null, committer: null })
    await site.isShut(sha, new RegExp(short(sha)), PUSH)
    await world.setsBranch('main', main, { by: 'owner' })
  })

  test('CK-05: green on the pull request is not green on what was merged', async () => {
    const { world } = site
    const { sha } = await shipped()
    const run = await site.asks('development', { sha })
    await site.holds(run, 'development', /test/)
    await site.green(sha)
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
  })

  test.each(['skipped', 'neutral', 'cancelled', 'action_required', 'stale', 'timed_out'] as const)(
    'CK-08: a check that ended %s has not succeeded',
    async (conclusion) => {
      const { world } = site
      const pull = await licensed()
      await world.approves(pull, { by: 'lena' })
      await site.isOpen(pull)
      await world.reportsCheck(pull, { name: 'test', conclusion })
      await site.isShut(pull, /test/)
    },
  )

  test('CK-09: a check asked for again is judged again, and says the same', async () => {
    const { world } = site
    const pull = await licensed()
    const before = await world.check(pull, MERGE)
    if (before === null) throw new Error('no check')
    await world.rerequests(before, { by: 'dev' })
    const after = await world.check(pull, MERGE)
    expect(after).toMatchObject({ conclusion: null, title: before.title })
  })

  test('CK-10, WH-02: a button does nothing for whom it is not, on an older run, with another word, or again', async () => {
    const { world } = site
    const { sha } = await shipped()
    await site.green(sha)
    const development = await site.asks('development', { sha })
    await site.approves(development)
    await world.finishesJob(development, 'deploy')
    const run = await site.asks('production', { sha })
    await site.holds(run, 'production', /1 approval/)
    const check = await world.check(sha, deployCheck('production'))
    const merge = await world.check(sha, deployCheck('development'))
    if (check === null || merge === null) throw new Error('no check')
    for (const [button, identifier, by] of [
      [check, 'approve', 'dev'],
      [check, 'override', 'dora'],
      [check, '__proto__', 'dora'],
      [merge, 'approve', 'dora'],
    ] as const) {
      await world.clicksButton(button, identifier, { by })
      await site.holds(run, 'production', /1 approval/)
    }
    await world.clicksButton(check, 'approve', { by: 'dora' })
    await site.approves(run)
    await world.finishesJob(run, 'deploy', 'failure')
    await world.rerunsWorkflow(run, { by: 'dev' })
    await site.isShut(sha, /1 approval/, deployCheck('production'))
    const presses = world.webhooks.delivered.filter(({ happening }) => happening.action === 'requested_action')
    expect(presses).toHaveLength(5)
    for (const { headers, raw } of presses) {
      const again = { ...headers, 'x-github-delivery': '00000000-0000-4000-8000-000000000000' }
      await fetch(world.webhooks.target ?? '', { method: 'POST', headers: again, body: raw })
    }
    expect(await site.told(run)).toEqual(['approved'])
    await site.isShut(sha, /1 approval/, deployCheck('production'))
  })

  test('CK-13: a success that somebody set by hand is no release to development', async () => {
    const { world } = site
    const { sha } = await shipped()
    await site.green(sha)
    const forged = await world.createsDeployment({ by: 'dev', environment: 'development', sha })
    await world.setsDeploymentStatus(forged, { by: 'dev', state: 'success' })
    const moved = await world.createsDeployment({ by: 'dev', environment: 'sandbox', sha })
    await world.setsDeploymentStatus(moved, { by: 'dev', state: 'success', environment: 'development' })
    const run = await site.asks('production', { sha })
    await site.holds(run, 'production', /development/)
    await world.cancelsRun(run)
  })

  test('CK-14, DP-05: a deployment through the API is allowed by the gate’s word alone', async () => {
    const { world } = site
    const { sha, pull } = await shipped()
    const deployment = await world.createsDeployment({ by: 'dev', environment: 'production', sha, ref: 'main' })
    await world.settled()
    expect(deployment.statuses.map(({ state }) => state)).toEqual(['failure'])
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await world.settled()
    expect(deployment.statuses.map(({ state }) => state)).not.toContain('queued')
  })

  test('CK-16: a check that never ran is missing, not fine', async () => {
    const { world } = site
    const pull = await world.opensPullRequest({ by: 'dev', files: { 'docs/only.md': 'x' } })
    await world.setsStatus(pull, { context: 'license', state: 'success', by: 'cora' })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /test/)
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success', app: 'my-actions' })
    await site.isShut(pull, /test/)
    await site.green(pull)
    await site.isOpen(pull)
  })

  test('CK-08, CK-12: of two runs of one name both must be green', async () => {
    const { world } = site
    const pull = await licensed()
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    await world
      .runsWorkflow({ by: 'dev', sha: pull.headSha, ref: 'main', jobs: [{ name: 'test' }] })
      .then(async (run) => {
        await world.finishesJob(run, 'test', 'failure')
      })
    await site.isShut(pull, /test/)
  })
})
