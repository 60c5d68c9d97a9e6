import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, heals, MERGE, opened } from './shop.js'

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

describe('GitHub in trouble, at a pull request', () => {
  let world: World
  let flow: Flow
  beforeEach(async () => {
    world = await aShop().withOrganisationPolicy('version: 1\n')
    flow = await startFlow(world)
  })
  afterEach(() => flow.end())

  const approvedInTrouble = async (fault: Fault) => {
    const pull = await opened(world)
    await world.settled()
    world.github.fails({ times: ALL, ...fault })
    await world.approves(pull, { by: 'lena' })
    return pull
  }

  test.each(trouble)('%s on the first query: stays shut, and opens by itself afterwards', async (_what, fault) => {
    const pull = await approvedInTrouble({ path: /graphql/, ...fault })
    await heals(world, 1)
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    world.github.recovers()
    world.clock.advance('1h')
    await heals(world)
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a command that was written in an outage of hours is answered after it', async () => {
    const pull = await opened(world)
    await world.settled()
    world.github.fails({ path: /\/issues\/comments\//, status: 502, times: ALL })
    await world.comments(pull, { by: 'dora', body: '/gates' })
    for (let looks = 0; looks < 12; looks++) {
      world.clock.advance('6m')
      await heals(world, 1)
    }
    world.github.recovers()
    await flow.app.sweep()
    await heals(world)
    expect(world.repliesOn(pull)).toHaveLength(1)
  })

  test.each([
    ['the teams', /^\/organizations\/\d+\/team|^\/orgs\/[^/]+\/teams|^Team$/, /leads|team/i],
    ['the policy', /\/git\/trees\/|\/contents\/|^Policy$/, /policy/i],
  ])('%s cannot be read: stays shut, and says so', async (_what, path, words) => {
    world.github.fails({ path, status: 500, times: ALL })
    world.github.fails({ path: /graphql/, field: 'repository.pullRequest.baseRef.target.at', times: ALL })
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    await heals(world, 1)
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(`${check?.title}\n${check?.summary}`).toMatch(words)
    world.github.recovers()
    await heals(world)
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test.each(['repository.pullRequest.reviews', 'repository.pullRequest.commits', 'repository.pullRequest'])(
    'a reply with an error at %s is not used, and the check says what could not be read',
    async (field) => {
      const pull = await approvedInTrouble({ path: /graphql/, field })
      await heals(world, 2)
      const check = await world.check(pull, MERGE)
      expect(check).toMatchObject({ status: 'in_progress' })
      expect(`${check?.title}\n${check?.summary}`).toMatch(/could not|cannot|unknown|not whole/i)
      world.github.recovers()
      await heals(world)
      expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    },
  )

  test('what stood in green closes when the subject cannot be read any more', async () => {
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    world.github.fails({ path: /graphql/, status: 502, times: ALL })
    await world.requestsChanges(pull, { by: 'leo' })
    await world.settled()
    world.clock.advance('10s')
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/502/)
  })

  test.each(trouble)(
    '%s on writing the check: nothing is shown open, and it is written afterwards',
    async (_what, fault) => {
      const pull = await approvedInTrouble({ path: /\/check-runs/, ...fault })
      await heals(world, 1)
      world.github.recovers()
      world.clock.advance('1h')
      await heals(world)
      expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    },
  )

  test('a closing that GitHub does not take is tried again until it is there', async () => {
    const pull = await opened(world)
    const review = await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    world.github.fails({ method: 'POST', path: /\/check-runs/, status: 500, times: 4 })
    await world.dismisses(review)
    await heals(world)
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('an hour of trouble does not bury the subject', async () => {
    const pull = await approvedInTrouble({ path: /graphql/, status: 500 })
    for (let minute = 0; minute < 30; minute += 1) {
      world.clock.advance('5m')
      await flow.app.sweep()
      await world.settled()
    }
    world.github.recovers()
    await heals(world, 2)
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })
})
