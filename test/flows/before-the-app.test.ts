import { afterEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, MERGE, short } from './shop.js'

describe('what was merged before the app was there', () => {
  let world: World
  let flow: Flow
  afterEach(() => flow.end())

  /** Released once, then a pull request was merged; only then comes the app. */
  const merged = async (approver: string | null) => {
    world = await aShop()
    await world.createsEnvironment('production', { gated: false })
    const old = await world.runsWorkflow({ by: 'dev', jobs: [{ name: 'deploy', environment: 'production' }] })
    await world.finishesJob(old, 'deploy')
    await world.createsEnvironment('production', { gated: true })
    await world.protects('main', { approvals: 1, checks: [{ name: MERGE, appId: world.app.id }] })
    const pull = await world.opensPullRequest({ by: 'dev', files: { 'src/a.ts': 'a' } })
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
    if (approver !== null) await world.approves(pull, { by: approver })
    const sha = await world.merges(pull, { by: 'leo', method: 'squash' })
    world.clock.advance('1d')
    flow = await startFlow(world)
    await flow.app.sweep()
    await world.settled()
    const run = await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    return { run, sha, pull }
  }

  test('counts as reviewed when its reviews satisfy the merge gate as it is now', async () => {
    const { run } = await merged('lena')
    expect(await decisions(world, run)).toEqual(['approved'])
  })

  test('counts as unreviewed when they do not', async () => {
    const { run, sha } = await merged('bob')
    expect(await decisions(world, run)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/no reviewed pull request/i)
  })

  test('a direct push that a first sweep sees before its event is judged still ships, unreviewed', async () => {
    world = await aShop()
    flow = await startFlow(world)
    world.webhooks.hold()
    const { sha } = await world.pushesTo('main', { by: 'dev', files: { 'src/evil.ts': 'x' } })
    await flow.app.sweep()
    await flow.app.untilIdle()
    await world.webhooks.release()
    const run = await asks(world, sha)
    await world.settled()
    expect(await decisions(world, run)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/no reviewed pull request/i)
  })
})
