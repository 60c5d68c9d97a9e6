import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve as absolute } from 'node:path'
import { freePort } from '../demo/app-process.js'
import type { World } from '../world/world.js'

/** Looks again and again until it finds something. @throws after `patience` milliseconds. */
export const eventually = async <T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  patience = 20_000,
): Promise<T> => {
  const deadline = Date.now() + patience
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`not seen: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The built app as a process of its own, on a free port, which from now on gets the world's webhooks. */
export class Server {
  readonly written: string[] = []
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** @param folder where it works, with an `.env` that has all it needs to know of the world; absent: it is given that. */
  static async start(world: World, env: Readonly<Record<string, string>>, folder?: string): Promise<Server> {
    if (!existsSync('dist/server.js')) throw new Error('there is no dist/server.js: run npm run build')
    const port = await freePort()
    const child = spawn(process.execPath, [absolute('dist/server.js')], {
      cwd: folder ?? process.cwd(),
      env: {
        PATH: process.env['PATH'] ?? '',
        ...(folder === undefined ? world.env() : {}),
        ...env,
        PORT: String(port),
        HOST: '127.0.0.1',
        ...(folder === undefined ? { LOG_LEVEL: 'warn' } : {}),
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
