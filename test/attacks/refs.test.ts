import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FileChanges } from '../world/operations/git.js'
import type { Pull } from '../world/state/pulls.js'
import { aCompany, deployCheck, Site } from './site.js'

const DEPLOY = '.github/workflows/deploy.yml'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads }
    push:
      - reviewed: {}
environments:
  production:
    release:
      - ref: { branches: [main, "release/*"], tags: ["v*"] }
      - workflow: { paths: [${DEPLOY}] }
      - reviewed: {}
  staging:
    release:
      - ref: { branches: [main] }
      - workflow: { paths: [${DEPLOY}] }
  nightly:
    release:
      - event: { in: [push, schedule] }
      - approval: { from: managers }
`

const short = (sha: string) => sha.slice(0, 7)

describe('where a release comes from', () => {
  let site: Site
  let pull: Pull
  let sha: string

  beforeAll(async () => {
    site = await Site.of(
      aCompany()
        .withFiles({ [DEPLOY]: 'on: push' })
        .withPolicy(POLICY)
        .withEnvironment('production')
        .withEnvironment('staging')
        .withEnvironment('nightly'),
    )
    ;({ pull, sha } = await site.ships({ files: { 'src/good.ts': 'good' } }))
  })
  afterAll(() => site.end())

  const evil = async (branch: string, files: FileChanges = { 'src/evil.ts': 'evil' }) =>
    (await site.world.pushesTo(branch, { by: 'dev', files })).sha

  test('the honest way is open: main, its workflow, reviewed', async () => {
    const run = await site.asks('production', { sha })
    await site.approves(run)
    await site.world.finishesJob(run, 'deploy')
    await site.world.settled()
  })

  test('RF-01: a tag that is called like the branch makes the name mean nothing', async () => {
    const { world } = site
    const bad = await evil('evil-1')
    await world.tags('main', bad)
    const tagged = await site.asks('staging', { ref: 'refs/tags/main', sha: bad })
    await site.rejects(tagged, /ambiguous|both/i)
    world.repository().tags.delete('main')
    const run = await site.asks('staging', { sha })
    await site.approves(run)
  })

  test('RF-02: a branch whose name spells another’s full name is not that branch', async () => {
    const { world } = site
    for (const name of ['refs/heads/main', 'heads/main']) {
      await world.setsBranch(name, await evil('evil-2'))
      const run = await site.asks('staging', { ref: `refs/heads/${name}` })
      expect(await site.told(run)).toEqual(['rejected'])
      await world.deletesBranch(name)
    }
  })

  test('RF-04: a tag that moves away while its commit waits releases nothing', async () => {
    const { world } = site
    const bad = await evil('evil-4')
    await world.tags('v1', bad)
    const run = await site.asks('production', { ref: 'refs/tags/v1', sha: bad, event: 'release' })
    await site.holds(run, 'production', new RegExp(short(bad)))
    await world.tags('v1', sha)
    await site.holds(run, 'production', /the commit is not on/)
    await world.cancelsRun(run)
    const good = await site.asks('production', { ref: 'refs/tags/v1', sha, event: 'release' })
    await site.approves(good)
    await world.finishesJob(good, 'deploy')
  })

  test('RF-05: an annotated tag is followed to its commit', async () => {
    const { world } = site
    await world.tags('v2', sha, { message: 'release 2' })
    const good = await site.asks('production', { ref: 'refs/tags/v2', sha })
    await site.approves(good)
    await world.finishesJob(good, 'deploy')
    const bad = await evil('evil-5')
    const run = await site.asks('production', { ref: 'refs/tags/v2', sha: bad })
    await site.holds(run, 'production', /the commit is not on/)
    await world.cancelsRun(run)
  })

  test('RF-06, RF-09: a tag, or a new branch that fits a pattern, does not make unreviewed commits reviewed', async () => {
    const { world } = site
    const bad = await evil('evil-6')
    await world.tags('v6', bad)
    await world.setsBranch('release/6', bad)
    for (const ref of ['refs/tags/v6', 'release/6']) {
      const run = await site.asks('production', { ref, sha: bad })
      await site.holds(run, 'production', new RegExp(short(bad)))
      await world.cancelsRun(run)
    }
  })

  test('RF-08: a merge into a branch that nobody guards does not count as reviewed', async () => {
    const { world } = site
    await world.setsBranch('release/8', sha)
    const smuggled = await site.opened({ into: 'release/8', files: { 'src/evil.ts': 'evil' } })
    await world.approves(smuggled, { by: 'bob' })
    const merged = await world.merges(smuggled, { by: 'dev' })
    const run = await site.asks('production', { ref: 'release/8', sha: merged })
    await site.holds(run, 'production', new RegExp(short(merged)))
    await world.cancelsRun(run)
  })

  test('RF-10: another branch that takes the name of main brings its commits under review', async () => {
    const { world } = site
    const main = world.tip()
    const bad = await evil('evil-10')
    await world.setsBranch('main', bad, { by: 'dev' })
    const run = await site.asks('production', { sha: bad })
    await site.holds(run, 'production', new RegExp(short(bad)))
    await site.isShut(bad, new RegExp(short(bad)), 'release-gates/push')
    await world.cancelsRun(run)
    await world.setsBranch('main', main, { by: 'owner' })
  })

  test('RF-12: started by hand from another branch it is rejected', async () => {
    const bad = await evil('evil-12')
    const run = await site.asks('staging', { event: 'workflow_dispatch', ref: 'evil-12', sha: bad, by: 'dora' })
    await site.rejects(run, /nothing may be released/)
  })

  test('RF-13: a workflow file that is not the default branch’s, or another file, is rejected', async () => {
    const { world } = site
    const bad = await evil('release/13', { [DEPLOY]: 'on: push # evil' })
    const run = await site.asks('production', { ref: 'release/13', sha: bad })
    await site.rejects(run, /workflow/)
    for (const path of [`${DEPLOY}@evil.yml`, '.github/workflows/evil.yml']) {
      const other = await site.asks('staging', { sha, path })
      await site.rejects(other, /workflow/)
    }
    await world.deletesBranch('release/13')
  })

  test('RF-16: the environment is the one that GitHub asks for, whatever the workflow’s text says', async () => {
    const run = await site.world.runsWorkflow({
      sha,
      event: 'workflow_dispatch',
      jobs: [
        { name: 'harmless', environment: 'staging' },
        { name: 'chosen', environment: 'nightly' },
      ],
    })
    expect((await site.world.answers(run, 'staging')).map(({ state }) => state)).toEqual(['approved'])
    expect((await site.world.answers(run, 'nightly')).map(({ state }) => state)).toEqual(['rejected'])
  })

  test.each([
    'pull_request_target',
    'workflow_run',
    'issue_comment',
    'pull_request',
    'merge_group',
    'repository_dispatch',
  ])('RF-17, RF-18, RF-21: an event %s is refused, although ref and commit are main’s', async (event) => {
    const run = await site.asks('staging', { sha, event })
    await site.rejects(run, new RegExp(event))
  })

  test('RF-20: what no person started still needs every approval', async () => {
    const { world } = site
    const run = await site.asks('nightly', { sha, event: 'schedule', by: 'lena' })
    await site.holds(run, 'nightly', /1 approval/)
    await world.comments(pull, { by: 'dora', body: `/approve nightly ${short(sha)}` })
    await site.approves(run)
  })

  test('RF-21: a queue’s branch is not the branch that it will be merged into', async () => {
    const { world } = site
    const name = 'gh-readonly-queue/main/pr-1-abc'
    await world.setsBranch(name, sha)
    const run = await site.asks('staging', { ref: name, sha })
    await site.rejects(run, /nothing may be released/)
  })

  test('RF-22: a fork’s branch called main is not main', async () => {
    const { world } = site
    const forked = await world.opensPullRequest({
      by: 'bob',
      fromFork: true,
      head: 'feature',
      files: { 'src/evil.ts': 'x' },
    })
    for (const event of ['push', 'pull_request']) {
      const run = await site.asks('staging', { by: 'bob', fromFork: 'bob', ref: 'main', sha: forked.headSha, event })
      expect(await site.told(run)).not.toContain('approved')
      await site.isShut(forked.headSha, /fork|pull_request/, deployCheck('staging'))
      await world.cancelsRun(run)
    }
  })

  test('DP-02: a deployment of a bare commit comes from no ref', async () => {
    const { world } = site
    const deployment = await world.createsDeployment({ by: 'dora', environment: 'staging', sha })
    await world.settled()
    expect(deployment.statuses.map(({ state }) => state)).toEqual(['failure'])
  })
})
