import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, MERGE, PUSH, short, SHOP_POLICY } from './shop.js'

type Fault = Parameters<World['github']['fails']>[0]

const ALL = 1_000
const trouble: readonly (readonly [string, Partial<Fault>])[] = [
  ['401', { status: 401 }],
  ['403', { status: 403 }],
  ['404', { status: 404 }],
  ['422', { status: 422 }],
  ['429', { status: 429, headers: { 'retry-after': '60' } }],
  ['502', { status: 502 }],
  ['the primary limit', { rateLimit: 'primary' }],
  ['the secondary limit', { rateLimit: 'secondary' }],
  ['a reset', { connection: 'reset' }],
  ['half an answer', { connection: 'half' }],
]

const RELEASE = SHOP_POLICY.replace(
  '      - approval: { from: managers }',
  '      - deployer: { in: managers }\n      - protected: {}',
).replace('    merge:', '    protection: { pull_request: { approvals: 1 } }\n    merge:')

describe('GitHub in trouble, at a release', () => {
  let world: World
  let flow: Flow
  let sha: string
  beforeEach(async () => {
    world = await aShop(RELEASE).where((here) =>
      here.protects('main', { approvals: 1, admins: true, checks: [{ name: MERGE, appId: here.app.id }] }),
    )
    flow = await startFlow(world)
    ;({ sha } = await landed(world))
  })
  afterEach(() => flow.end())

  test.each([
    ['the run', /\/actions\/runs\/\d+$/],
    ['the repository', /^\/repos\/acme\/shop(\?|$)|\/git\/ref/],
    ['a team', /^\/organizations\/\d+\/team|^\/orgs\/[^/]+\/teams|^Team$/],
    ['protection', /\/protection|\/rules\/branches/],
    ['the history', /graphql/],
  ])(
    '%s cannot be read: nothing is answered, the check says so, and it goes by itself afterwards',
    async (_what, path) => {
      world.clock.advance('2m')
      world.github.fails({ path, method: 'GET', status: 500, times: ALL })
      world.github.fails({
        path,
        method: 'POST',
        status: 500,
        times: path.test('/graphql') || path.test('Team') ? ALL : 0,
      })
      const run = await asks(world, sha, { by: 'dora' })
      await world.settled()
      world.clock.advance('10s')
      expect(await decisions(world, run)).toEqual([])
      const check = await world.check(sha, DEPLOY)
      expect(check).toMatchObject({ status: 'in_progress' })
      expect(`${check?.title}\n${check?.summary}`).toMatch(/could not|cannot/i)
      world.github.recovers()
      await heals(world)
      expect(await decisions(world, run)).toEqual(['approved'])
    },
  )

  test.each(trouble.filter(([what]) => what !== 'half an answer' && what !== '401'))(
    '%s on the answer itself: it is given once, later',
    async (_what, fault) => {
      world.github.fails({ method: 'POST', path: /deployment_protection_rule/, ...fault })
      const run = await asks(world, sha, { by: 'dora' })
      expect(await decisions(world, run)).toEqual([])
      world.clock.advance('1h')
      await heals(world)
      expect(await decisions(world, run)).toEqual(['approved'])
      expect(await world.check(sha, DEPLOY)).toMatchObject({ conclusion: 'success' })
    },
  )

  test('an answer that GitHub took though the connection was lost is not given twice', async () => {
    world.github.fails({ method: 'POST', path: /deployment_protection_rule/, connection: 'half' })
    const run = await asks(world, sha, { by: 'dora' })
    await heals(world)
    expect(await decisions(world, run)).toEqual(['approved'])
    expect(await world.check(sha, DEPLOY)).not.toMatchObject({ conclusion: 'failure' })
  })

  test('trouble at the push gate: says so, and heals', async () => {
    world.github.fails({ path: /graphql/, status: 502, times: ALL })
    const { sha: direct } = await world.pushesTo('main', { by: 'bob', files: { 'x.ts': 'x' } })
    await world.settled()
    world.clock.advance('10s')
    const check = await world.check(direct, PUSH)
    expect(check).toMatchObject({ status: 'in_progress' })
    world.github.recovers()
    await heals(world)
    expect(await world.check(direct, PUSH)).toMatchObject({ conclusion: 'failure' })
    expect((await world.check(direct, PUSH))?.summary).toContain(short(direct))
  })

  test('tokens that run out are renewed', async () => {
    world.clock.advance('50m')
    world.github.expiresTokens()
    const run = await asks(world, sha, { by: 'dora' })
    await heals(world)
    expect(await decisions(world, run)).toEqual(['approved'])
  })
})
