import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, DEPLOY, MERGE, opened, posts, PUSH } from './shop.js'

type Posted = World['webhooks']['delivered'][number]

/** A sequence of numbers below 1 that is the same every time. */
const numbersFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const shuffled = <T>(list: readonly T[], random: () => number): readonly T[] =>
  list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)

/** A change is reviewed, objected to, pushed to, reviewed again and merged; a second one stays open; production is asked for. */
const story = async (world: World) => {
  const pull = await opened(world, { head: 'one' })
  await world.approves(pull, { by: 'bob' })
  const early = await world.approves(pull, { by: 'lena' })
  await world.pushes(pull, { by: 'dev', files: { 'src/a.ts': 'b' } })
  await world.dismisses(early)
  await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
  await world.requestsChanges(pull, { by: 'leo' })
  world.clock.advance('1m')
  await world.approves(pull, { by: 'leo' })
  const other = await opened(world, { head: 'two', files: { 'src/c.ts': 'c' } })
  await world.approves(other, { by: 'lena' })
  await world.pushes(other, { by: 'dev', files: { 'src/c.ts': 'd' } })
  return { pull, other }
}

const ending = async (world: World, { pull, other }: Awaited<ReturnType<typeof story>>) => {
  const sha = await world.merges(pull, { by: 'leo', method: 'squash' })
  const run = await asks(world, sha)
  return { pull, other, sha, run }
}

const shown = async (world: World, { pull, other, sha, run }: Awaited<ReturnType<typeof ending>>) => {
  const one = async (target: Parameters<World['check']>[0], name: string) => {
    const check = await world.check(target, name)
    return check && { status: check.status, conclusion: check.conclusion, title: check.title }
  }
  return {
    merged: await one(pull, MERGE),
    open: await one(other, MERGE),
    push: await one(sha, PUSH),
    deploy: await one(sha, DEPLOY),
    answers: run.answers.filter(({ state }) => state !== null).map(({ state }) => state),
  }
}

