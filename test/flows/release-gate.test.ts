import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Pull } from '../world/state/pulls.js'
import { aWorld, type World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'

const TUTORIAL = readFileSync('examples/tutorial/.github/release-gates.yml', 'utf8').replace(/for: \d+m/, 'for: 10m')
const DEPLOY = 'release-gates/deploy/production'

describe('the release gate', () => {
  let world: World
  let flow: Flow
  let pull: Pull
  let sha: string

  beforeEach(async () => {
    world = await aWorld()
      .withTeam('development-leads', ['lena', 'leo'])
      .withTeam('delivery-managers', ['dora', 'dan'])
      .withPolicy(TUTORIAL)
      .where((here) =>
        here.protects('main', {
          approvals: 1,
          dismissStale: true,
          admins: true,
          checks: ['test', 'security-scan', { name: 'release-gates/merge', appId: here.app.id }],
        }),
      )
      .withEnvironment('development')
      .withEnvironment('production')
    flow = await startFlow(world)
    pull = await world.opensPullRequest({ by: 'dev', files: { 'src/a.ts': 'a' } })
    await green(pull.headSha)
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    sha = await world.merges(pull, { by: 'leo', method: 'squash' })
    await green(sha)
    await world.settled()
  })
  afterEach(() => flow.end())

  const green = async (of: string) => {
    for (const name of ['test', 'security-scan']) await world.reportsCheck(of, { name, conclusion: 'success' })
  }
  const asks = (environment: string, by = 'dev', of = sha) =>
    world.runsWorkflow({ by, sha: of, jobs: [{ name: 'deploy', environment }] })
  const developed = async () => {
    const run = await asks('development')
    await world.answers(run)
    await world.finishesJob(run, 'deploy')
    await world.settled()
  }
  const states = async (run: Awaited<ReturnType<typeof asks>>) =>
    (await world.answers(run)).flatMap(({ state }) => (state === null ? [] : [state]))

  test('approves development when what ships was reviewed', async () => {
    expect(await states(await asks('development'))).toEqual(['approved'])
  })

  test('holds production until it was in development, has soaked, and a delivery manager releases it', async () => {
    const run = await asks('production')
    expect(await states(run)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/development/)
    await developed()
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/soak/)
    await world.comments(pull, { by: 'dora', body: `/release production ${sha.slice(0, 7)}` })
    expect(await states(run)).toEqual([])
    world.clock.advance('11m')
    expect(await states(run)).toEqual(['approved'])
  })

  test('refuses a release by somebody who may not, says who may, and changes nothing', async () => {
    await developed()
    world.clock.advance('11m')
    const run = await asks('production')
    await world.comments(pull, { by: 'dev', body: `/release production ${sha.slice(0, 7)}` })
    expect(await states(run)).toEqual([])
    const [reply] = world.repliesOn(pull)
    expect(reply?.body).toMatch(/^Refused: dev cannot release/)
    expect(reply?.body).toMatch(/dora/)
  })

  test('goes at once when a delivery manager started it', async () => {
    await developed()
    world.clock.advance('11m')
    expect(await states(await asks('production', 'dora'))).toEqual(['approved'])
  })

  test('rejects a commit that is not from main', async () => {
    const branch = await world.pushesTo('hotfix', { by: 'dev', files: { 'src/b.ts': 'b' } })
    await green(branch.sha)
    const run = await world.runsWorkflow({
      by: 'dora',
      ref: 'hotfix',
      sha: branch.sha,
      jobs: [{ name: 'deploy', environment: 'production' }],
    })
    expect(await states(run)).toEqual(['rejected'])
  })

  test('holds what somebody pushed straight to main', async () => {
    const direct = await world.pushesTo('main', { by: 'bob', files: { 'src/a.ts': 'evil' } })
    await green(direct.sha)
    expect(await world.check(direct.sha, 'release-gates/push')).toMatchObject({ conclusion: 'failure' })
    const run = await asks('development', 'dora', direct.sha)
    expect(await states(run)).toEqual([])
    expect((await world.check(direct.sha, 'release-gates/deploy/development'))?.summary).toContain(
      direct.sha.slice(0, 7),
    )
  })

  test('lets one deployment in at a time, and the next when the first has ended', async () => {
    await developed()
    world.clock.advance('11m')
    const first = await asks('production', 'dora')
    expect(await states(first)).toEqual(['approved'])
    const second = await asks('production', 'dora')
    expect(await states(second)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/another deployment/i)
    await world.finishesJob(first, 'deploy')
    expect(await states(second)).toEqual(['approved'])
  })

  test('answers again when a later job of the same run asks for the same environment', async () => {
    const run = await world.runsWorkflow({
      by: 'dev',
      sha,
      jobs: [{ name: 'migrate', environment: 'development' }, { name: 'long' }],
    })
    expect(await states(run)).toEqual(['approved'])
    await world.finishesJob(run, 'migrate')
    await world.settled()
    world.clock.advance('5m')
    await world.startsJob(run, { name: 'deploy', environment: 'development' })
    expect(await states(run)).toEqual(['approved', 'approved'])
  })
})
