import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, SHOP_POLICY, short } from './shop.js'

const POLICY = `${SHOP_POLICY}    override: { by: core, review_within: 1h, reviewed_by: leads }\n`.replace(
  'groups:',
  'groups:\n  core: { users: [cora] }',
)

describe('an override', () => {
  let world: World
  let flow: Flow
  let change: Awaited<ReturnType<typeof landed>>

  beforeEach(async () => {
    world = await aShop(POLICY)
    flow = await startFlow(world)
    change = await landed(world)
  })
  afterEach(() => flow.end())

  const says = (by: string, text: string) => world.comments(change.pull, { by, body: text })
  const lastReply = async () => {
    await world.settled()
    return world.repliesOn(change.pull).at(-1)?.body
  }

  test('by somebody whom the policy does not name changes nothing', async () => {
    const run = await asks(world, change.sha)
    await says('bob', `/override production ${short(change.sha)} the shop is down`)
    expect(await decisions(world, run)).toEqual([])
    expect(await lastReply()).toMatch(/^Refused: bob cannot override/)
    expect(await lastReply()).toMatch(/cora/)
  })

  test('given ahead of a deployment opens its gate once', async () => {
    await says('cora', `/override production ${short(change.sha)} the shop will be down`)
    expect(await lastReply()).toMatch(/^Recorded: cora overrode .* ahead of any deployment/)
    expect(await decisions(world, await asks(world, change.sha))).toEqual(['approved'])
    expect(await decisions(world, await asks(world, change.sha))).toEqual([])
  })

  test('given ahead is over when it has expired', async () => {
    await says('cora', `/override production ${short(change.sha)} the shop will be down`)
    expect(await lastReply()).toMatch(/^Recorded/)
    world.clock.advance('61m')
    expect(await decisions(world, await asks(world, change.sha))).toEqual([])
  })

  test('given ahead by who started the deployment later lifts nothing', async () => {
    await says('cora', `/override production ${short(change.sha)} the shop will be down`)
    expect(await lastReply()).toMatch(/^Recorded/)
    expect(await decisions(world, await asks(world, change.sha, { by: 'cora' }))).toEqual([])
  })

  test.each([
    ['bob', (sha: string) => short(sha), /^Refused: bob cannot override.*cora can/s],
    ['dev', (sha: string) => short(sha), /^Refused: dev cannot override/],
    ['cora', () => '0123456', /^Refused: `0123456` names no single deployment/],
    ['cora', (sha: string) => sha.slice(0, 6), /^Refused/],
  ])('given ahead by %s is refused where the person or the commit is not right', async (by, sha, said) => {
    await says(by, `/override production ${sha(change.sha)} the shop will be down`)
    expect(await lastReply()).toMatch(said)
    expect(await decisions(world, await asks(world, change.sha))).toEqual([])
  })

  test('given ahead on a pull request that did not bring the commit is refused', async () => {
    const other = await landed(world, { head: 'other', files: { 'src/b.ts': 'b' } })
    await world.comments(other.pull, { by: 'cora', body: `/override production ${short(change.sha)} oh` })
    await world.settled()
    expect(world.repliesOn(other.pull).at(-1)?.body).toMatch(/^Refused/)
  })

  test('opens the gate once, and holds the next release when nobody has reviewed it in time', async () => {
    const run = await asks(world, change.sha)
    await says('cora', `/override production ${short(change.sha)} the shop is down`)
    expect(await decisions(world, run)).toEqual(['approved'])
    await world.finishesJob(run, 'deploy')
    world.clock.advance('2h')
    const next = await asks(world, change.sha)
    await world.settled()
    await says('dora', `/approve production ${short(change.sha)}`)
    expect(await decisions(world, next)).toEqual([])
    expect((await world.check(change.sha, DEPLOY))?.title).toMatch(/review/i)
  })

  test('is reviewed by those whom the policy names, and then the gate is an ordinary one again', async () => {
    const run = await asks(world, change.sha)
    await says('cora', `/override production ${short(change.sha)} the shop is down`)
    expect(await decisions(world, run)).toEqual(['approved'])
    await world.finishesJob(run, 'deploy')
    world.clock.advance('2h')
    await says('cora', `/review production ${short(change.sha)} it was me, it is fine`)
    expect(await lastReply()).toMatch(/^Refused: cora cannot review/)
    await says('leo', `/review production ${short(change.sha)} it was needed`)
    expect(await lastReply()).toMatch(/^Recorded: leo reviewed/)
    const next = await asks(world, change.sha)
    await world.settled()
    await says('dora', `/approve production ${short(change.sha)}`)
    await heals(world)
    expect(await decisions(world, next)).toEqual(['approved'])
    await says('leo', `/review production ${short(change.sha)} once more`)
    expect(await lastReply()).toMatch(/^Refused: no override or bypass/)
  })
})
