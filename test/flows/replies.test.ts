import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, short } from './shop.js'

const COMMENTS = { method: 'POST', path: /\/issues\/\d+\/comments/ }

describe('a reply to a command or a button', () => {
  let world: World
  let flow: Flow
  let pull: Awaited<ReturnType<typeof landed>>['pull']
  let sha: string
  let run: Awaited<ReturnType<typeof asks>>

  beforeEach(async () => {
    world = await aShop()
    flow = await startFlow(world)
    ;({ pull, sha } = await landed(world))
    run = await asks(world, sha)
    await world.settled()
    world.github.forgetsRequests()
  })
  afterEach(() => flow.end())

  const replies = () => world.repliesOn(pull).map(({ body }) => body)
  const calls = () =>
    world.github.requests.filter(({ method, path }) => method === COMMENTS.method && COMMENTS.path.test(path)).length

  test.each([
    ['GitHub is in trouble', { status: 502 }],
    ['the connection breaks', { connection: 'reset' as const }],
    ['GitHub asks to wait', { rateLimit: 'secondary' as const, retryAfter: 90 }],
    ['GitHub has taken it and says nothing', { connection: 'half' as const }],
  ])('is said once, later, when %s', async (_when, fault) => {
    world.github.fails({ ...COMMENTS, ...fault })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await heals(world)
    expect(replies()).toEqual([expect.stringMatching(/^Recorded: dora approved/)])
    expect(await decisions(world, run)).toEqual(['approved'])
  })

  test('that refuses is said later in the same words, whatever has happened since', async () => {
    world.github.fails({ ...COMMENTS, status: 500 })
    await world.comments(pull, { by: 'bob', body: `/approve production ${short(sha)}` })
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await heals(world)
    expect(replies().sort()).toEqual([
      expect.stringMatching(/^Recorded: dora approved/),
      expect.stringMatching(/^Refused: bob cannot approve/),
    ])
  })

  test.each([
    ['/gates', () => world.comments(pull, { by: 'bob', body: '/gates' })],
    [
      'a button',
      async () => {
        const check = await world.check(sha, DEPLOY)
        if (check === null) throw new Error('no check')
        await world.clicksButton(check, 'approve', { by: 'dora' })
      },
    ],
  ])('to %s is said later too', async (_what, acts) => {
    world.github.fails({ ...COMMENTS, status: 503, times: 3 })
    await acts()
    await heals(world, 5)
    expect(replies()).toHaveLength(1)
    expect(calls()).toBe(4)
  })

  test('waits until GitHub’s list of comments can be trusted', async () => {
    world.github.fails({ ...COMMENTS, status: 502 })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await world.settled()
    world.clock.advance('10s')
    await world.settled()
    expect(calls()).toBe(1)
    world.clock.advance('11s')
    await world.settled()
    expect(calls()).toBe(2)
  })

  test('is said when nothing but the sweep looks for it any more', async () => {
    world.github.fails({ ...COMMENTS, status: 502, times: 30 })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await heals(world, 30)
    expect(replies()).toEqual([])
    world.github.recovers()
    await flow.app.sweep()
    await heals(world, 1)
    expect(replies()).toHaveLength(1)
  })

  test.each([
    ['GitHub will never take it', { status: 410 }, '1h'],
    ['a day is over', { status: 502, times: 1_000 }, '25h'],
  ])('is given up when %s', async (_when, fault, later) => {
    world.github.fails({ ...COMMENTS, ...fault })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await world.settled()
    world.clock.advance(later)
    await world.settled()
    world.github.recovers()
    const before = calls()
    await flow.app.sweep()
    await heals(world)
    expect(calls()).toBe(before)
    expect(replies()).toEqual([])
  })
})
