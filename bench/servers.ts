import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'

export interface Running {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

export interface Program {
  /** Arguments of `node`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export const SECRET = 'a-secret-of-the-benchmark-alone'

/** What every app needs to start: made for this run, and good for nothing. */
export const credentials = (): Readonly<Record<string, string>> => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: SECRET, LOG_LEVEL: 'fatal', NODE_ENV: 'production' }
}

/** Nobody listens there: GitHub is down. */
export const NO_GITHUB = { GHE_HOST: '127.0.0.1:9', GHE_PROTOCOL: 'http' } as const

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => {
        resolve(port)
      })
    })
  })

/** Starts a server on a free port of the loopback and waits until it answers there, whatever it answers. */
export const started = async ({ args, env }: Program, path = '/'): Promise<Running> => {
  const port = await freePort()
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await answering(`http://127.0.0.1:${port}${path}`, child)
  return { port, pid: child.pid ?? 0, stop: () => ended(child) }
}

/** Milliseconds of processor time that a process has used; Linux only, in hundredths of a second. */
export const worked = ({ pid }: Pick<Running, 'pid'>): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const STARTS_WITHIN = 60_000
const PAUSE = 10

const answering = async (url: string, child: ChildProcess): Promise<void> => {
  const until = performance.now() + STARTS_WITHIN
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`a server ended at its start with ${child.exitCode}`)
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
  throw new Error(`a server did not answer within ${STARTS_WITHIN / 1_000} s`)
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.on('exit', () => {
      resolve()
    })
    child.kill('SIGTERM')
  })
