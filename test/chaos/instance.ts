import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { sleep } from './pace.js'

const FAST_CLOCK = fileURLToPath(new URL('fast-clock.mjs', import.meta.url))
/** Looks at a server that starts, and real milliseconds between them: a machine that stands still is waited for. */
const LOOKS = 2_000
const LOOK_EVERY = 25
/** Lines of a log that are kept for whoever looks for the reason. */
const KEPT = 400

/** Below those that systems give to whoever connects, so that nobody takes it while the server is away. */
const PORTS = [10_000, 32_000] as const

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** A port that stays free between the lives of a server. */
export const lastingPort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(...PORTS)
    if (await isFree(port)) return port
  }
}

/** One server on a port of its own, killed and started again. */
export class Instance {
  readonly log: string[] = []
  #child: ChildProcess | null = null

  constructor(
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly program: string,
  ) {}

  start(): void {
    const child = spawn(process.execPath, ['--import', FAST_CLOCK, this.program], {
      env: {
        PATH: process.env['PATH'] ?? '',
        LOG_LEVEL: 'info',
        ...this.env,
        HOST: '127.0.0.1',
        PORT: String(this.port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.log.push(chunk.toString('utf8'))
        if (this.log.length > KEPT) this.log.shift()
      })
    this.#child = child
  }

  /** Whether it ended by itself, which it never may. */
  get fell(): boolean {
    return this.#child !== null && this.#child.exitCode !== null
  }

  answers(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /** Why it ended by itself, with all that it wrote. */
  async #lastWords(): Promise<string> {
    const child = this.#child
    if (child?.exitCode != null) await sleep(200)
    return `exit code ${child?.exitCode ?? 'none'}\n${this.log.join('')}`
  }

  /** @throws {Error} when it ends, or does not answer in time. */
  async isUp(): Promise<void> {
    for (let looks = 0; ; looks++) {
      if (this.fell || looks > LOOKS) throw new Error(`a server did not start: ${await this.#lastWords()}`)
      if (await this.answers()) return
      await sleep(LOOK_EVERY)
    }
  }

  /** `SIGKILL`: as a power cut does it, at whatever it is doing. */
  async ends(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
}
