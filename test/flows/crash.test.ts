import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { WorkflowRun } from '../world/state/actions.js'
import type { World } from '../world/world.js'
import { aShop, asks, MERGE, opened, SHOP_POLICY } from './shop.js'

const SERIAL = SHOP_POLICY.replace('      - approval: { from: managers }', '      - one_at_a_time: {}').replace(
  '      - reviewed: {}\n      -',
  '      -',
)

const built = existsSync('dist/server.js')

const eventually = async <T>(what: string, look: () => T | null | undefined | false, patience = 20_000): Promise<T> => {
  const deadline = Date.now() + patience
  for (;;) {
    const found = look()
    if (found !== null && found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`not seen: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

class Server {
  readonly written: string[] = []
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(world: World, dataDir: string): Promise<Server> {
    const { freePort } = await import('../demo/app-process.js')
    const port = await freePort()
    const child = spawn(process.execPath, ['dist/server.js'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        ...world.env(),
        DATA_DIR: dataDir,
        PORT: String(port),
        HOST: '127.0.0.1',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const server = new Server(child, port)
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => server.written.push(chunk.toString('utf8')))
    let up = false
    const deadline = Date.now() + 20_000
    while (!up) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the app did not start:\n${server.written.join('')}`)
      up = await fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (!up) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    world.sendsWebhooksTo(`http://127.0.0.1:${port}/api/github/webhooks`)
    return server
  }

  /** As a power cut does it. */
  async dies(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill(signal)
    await gone
  }
}

describe('kill -9', () => {
  let world: World
  let dataDir: string
  let server: Server
  let ticking: NodeJS.Timeout

  beforeEach(async () => {
    if (!built) throw new Error('there is no dist/server.js: run npm run build')
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

  const shown = (sha: string, name: string) =>
    world
      .repository()
      .checkRuns.filter(({ suite, name: its }) => its === name && suite.headSha === sha && suite.app === world.app)
      .sort((a, b) => b.id - a.id)[0]
  const approved = (run: WorkflowRun) => run.answers.filter(({ state }) => state === 'approved')
  const verified = () =>
    execFileSync(process.execPath, ['dist/cli/main.js', 'audit', 'verify', '--data', dataDir], { encoding: 'utf8' })

  test('a delivery that was acknowledged is judged after the next start', async () => {
    server = await Server.start(world, dataDir)
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
    server = await Server.start(world, dataDir)
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
      server = await Server.start(world, dataDir)
      world.github.fails({ method: 'POST', path: /deployment_protection_rule/, ...fault })
      const run = await asks(world, world.tip())
      await eventually('the answer is on its way', () =>
        world.github.requests.some(({ method, path }) => method === 'POST' && /deployment_protection_rule/.test(path)),
      )
      await server.dies()
      expect(approved(run)).toHaveLength(already)
      world.github.recovers()
      server = await Server.start(world, dataDir)
      await eventually('the run is approved', () => approved(run).length === 1)
      await eventually(
        'the check says so',
        () => shown(run.headSha, 'release-gates/deploy/production')?.conclusion === 'success' || already === 1,
      )
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(approved(run)).toHaveLength(1)
      await server.dies('SIGTERM')
      expect(verified()).toMatch(/whole|verified|ok/i)
    },
  )
})
