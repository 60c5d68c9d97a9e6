import { afterEach, describe, expect, test } from '@jest/globals'
import { GITHUB_LIMITS } from '../../src/github/limiting/limits.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow, type FlowOptions } from './app.js'
import { aShop, asks, decisions, landed, MERGE, opened, short, SHOP_POLICY } from './shop.js'

const UNCOUNTED = { core: { most: Infinity, window: 0 }, graphql: { most: Infinity, window: 0 } }

describe("GitHub's limits", () => {
  let world: World
  let flow: Flow
  const starts = async (options: FlowOptions = {}, policy = SHOP_POLICY): Promise<void> => {
    world = await aShop(policy).withOrganisationPolicy('version: 1\n')
    flow = await startFlow(world, options)
  }
  afterEach(() => flow.end())

  const shown = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${flow.app.metricsPort}${path}`)).text()
  const posted = () => world.github.requests.filter(({ method, path }) => method === 'POST' && /check-runs/.test(path))

  test('the last of a budget is kept for deployments, and pull requests are judged once it is whole again', async () => {
    await starts({
      limits: { ...GITHUB_LIMITS, points: UNCOUNTED, reserve: { release: 0, change: 0.99, background: 0.995 } },
    })
    const { pull, sha } = await landed(world)
    const run = await asks(world, sha)
    const other = await opened(world)
    await world.settled()
    world.github.budget(300)
    await world.labels(other, 'urgent')
    await world.approves(other, { by: 'lena' })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, run)).toEqual(['approved'])
    expect(await world.check(other, MERGE)).not.toMatchObject({ conclusion: 'success' })
    world.github.budget(5000)
    world.clock.advance('61m')
    await world.settled()
    expect(await world.check(other, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a secondary limit is waited out: nothing is asked before its time, whatever happens', async () => {
    await starts()
    const pull = await opened(world)
    await world.settled()
    world.github.fails({ path: /graphql/, rateLimit: 'secondary', retryAfter: 120 })
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    world.github.forgetsRequests()
    world.clock.advance('100s')
    await world.labels(pull, 'urgent')
    await world.settled()
    expect(world.github.requests).toEqual([])
    expect(await shown('/metrics')).toMatch(/release_gates_github_paused_seconds\{installation="\d+"\} 20\n/)
    world.clock.advance('20s')
    await world.settled()
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a fan-out keeps within what may be made in a minute, and leaves room for what is urgent', async () => {
    const limits = { ...GITHUB_LIMITS, creations: [{ most: 10, window: 60_000 }] }
    await starts({ limits }, SHOP_POLICY.replace('      - checks: [test]\n', ''))
    const pulls = []
    for (let count = 0; count < 12; count += 1) {
      const pull = await world.opensPullRequest({ by: 'dev', files: { [`src/${count}.ts`]: 'a' } })
      pulls.push(pull)
      await world.approves(pull, { by: 'lena' })
      await world.settled()
      world.clock.advance('1m')
      await world.settled()
    }
    world.github.forgetsRequests()
    await world.leavesTeam('lena', 'development-leads')
    await world.settled()
    expect(posted()).toHaveLength(6)
    const urgent = await world.opensPullRequest({ by: 'dev', files: { 'urgent.ts': 'a' } })
    await world.settled()
    expect(await world.check(urgent, MERGE)).not.toBeNull()
    for (let minute = 0; minute < 5; minute += 1) {
      world.clock.advance('65s')
      await world.settled()
    }
    for (const pull of pulls) expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('a key that GitHub refuses is told by /readyz, without asking GitHub for it', async () => {
    await starts()
    await flow.app.sweep()
    expect(await shown('/readyz')).toMatch(/"credentials","ok":true/)
    world.github.fails({ path: /^\/app/, status: 401, times: 1_000 })
    await flow.app.sweep()
    world.github.forgetsRequests()
    const probe = await fetch(`http://127.0.0.1:${flow.app.port}/readyz`)
    expect([probe.status, await probe.text()]).toEqual([
      503,
      expect.stringMatching(/"credentials","ok":false.*PRIVATE_KEY/),
    ])
    expect(world.github.requests).toEqual([])
    world.github.recovers()
    await flow.app.sweep()
    expect(await shown('/readyz')).toMatch(/"credentials","ok":true/)
  })

  test('/metrics tells how many calls each kind of subject took, and names nobody', async () => {
    await starts()
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    const text = await shown('/metrics')
    expect(text).toMatch(
      /release_gates_github_calls_total\{installation="\d+",about="change",resource="graphql",status="200"\} \d/,
    )
    expect(text).toMatch(/release_gates_decisions_total\{gate="merge",decision="allow"\} 1\n/)
    expect(text).toMatch(/release_gates_answer_seconds_count\{about="change"\} \d/)
    expect(text).toMatch(/release_gates_github_budget_remaining\{installation="\d+",resource="graphql"\} 49\d\d\n/)
    for (const name of ['acme', 'shop', 'lena', 'development-leads']) expect(text).not.toContain(name)
  })

  test('a port of its own for /metrics is the only place that shows them', async () => {
    await starts({ env: { METRICS_PORT: '0', PORT: '0' } })
    expect(flow.app.metricsPort).toBe(flow.app.port)
    expect((await fetch(`http://127.0.0.1:${flow.app.port}/metrics`)).status).toBe(200)
  })

  test('a 401 for a new token is no reason to wait: the look fails at once, and is made again', async () => {
    await starts()
    const pull = await opened(world)
    await world.settled()
    world.github.fails({ path: /graphql/, status: 401, times: 2 })
    const began = performance.now()
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    expect(world.github.requests.filter(({ status }) => status === 401)).toHaveLength(2)
    expect(performance.now() - began).toBeLessThan(5_000)
    world.clock.advance('10s')
    await world.settled()
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })
})
