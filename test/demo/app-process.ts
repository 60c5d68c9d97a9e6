import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'

/** A port that was free a moment ago, on loopback. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

export interface AppProcess {
  readonly url: string
  /** What it wrote, for when something goes wrong. */
  readonly output: () => string
  stop(): Promise<void>
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))

const isUp = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/healthz`)).ok
  } catch {
    return false // it does not listen yet
  }
}

/** The built app as `npm start` runs it, in a process of its own. @throws when it is not up within ten seconds. */
export const startAppProcess = async (env: Readonly<Record<string, string>>): Promise<AppProcess> => {
  const port = await freePort()
  const written: string[] = []
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['dist/server.js'], {
    env: { PATH, ...env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')))
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + 10_000
  while (!(await isUp(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the app did not start:\n${written.join('')}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await ended(child)
  }
  return { url, output: () => written.join(''), stop }
}
