import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import { aDatabase, statements } from '../postgres/cluster.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { frontOf, type Front } from './front.js'
import { aShop, asks, decisions, DEPLOY, landed, MERGE, opened } from './shop.js'

describe('two instances on one PostgreSQL', () => {
  let world: World
  let databaseUrl: string
  let first: Flow
  let second: Flow
  let front: Front

  beforeEach(async () => {
    world = await aShop()
    databaseUrl = await aDatabase()
    first = await startFlow(world, { databaseUrl })
    second = await startFlow(world, { databaseUrl })
    front = await frontOf([first, second].map(({ app }) => app.port))
    world.sendsWebhooksTo(`${front.url}/api/github/webhooks`)
  })
  afterEach(async () => {
    await front.close()
    await first.stops()
    await second.end()
  })

  const ledger = async () => {
    const store = await openStore({ dataDir: 'nowhere', databaseUrl, readOnly: true })
    try {
      return await store.ledger.verify()
    } finally {
      await store.close()
    }
  }
  /** Only this one works now. */
  const worksAlone = (one: Flow) => {
    first.works(one === first)
    second.works(one === second)
  }
  const gate = async (sha: string) => (await world.check(sha, MERGE))?.conclusion ?? 'open'

  test('a change is merged and released, each answer given once, and the ledger is whole', async () => {
    const { pull, sha } = await landed(world)
    const run = await asks(world, sha)
    expect(await decisions(world, run)).toEqual([])
    await world.comments(pull, { by: 'dora', body: `/approve production ${sha.slice(0, 7)}` })
    expect(await decisions(world, run)).toEqual(['approved'])
    expect(await world.check(sha, DEPLOY)).toMatchObject({ conclusion: 'success' })
    expect(await ledger()).toMatchObject({ ok: true })
  })

  test('who left a group is forgotten by the instance that did not hear of it', async () => {
    worksAlone(first)
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    expect(await gate(pull.headSha)).toBe('success')
    worksAlone(second)
    await world.leavesTeam('lena', 'development-leads')
    await world.settled()
    expect(await gate(pull.headSha)).toBe('open')
    worksAlone(first)
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
    await world.settled()
    expect(await gate(pull.headSha)).toBe('open')
  })

  test('an instance that fell silent in the middle of a look does not record what it had found, once another took over', async () => {
    worksAlone(second)
    const pull = await opened(world)
    await world.settled()
    second.works(false)
    const review = await world.approves(pull, { by: 'lena' })
    // It has read the approval, and waits for who is in the team.
    world.github.fails({ path: /Team/, slow: 8_000 })
    const asked = () =>
      world.github.requests.some(({ body }) => JSON.stringify(body ?? '').includes('pullRequest(number'))
    world.github.forgetsRequests()
    const silent = first.app.untilIdle()
    while (!asked()) await new Promise((resolve) => setImmediate(resolve))
    await world.dismisses(review, { by: 'leo' })
    world.clock.advance(46_000)
    await second.app.untilIdle()
    await silent
    const verdicts = await statements(
      databaseUrl,
      `select body::json -> 'verdict' ->> 'decision' as decision from ledger where kind = 'verdict' order by sequence`,
    )
    expect(verdicts).not.toContainEqual({ decision: 'allow' })
    expect(await gate(pull.headSha)).toBe('open')
    expect(await ledger()).toMatchObject({ ok: true })
  })

  test('what one instance left behind when it was stopped is the other’s to judge', async () => {
    first.works(false)
    second.works(false)
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    await second.stops()
    first.works(true)
    await world.settled()
    expect(await gate(pull.headSha)).toBe('success')
    second = await startFlow(world, { databaseUrl })
  })
})
