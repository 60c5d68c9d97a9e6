import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import type { WorkflowRun } from '../world/state/actions.js'
import type { World } from '../world/world.js'
import { eventually, Server } from './server-process.js'
import { aShop, asks, DEPLOY, landed, MERGE, opened, SERIAL, SHOP_POLICY, short } from './shop.js'

const OVERRIDABLE = `${SHOP_POLICY}    override: { by: core, reviewed_by: leads }\n`.replace(
  'groups:',
  'groups:\n  core: { users: [cora] }',
)

describe('kill -9', () => {
  let world: World
  let dataDir: string
  let server: Server
  let ticking: NodeJS.Timeout

  beforeEach(async () => {
    world = await aShop(SERIAL)
    world.clock.set(Date.now())
    ticking = setInterval(() => world.clock.set(Date.now()), 50)
    dataDir = mkdtempSync(join(tmpdir(), 'release-gates-crash-'))
  })
  afterEach(async () => {
    clearInterval(ticking)
    await server.dies()
    await world.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  /** How many intents have no outcome. */
  const unsettled = async (): Promise<number> => {
    const store = await openStore({ dataDir, readOnly: true })
    const { length } = await store.records.unsettled()
    await store.close()
    return length
  }
  const shown = (sha: string, name: string) =>
    world
      .repository()
      .checkRuns.filter(({ suite, name: its }) => its === name && suite.headSha === sha && suite.app === world.app)
      .sort((a, b) => b.id - a.id)[0]
  const approved = (run: WorkflowRun) => run.answers.filter(({ state }) => state === 'approved')
  const verified = () =>
    execFileSync(process.execPath, ['dist/cli/main.js', 'audit', 'verify', '--data', dataDir], { encoding: 'utf8' })

  /** From now on the world's clock, and that of servers started with this, runs ten times as fast. */
  const fast = (): Readonly<Record<string, string>> => {
    const [pace, zero] = [10, Date.now()]
    clearInterval(ticking)
    ticking = setInterval(() => world.clock.set(zero + (Date.now() - zero) * pace), 20)
    return {
      NODE_OPTIONS: `--import ${pathToFileURL('test/chaos/fast-clock.mjs').href}`,
      CHAOS_PACE: String(pace),
      CHAOS_ZERO: String(zero),
      CHAOS_EPOCH: String(zero),
    }
  }

  test('a delivery that was acknowledged is judged after the next start', async () => {
    server = await Server.start(world, { DATA_DIR: dataDir })
    const pull = await opened(world)
    await eventually('the gate waits', () => shown(pull.headSha, MERGE)?.status === 'in_progress')
    world.webhooks.hold()
    await world.approves(pull, { by: 'lena' })
    // GitHub answers nothing while the acknowledged delivery waits to be judged.
    world.github.fails({ connection: 'never', times: 100 })
    await world.webhooks.release()
    expect(world.webhooks.delivered.at(-1)?.statusCode).toBe(202)
    await server.dies()
    world.github.recovers()
    expect(shown(pull.headSha, MERGE)).toMatchObject({ status: 'in_progress' })
    server = await Server.start(world, { DATA_DIR: dataDir })
    await eventually('the gate opens', () => shown(pull.headSha, MERGE)?.conclusion === 'success')
    await server.dies('SIGTERM')
    expect(verified()).toMatch(/whole|verified|ok/i)
  })

  test.each([
    ['before GitHub has it', { connection: 'never' as const }, 0],
    ['after GitHub has it', { connection: 'half' as const }, 1],
  ])(
    'between the intent to answer and its outcome, %s: answered once, and nothing is lost',
    async (_when, fault, already) => {
      server = await Server.start(world, { DATA_DIR: dataDir })
      world.github.fails({ method: 'POST', path: /deployment_protection_rule/, ...fault })
      const run = await asks(world, world.tip())
      await eventually('the answer is on its way', () =>
        world.github.requests.some(({ method, path }) => method === 'POST' && /deployment_protection_rule/.test(path)),
      )
      await server.dies()
      expect(approved(run)).toHaveLength(already)
      world.github.recovers()
      server = await Server.start(world, { DATA_DIR: dataDir })
      await eventually('the run is approved', () => approved(run).length === 1)
      await eventually('the check says so', () => shown(run.headSha, DEPLOY)?.conclusion === 'success')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(approved(run)).toHaveLength(1)
      await server.dies('SIGTERM')
      expect(verified()).toMatch(/whole|verified|ok/i)
    },
  )

  test('between an approval by override and its outcome: no other run of the commit is let in by it', async () => {
    await world.commitsPolicy(OVERRIDABLE)
    server = await Server.start(world, { DATA_DIR: dataDir })
    const { pull, sha } = await landed(world)
    const one = await asks(world, sha)
    await eventually('the run waits', () => shown(sha, DEPLOY)?.status === 'in_progress')
    world.github.fails({ method: 'POST', path: /deployment_protection_rule/, connection: 'lost' })
    await world.comments(pull, { by: 'cora', body: `/override production ${short(sha)} the shop is down` })
    await eventually('the run is approved', () => approved(one).length === 1)
    await server.dies()
    world.github.recovers()
    const two = await asks(world, sha)
    server = await Server.start(world, { DATA_DIR: dataDir })
    await eventually('the other run waits', () => shown(sha, DEPLOY)?.output.summary?.includes(String(two.id)))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect([approved(one).length, approved(two).length]).toEqual([1, 0])
    await server.dies('SIGTERM')
    expect(verified()).toMatch(/whole|verified|ok/i)
  })

  test('between an approval and its check: the check that waited says so after the next start', async () => {
    server = await Server.start(world, { DATA_DIR: dataDir })
    const busy = await asks(world, world.tip())
    await eventually('the first run is approved', () => approved(busy).length === 1)
    const { sha } = await world.pushesTo('main', { by: 'dev', files: { 'src/b.ts': 'b' } })
    const run = await asks(world, sha)
    await eventually('the second one waits', () => shown(sha, DEPLOY)?.status === 'in_progress')
    world.github.fails({ method: 'PATCH', path: /check-runs/, connection: 'never', times: 100 })
    await world.finishesJob(busy, 'deploy')
    await eventually('the second one is approved', () => approved(run).length === 1)
    await eventually('its check is on its way', () =>
      world.github.requests.some(({ method, path }) => method === 'PATCH' && /check-runs/.test(path)),
    )
    await server.dies()
    world.github.recovers()
    expect(shown(sha, DEPLOY)).toMatchObject({ status: 'in_progress' })
    server = await Server.start(world, { DATA_DIR: dataDir })
    await eventually('the check says so', () => shown(sha, DEPLOY)?.conclusion === 'success')
    expect(approved(run)).toHaveLength(1)
  })

  test.each([
    ['before GitHub has it', { connection: 'never' as const }, 0],
    ['after GitHub has it', { connection: 'half' as const }, 1],
  ])('during a reply to a command, %s: it is said once', async (_when, fault, already) => {
    const env = { DATA_DIR: dataDir, ...fast() }
    server = await Server.start(world, env)
    const pull = await opened(world)
    const comment = { method: 'POST', path: /\/issues\/\d+\/comments/ }
    world.github.fails({ ...comment, ...fault })
    await world.comments(pull, { by: 'bob', body: `/approve production ${short(pull.headSha)}` })
    const calls = () =>
      world.github.requests.filter(({ method, path }) => method === comment.method && comment.path.test(path)).length
    await eventually('the reply is on its way', () => calls() === 1)
    await server.dies()
    expect(world.repliesOn(pull)).toHaveLength(already)
    world.github.recovers()
    world.github.forgetsRequests()
    server = await Server.start(world, env)
    const asked = () => world.github.requests.some(({ method, path }) => method === 'GET' && comment.path.test(path))
    await eventually('GitHub is asked whether it has it', asked)
    await eventually('the reply is there', () => world.repliesOn(pull).length === 1)
    await eventually('nothing is left to say', async () => (await unsettled()) === 0)
    expect(world.repliesOn(pull)).toHaveLength(1)
  })
})