describe('deliveries in odd orders', () => {
  let world: World
  let flow: Flow
  let app: string

  const starts = async () => {
    world = await aShop()
    flow = await startFlow(world)
    app = `http://127.0.0.1:${flow.app.port}/api/github/webhooks`
  }
  beforeEach(starts)
  afterEach(() => flow.end())

  /** What happens meanwhile is told to nobody; its deliveries are returned. */
  const untold = async (happens: () => Promise<unknown>): Promise<readonly Posted[]> => {
    const from = world.webhooks.delivered.length
    world.webhooks.target = null
    await happens()
    await world.webhooks.deliver()
    world.webhooks.target = app
    return world.webhooks.delivered.slice(from)
  }
  const tells = async ({ headers, raw }: Posted) => {
    const response = await fetch(app, { method: 'POST', headers, body: raw })
    await response.arrayBuffer()
    expect(response.status).toBe(202)
  }

  const undisturbed = async () => {
    const told = await story(world)
    await world.settled()
    const end = await ending(world, told)
    return shown(world, end)
  }

  test.each([11, 23, 47])(
    'any order, with everything told twice, ends as the right one does (seed %i)',
    async (seed) => {
      const right = await undisturbed()
      await flow.end()
      await starts()
      const random = numbersFrom(seed)
      let told: Awaited<ReturnType<typeof story>> | undefined
      const first = await untold(async () => (told = await story(world)))
      const tellAll = async (posted: readonly Posted[]) => {
        for (const delivery of shuffled([...posted, ...posted], random)) {
          await tells(delivery)
          if (random() < 0.3) await flow.app.untilIdle()
        }
        await world.settled()
      }
      await tellAll(first)
      if (told === undefined) throw new Error('the story was not told')
      const before = told
      let end: Awaited<ReturnType<typeof ending>> | undefined
      const second = await untold(async () => (end = await ending(world, before)))
      await tellAll(second)
      if (end === undefined) throw new Error('the story has no end')
      expect(await shown(world, end)).toEqual(right)
      expect(right).toMatchObject({
        merged: { conclusion: 'success' },
        open: { status: 'in_progress' },
        push: { conclusion: 'success' },
        deploy: { status: 'in_progress' },
      })
    },
  )

  test('the reverse order ends as the right one does', async () => {
    const right = await undisturbed()
    await flow.end()
    await starts()
    world.webhooks.hold()
    const told = await story(world)
    await world.webhooks.release('reversed')
    await world.settled()
    world.webhooks.hold()
    const end = await ending(world, told)
    await world.webhooks.release('reversed')
    expect(await shown(world, end)).toEqual(right)
  })

  test('what no delivery told is found by the sweep', async () => {
    const right = await undisturbed()
    await flow.end()
    await starts()
    let told: Awaited<ReturnType<typeof story>> | undefined
    await untold(async () => (told = await story(world)))
    await flow.app.sweep()
    await world.settled()
    if (told === undefined) throw new Error('the story was not told')
    world.webhooks.lose(100)
    const end = await ending(world, told)
    world.webhooks.lose(0)
    expect(await world.check(end.sha, DEPLOY)).toBeNull()
    await flow.app.sweep()
    expect(await shown(world, end)).toEqual(right)
  })

  test('a delivery that GitHub could not hand over is fetched once, not at every sweep', async () => {
    world.webhooks.lose(1, 'pull_request')
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    await flow.app.sweep()
    await world.settled()
    world.github.forgetsRequests()
    await flow.app.sweep()
    await world.settled()
    expect(world.github.requests.filter(({ path }) => /^\/app\/hook\/deliveries\/\d+$/.test(path))).toEqual([])
  })

  test('a body that GitHub did not sign is refused and changes nothing', async () => {
    const [delivery] = (await untold(() => opened(world))).filter(({ happening }) => happening.event === 'pull_request')
    if (delivery === undefined) throw new Error('nothing happened')
    const body = delivery.raw
    expect(await posts(flow.app.port, { event: 'pull_request', body, secret: 'guessed' })).toBe(401)
    await world.settled()
    expect(await world.check(world.pull(1), MERGE)).toBeNull()
    const { 'x-hub-signature-256': _unsigned, ...headers } = delivery.headers as Record<string, string>
    expect((await fetch(app, { method: 'POST', headers, body })).status).toBe(401)
    expect((await fetch(app, { method: 'POST', headers: delivery.headers, body: `${body} ` })).status).toBe(401)
    expect(await posts(flow.app.port, { event: 'pull_request', body })).toBe(202)
    expect(await world.check(world.pull(1), MERGE)).not.toBeNull()
  })

  test.each([
    ['an event that nobody knows', 'sponsorship', '{"action":"created"}'],
    ['an event that is the name of trouble', 'error', '{"action":"created"}'],
    ['a known event without what it should have', 'pull_request', '{"action":"opened"}'],
    ['a known event of no installation', 'push', '{"ref":"refs/heads/main"}'],
    ['what is no JSON', 'pull_request', 'opened'],
    ['a list', 'push', '[]'],
  ])('%s does not stop what comes after it', async (_what, event, body) => {
    await posts(flow.app.port, { event, body })
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a delivery of months ago, sent again under another id, changes nothing', async () => {
    const pull = await opened(world)
    const approved = world.webhooks.delivered.length
    await world.approves(pull, { by: 'lena' })
    const [review] = world.webhooks.delivered
      .slice(approved)
      .filter(({ happening }) => happening.event === 'pull_request_review')
    if (review === undefined) throw new Error('the review was not told')
    await world.pushes(pull, { by: 'dev', files: { 'src/a.ts': 'z' } })
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
    expect(
      await posts(flow.app.port, {
        event: 'pull_request_review',
        body: review.raw,
        guid: '00000000-0000-4000-8000-00000000beef',
      }),
    ).toBe(202)
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })
})
