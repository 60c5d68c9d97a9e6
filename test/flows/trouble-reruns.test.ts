import { afterEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, landed, SHOP_POLICY, short } from './shop.js'

const SERIAL = SHOP_POLICY.replace('      - approval: { from: managers }', '      - one_at_a_time: {}')

describe('running again', () => {
  let world: World
  let flow: Flow
  let pull: Awaited<ReturnType<typeof landed>>['pull']
  let sha: string

  const starts = async (policy = SHOP_POLICY) => {
    world = await aShop(policy)
    flow = await startFlow(world)
    ;({ pull, sha } = await landed(world))
  }
  afterEach(() => flow.end())
  const approves = (by: string) => world.comments(pull, { by, body: `/approve production ${short(sha)}` })

  test('the second attempt needs approvals of its own', async () => {
    await starts()
    const run = await asks(world, sha)
    await world.settled()
    await approves('dora')
    expect(await decisions(world, run)).toEqual(['approved'])
    await world.finishesJob(run, 'deploy', 'failure')
    await world.settled()
    await world.rerunsWorkflow(run, { by: 'dev' })
    expect(await decisions(world, run)).toEqual(['approved'])
    expect(await world.check(sha, DEPLOY)).toMatchObject({ status: 'in_progress' })
    await approves('dora')
    expect(await decisions(world, run)).toEqual(['approved', 'approved'])
    expect(run.answers.map(({ attempt, state }) => ({ attempt, state })).filter(({ state }) => state !== null)).toEqual(
      [
        { attempt: 1, state: 'approved' },
        { attempt: 2, state: 'approved' },
      ],
    )
  })

  test('who runs it again is its deployer, and does not approve it', async () => {
    await starts()
    const run = await asks(world, sha)
    await world.settled()
    await world.cancelsRun(run)
    await world.rerunsWorkflow(run, { by: 'dora' })
    await world.settled()
    await approves('dora')
    expect(await decisions(world, run)).toEqual([])
    expect(world.repliesOn(pull).at(-1)?.body).toMatch(/^Refused: dora cannot approve/)
    await approves('dan')
    expect(await decisions(world, run)).toEqual(['approved'])
  })

  test('an attempt that was rejected stays rejected; the next one is judged anew', async () => {
    await starts()
    const run = await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/reject production ${short(sha)} too late in the day` })
    expect(await decisions(world, run)).toEqual(['rejected'])
    await world.rerunsWorkflow(run, { by: 'dev' })
    await world.settled()
    expect(await decisions(world, run)).toEqual(['rejected'])
    await approves('dan')
    expect(await decisions(world, run)).toEqual(['rejected', 'approved'])
  })

  test('one deployment at a time does not shut out the next attempt of the same run', async () => {
    await starts(SERIAL)
    const run = await asks(world, sha)
    expect(await decisions(world, run)).toEqual(['approved'])
    await world.finishesJob(run, 'deploy', 'failure')
    await world.settled()
    await world.rerunsWorkflow(run, { by: 'dev' })
    expect(await decisions(world, run)).toEqual(['approved', 'approved'])
  })

  test('an answer never lands on an attempt that began while it was judged', async () => {
    await starts()
    const run = await asks(world, sha)
    await world.settled()
    let raced = false
    const took = world.github.requests.length
    await approves('dora')
    // The last look before the answer reads the run: between that and the one before, somebody runs it again.
    const watch = setInterval(() => {
      const reads = world.github.requests
        .slice(took)
        .filter(({ path }) => path === `/repos/acme/shop/actions/runs/${run.id}`)
      if (raced || reads.length < 2) return
      raced = true
      void world.cancelsRun(run).then(() => world.rerunsWorkflow(run, { by: 'dev' }))
    }, 0)
    await world.settled()
    clearInterval(watch)
    await world.settled()
    expect(run.answers.filter(({ attempt, state }) => attempt > 1 && state !== null)).toEqual([])
  })
})
