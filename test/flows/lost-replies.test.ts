import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { aDatabase, statements } from '../postgres/cluster.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, heals, MERGE, opened } from './shop.js'

const CLOSED = { status: 'in_progress', conclusion: null }
const losesTheReply = (world: World) => world.github.fails({ method: 'PATCH', path: /check-runs/, connection: 'half' })

describe('a check that GitHub turned green though its reply was lost closes', () => {
  let world: World
  let flow: Flow
  beforeEach(async () => {
    world = await aShop()
    flow = await startFlow(world)
  })
  afterEach(() => flow.end())

  test('when the review that it was for is dismissed', async () => {
    const pull = await opened(world)
    await world.settled()
    losesTheReply(world)
    const review = await world.approves(pull, { by: 'lena' })
    await world.settled()
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.dismisses(review)
    await heals(world, 1)
    expect(await world.check(pull, MERGE)).toMatchObject(CLOSED)
  })

  test('when somebody asks for changes', async () => {
    const pull = await opened(world)
    await world.settled()
    losesTheReply(world)
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    await world.requestsChanges(pull, { by: 'leo' })
    await heals(world, 1)
    expect(await world.check(pull, MERGE)).toMatchObject(CLOSED)
  })

  test('of a merge group', async () => {
    const pull = await opened(world, { head: 'one' })
    const review = await world.approves(pull, { by: 'lena' })
    const entry = await world.enqueues(pull, { by: 'leo' })
    await world.settled()
    expect(await world.check(entry.head, MERGE)).toMatchObject(CLOSED)
    losesTheReply(world)
    await world.reportsCheck(entry.head, { name: 'test', conclusion: 'success' })
    await world.settled()
    expect(await world.check(entry.head, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.dismisses(review)
    await world.settled()
    await heals(world, 5)
    expect(await world.check(entry.head, MERGE)).toMatchObject(CLOSED)
  })

  test('and is not said a second time where nothing has changed', async () => {
    const pull = await opened(world)
    await world.settled()
    losesTheReply(world)
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    world.github.forgetsRequests()
    await heals(world, 1)
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    expect(world.github.requests.filter(({ method, path }) => method !== 'GET' && /check-runs/.test(path))).toEqual([])
  })
})

describe('what an instance said before it died', () => {
  let world: World
  let url: string
  let flow: Flow
  beforeEach(async () => {
    world = await aShop()
    url = await aDatabase()
    flow = await startFlow(world, { databaseUrl: url })
  })
  afterEach(() => flow.end())

  /** Another takes over from one that was killed between its last call for a check and the outcome. */
  const takesOver = async () => {
    await flow.stops()
    const last = `select max(id) from intents where what = 'check'`
    await statements(url, `update intents set ok = null, detail = null, settled_at = null where id = (${last})`)
    flow = await startFlow(world, { databaseUrl: url })
  }

  test('is known to the one that takes over, and closes', async () => {
    const pull = await opened(world)
    await world.settled()
    const review = await world.approves(pull, { by: 'lena' })
    await world.settled()
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    await takesOver()
    await world.dismisses(review)
    await world.settled()
    expect(await world.check(pull, MERGE)).toMatchObject(CLOSED)
  })
})
