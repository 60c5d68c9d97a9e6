import { afterEach, describe, expect, test } from '@jest/globals'
import type { WorkflowRun } from '../world/state/actions.js'
import type { Pull } from '../world/state/pulls.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, landed, MERGE, opened, short, SHOP_POLICY } from './shop.js'

const DAY = 24 * 60 * 60 * 1000

/** Minutes from now as a policy writes them. */
const inMinutes = (world: World, minutes: number): string =>
  new Date(world.clock.now() + minutes * 60_000).toISOString().slice(0, 16)

/** Open from one hour from now, for an hour. */
const windowed = (world: World): string => {
  const hour = (more: number) => new Date(world.clock.now() + more * 60 * 60_000).toISOString().slice(11, 16)
  return `${SHOP_POLICY}      - window: [{ days: sun-sat, hours: "${hour(1)}-${hour(2)}", timezone: UTC }]\n`
}

const frozen = (world: World, from: number, more = ''): string =>
  `freezes:\n  - { name: Year end, from: "${inMinutes(world, from)}", to: "${inMinutes(world, from + 600)}", timezone: UTC, environments: [production]${more} }\n`

describe('what waits for time', () => {
  let world: World
  let flow: Flow
  let pull: Pull
  let sha: string
  let run: WorkflowRun

  const starts = async (policy: (world: World) => string) => {
    world = await aShop(null)
    world.clock.set(Math.ceil(world.clock.now() / DAY) * DAY + 8 * 60 * 60_000)
    await world.commitsPolicy(policy(world))
    flow = await startFlow(world)
  }
  /** Approved, and held by nothing but the hour. */
  const approvedBeforeTheWindow = async () => {
    await starts(windowed)
    ;({ pull, sha } = await landed(world))
    run = await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, run)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/window|opens/i)
  }
  const opens = () => world.clock.advance('61m')
  afterEach(() => flow.end())

  test('approved before the window opens, a release goes when it does', async () => {
    await approvedBeforeTheWindow()
    opens()
    expect(await decisions(world, run)).toEqual(['approved'])
  })

  test('an approver who has left the team meanwhile, unheard, does not count when the window opens', async () => {
    await approvedBeforeTheWindow()
    world.webhooks.lose(10, 'membership')
    await world.leavesTeam('dora', 'delivery-managers')
    opens()
    expect(await decisions(world, run)).toEqual([])
  })

  test('a rejection meanwhile ends it, and the window opens for nothing', async () => {
    await approvedBeforeTheWindow()
    await world.comments(pull, { by: 'dan', body: `/reject production ${short(sha)} not today` })
    expect(await decisions(world, run)).toEqual(['rejected'])
    opens()
    expect(await decisions(world, run)).toEqual(['rejected'])
  })

  test('a freeze that has begun meanwhile holds it', async () => {
    await approvedBeforeTheWindow()
    await world.commitsPolicy(`${windowed(world)}${frozen(world, 30)}`)
    opens()
    expect(await decisions(world, run)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.summary).toMatch(/Year end/)
  })

  test('a freeze that begins closes merge checks that stood open, where it binds merges', async () => {
    await starts((here) => `${SHOP_POLICY}${frozen(here, 30, ', merge: true')}`)
    pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    world.clock.advance('31m')
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    expect((await world.check(pull, MERGE))?.title).toMatch(/Year end|freeze|frozen/i)
    world.clock.advance('11h')
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })
})
