import { afterEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, SHOP_POLICY, short } from './shop.js'

const CANCELLING = `${SHOP_POLICY}    bypass: { cancel: true }\n`
const REVIEWED = `${SHOP_POLICY}    bypass: { review_within: 1h, reviewed_by: leads }\n`
const ALONE = SHOP_POLICY.replace('      - approval: { from: managers }', '      - one_at_a_time: {}')

describe('a job that starts without approval', () => {
  let world: World
  let flow: Flow
  let pull: Awaited<ReturnType<typeof landed>>['pull']
  let sha: string

  const starts = async (policy: string, permissions: Readonly<Record<string, 'read' | 'write'>> = {}) => {
    world = await aShop(policy)
    await world.grants(permissions)
    flow = await startFlow(world)
    ;({ pull, sha } = await landed(world))
  }
  afterEach(() => flow.end())

  const startedAnyway = async () => {
    const run = await asks(world, sha)
    expect(await decisions(world, run)).toEqual([])
    await world.startsAllWaitingJobs(run)
    await world.settled()
    return run
  }

  test('is an incident two minutes later, with a failing check that says what happened', async () => {
    await starts(SHOP_POLICY)
    await startedAnyway()
    world.clock.advance('1m')
    expect(await world.check(sha, DEPLOY)).not.toMatchObject({ conclusion: 'failure' })
    world.clock.advance('2m')
    const check = await world.check(sha, DEPLOY)
    expect(check).toMatchObject({ status: 'completed', conclusion: 'failure' })
    expect(check?.summary).toMatch(/without an approval of this gate/)
  })

  test('keeps its failing check: the gate does not go on waiting over it', async () => {
    await starts(SHOP_POLICY)
    await startedAnyway()
    await heals(world)
    expect(await world.check(sha, DEPLOY)).toMatchObject({ status: 'completed', conclusion: 'failure' })
  })

  test('is not approved afterwards, when somebody approves late', async () => {
    await starts(SHOP_POLICY)
    const run = await startedAnyway()
    world.clock.advance('3m')
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await heals(world)
    expect(await decisions(world, run)).toEqual([])
    expect(await world.check(sha, DEPLOY)).toMatchObject({ conclusion: 'failure' })
    expect(world.repliesOn(pull).at(-1)?.body).toMatch(/^Refused/)
  })

  test('is no incident when this app approved it', async () => {
    await starts(SHOP_POLICY)
    const run = await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, run)).toEqual(['approved'])
    await heals(world)
    expect(await world.check(sha, DEPLOY)).toMatchObject({ conclusion: 'success' })
  })

  test('is no incident when the answer came through though its reply was lost', async () => {
    await starts(ALONE)
    world.github.fails({ method: 'POST', path: /deployment_protection_rule/, connection: 'half' })
    const run = await asks(world, sha)
    expect(await decisions(world, run)).toEqual(['approved'])
    await heals(world)
    expect(await decisions(world, run)).toEqual(['approved'])
    expect(await world.check(sha, DEPLOY)).not.toMatchObject({ conclusion: 'failure' })
  })

  test('is an incident on an environment whose rule was switched off', async () => {
    await starts(SHOP_POLICY)
    await world.createsEnvironment('production', { gated: false })
    await asks(world, sha)
    await world.settled()
    world.clock.advance('3m')
    expect(await world.check(sha, DEPLOY)).toMatchObject({ conclusion: 'failure' })
  })

  test('is of no interest on an environment that nobody gates', async () => {
    await starts(SHOP_POLICY)
    await world.createsEnvironment('playground', { gated: false })
    await asks(world, sha, { environment: 'playground' })
    await world.settled()
    world.clock.advance('3m')
    expect(await world.check(sha, 'release-gates/deploy/playground')).toBeNull()
  })

  test('is cancelled where the policy asks for it and the app may', async () => {
    await starts(CANCELLING, { actions: 'write' })
    const run = await startedAnyway()
    world.clock.advance('3m')
    await world.settled()
    expect(world.attempt(run)).toMatchObject({ status: 'completed', conclusion: 'cancelled' })
  })

  test('says so where the policy asks to cancel and the app may not', async () => {
    await starts(CANCELLING)
    const run = await startedAnyway()
    world.clock.advance('3m')
    await world.settled()
    await heals(world)
    expect(world.attempt(run)).toMatchObject({ status: 'in_progress' })
    const check = await world.check(sha, DEPLOY)
    expect(check).toMatchObject({ conclusion: 'failure' })
    expect(check?.summary).toMatch(/cancel/i)
    expect(check?.summary).toMatch(/actions/i)
  })

  test('holds the next release once its review is overdue', async () => {
    await starts(REVIEWED)
    await startedAnyway()
    world.clock.advance('3m')
    await world.settled()
    world.clock.advance('2h')
    const next = await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, next)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.summary).toMatch(/review/i)
  })

  test('frees the lock that nobody of ours holds: the next one is judged as usual', async () => {
    await starts(ALONE)
    const first = await asks(world, sha)
    expect(await decisions(world, first)).toEqual(['approved'])
    const second = await asks(world, sha)
    expect(await decisions(world, second)).toEqual([])
    await world.startsAllWaitingJobs(second)
    await world.finishesJob(first, 'deploy')
    await world.finishesJob(second, 'deploy')
    const third = await asks(world, sha)
    expect(await decisions(world, third)).toEqual(['approved'])
  })
})
