import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { addCommit, moveBranch, signatureOf } from '../world/operations/git.js'
import { land } from '../world/operations/pulls.js'
import type { Pull } from '../world/state/pulls.js'
import { aCompany, deployCheck, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads }
environments:
  production:
    release:
      - approval: { from: managers }
    bypass: { review_within: 1h, reviewed_by: leads }
  locked:
    release:
      - deployer: { in: managers }
      - one_at_a_time: {}
  two:
    release:
      - approval: { from: managers, count: 2, within: 24h }
  api:
    release:
      - event: { in: [push, api] }
      - ref: { branches: [main] }
      - deployer: { in: managers }
  windowed:
    release:
      - deployer: { in: managers }
      - window: [{ days: mon-fri, hours: "09:00-17:00", timezone: Europe/Berlin }]
`

const short = (sha: string) => sha.slice(0, 7)
const ENVIRONMENTS = ['production', 'locked', 'two', 'api', 'windowed'] as const

describe('environments', () => {
  let site: Site
  let pull: Pull
  let sha: string

  beforeAll(async () => {
    site = await Site.of(
      aCompany()
        .withPolicy(POLICY)
        .where(async (world) => {
          for (const name of ENVIRONMENTS) await world.createsEnvironment(name)
        }),
    )
    ;({ pull, sha } = await site.ships())
  })
  afterAll(() => site.end())

  test('TM-01, TM-02: the window is judged by the server’s clock, whatever a commit says of its time', async () => {
    const { world } = site
    world.clock.set('2026-03-02T16:30:00Z')
    const run = await site.asks('windowed', { sha, by: 'dora' })
    await site.holds(run, 'windowed', /opens|window/i)
    world.clock.set('2026-03-03T08:00:00Z')
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
  })

  test('EN-01, EN-04: jobs that an administrator starts past the gate are an incident, and hold the next release', async () => {
    const { world } = site
    const run = await site.asks('production', { sha })
    await site.holds(run, 'production', /1 approval/)
    await world.startsAllWaitingJobs(run)
    await world.settled()
    world.clock.advance('3m')
    await site.isShut(sha, /without this gate/, deployCheck('production'))
    await world.finishesJob(run, 'deploy')
    world.clock.advance('2h')
    const next = await site.ships()
    const asked = await site.asks('production', { sha: next.sha })
    await world.comments(next.pull, { by: 'dora', body: `/approve production ${short(next.sha)}` })
    await site.holds(asked, 'production', /review/i)
    await world.cancelsRun(asked)
  })

  test('EN-02: a job that ran while the rule was unticked is an incident', async () => {
    const { world } = site
    const { sha: other } = await site.ships()
    await world.createsEnvironment('two', { gated: false })
    const run = await site.asks('two', { sha: other })
    await world.createsEnvironment('two', { gated: true })
    await world.settled()
    world.clock.advance('3m')
    await site.isShut(other, /without this gate/, deployCheck('two'))
    await world.finishesJob(run, 'deploy')
  })

  test('TM-04, TM-05: two runs at once enter one after the other, and a cancelled one does not free a running one', async () => {
    const { world } = site
    world.webhooks.hold()
    const runs = [
      await site.asks('locked', { sha, by: 'dora' }),
      await site.asks('locked', { sha, by: 'dan' }),
    ] as const
    await world.webhooks.release()
    const told = await Promise.all(runs.map((run) => site.told(run)))
    expect(told.flat()).toEqual(['approved'])
    const [running, waiting] = told[0]?.length === 1 ? runs : [runs[1], runs[0]]
    await site.isShut(sha, /another deployment/i, deployCheck('locked'))
    await world.cancelsRun(waiting)
    const third = await site.asks('locked', { sha, by: 'dora' })
    await site.holds(third, 'locked', /another deployment/i)
    await world.finishesJob(running, 'deploy')
    await site.approves(third)
    await world.finishesJob(third, 'deploy')
  })

  test('TM-06, WH-04: one person’s word counts once, and last week’s not at all', async () => {
    const { world } = site
    const { sha: fresh, pull: from } = await site.ships()
    const run = await site.asks('two', { sha: fresh })
    const say = (by: string) => world.comments(from, { by, body: `/approve two ${short(fresh)}` })
    world.webhooks.double(2, 'issue_comment')
    await say('dora')
    await say('dora')
    await site.holds(run, 'two', /1 of 2/)
    world.clock.advance('25h')
    await say('dan')
    await site.holds(run, 'two', /1 of 2/)
    await say('dora')
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
  })

  test('DP-01: a deployment relabelled for another environment is judged there, and is an incident', async () => {
    const { world } = site
    const { sha: fresh } = await site.ships()
    const deployment = await world.createsDeployment({ by: 'dev', environment: 'playground', sha: fresh, ref: 'main' })
    await world.settled()
    await world.setsDeploymentStatus(deployment, { by: 'dev', state: 'pending', environment: 'api' })
    await world.settled()
    expect(deployment.statuses.map(({ state }) => state)).not.toContain('queued')
    expect(deployment.statuses.at(-1)).toMatchObject({ state: 'pending' })
    const honest = await world.createsDeployment({ by: 'dora', environment: 'api', sha: fresh, ref: 'main' })
    await world.settled()
    expect(honest.statuses.at(-1)).toMatchObject({ state: 'queued' })
  })

  test('DP-04: a word for one environment, commit or repository opens no other', async () => {
    const { world } = site
    const { sha: fresh, pull: from } = await site.ships()
    const other = await site.ships()
    const production = await site.asks('two', { sha: fresh })
    const elsewhere = await site.asks('two', { sha: other.sha })
    await world.comments(from, { by: 'dora', body: `/approve two ${short(fresh)}` })
    await world.comments(from, { by: 'dan', body: `/approve production ${short(fresh)}` })
    await site.holds(production, 'two', /1 of 2/)
    await site.holds(elsewhere, 'two', /0 of 2/)
    expect(world.repliesOn(from).map(({ body }) => body.split(':')[0])).toContain('Refused')
    for (const run of [production, elsewhere]) await world.cancelsRun(run)
  })

  test('EN-10: an app that may read less says what it cannot read, and opens nothing', async () => {
    const { world } = site
    const { sha: fresh, pull: from } = await site.ships()
    world.github.fails({ path: /orgs\/acme\/teams|^Team$/, status: 403, times: 1_000 })
    world.clock.advance('2m')
    const run = await site.asks('two', { sha: fresh })
    await world.comments(from, { by: 'dora', body: `/approve two ${short(fresh)}` })
    await world.comments(from, { by: 'dan', body: `/approve two ${short(fresh)}` })
    await site.holds(run, 'two', /could not be read/)
    world.github.recovers()
    world.clock.advance('10m')
    await site.approves(run)
  })

  test('WH-12, FO-02: a run that was deleted while it waited keeps nobody else from being approved', async () => {
    const { world } = site
    const { sha: gone } = await site.ships()
    const deleted = await site.asks('two', { sha: gone })
    await site.holds(deleted, 'two', /0 of 2/)
    world.github.fails({ path: new RegExp(`/actions/runs/${deleted.id}(/|$)`), status: 404, times: 1_000 })
    const { sha: fresh, pull: from } = await site.ships()
    const run = await site.asks('two', { sha: fresh })
    for (const by of ['dora', 'dan']) await world.comments(from, { by, body: `/approve two ${short(fresh)}` })
    await site.approves(run)
    world.github.recovers()
    await world.cancelsRun(deleted)
    await world.finishesJob(run, 'deploy')
  })

  test('RF-20, ID-01: who started it, or released it, does not approve it', async () => {
    const { world } = site
    const { sha: fresh, pull: from } = await site.ships({ mergedBy: 'dan' })
    const run = await site.asks('two', { sha: fresh, by: 'dora' })
    for (const by of ['dora', 'dan']) {
      await world.comments(from, { by, body: `/approve two ${short(fresh)}` })
      await world.settled()
      expect(world.repliesOn(from).at(-1)?.body).toMatch(/^Refused/)
    }
    await site.holds(run, 'two', /0 of 2.*\n(.*\n)*.*dora/)
    await world.cancelsRun(run)
    expect(pull.state).toBe('closed')
  })

  test('ID-25: who wrote a squashed commit has a part in it, though the squash names only another', async () => {
    const { world } = site
    const change = await site.opened({ by: 'dev', files: { 'src/one.ts': '1' } })
    await world.pushes(change, { by: 'dora', files: { 'src/two.ts': '2' } })
    await world.approves(change, { by: 'lena' })
    await site.isOpen(change)
    const repository = world.repository()
    const main = world.tip()
    const { sha: squashed } = addCommit(world.platform, repository, {
      parents: [main],
      files: repository.store.commit(change.headSha).files,
      message: 'Squashed, with the names of others left out',
      author: signatureOf(world.platform, world.who('dev')),
      byGitHub: true,
    })
    land(world.platform, change, world.who('leo'), { head: squashed, rebased: [] }, main)
    moveBranch(world.platform, repository, 'main', squashed, { by: world.who('leo'), kind: 'pr_merge' })
    const run = await site.asks('production', { sha: squashed })
    await world.comments(change, { by: 'dora', body: `/approve production ${short(squashed)}` })
    await world.settled()
    expect(world.repliesOn(change).at(-1)?.body).toMatch(/^Refused: dora/)
    expect(await site.told(run)).toEqual([])
    await world.cancelsRun(run)
  })
})
