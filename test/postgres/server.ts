import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { account, programs } from './programs.js'

const PASSWORD = 'only-for-tests'

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address === null || typeof address === 'string' ? reject(new Error('no port')) : resolve(address.port),
      )
    })
  })

/** A PostgreSQL of a test's own, on this machine only, with its disk waited for as in earnest. */
export interface Server {
  readonly pid: number
  readonly url: string
  /** Ends without writing anything more, as after a power cut; nothing where it does not run. */
  crash(): Promise<void>
  /** On the same port, with what was on its disk. */
  start(): Promise<void>
}

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL ${what} within a minute`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

const initialised = (folder: string): void => {
  const as = account()
  chmodSync(dirname(folder), 0o755)
  mkdirSync(folder, { mode: 0o700 })
  const password = join(folder, 'password')
  writeFileSync(password, PASSWORD, { mode: 0o600 })
  if (as !== null) for (const path of [folder, password]) chownSync(path, as.uid, as.gid)
  execFileSync(
    join(programs(), 'initdb'),
    [
      '-D',
      join(folder, 'cluster'),
      '-U',
      'tester',
      '-A',
      'scram-sha-256',
      `--pwfile=${password}`,
      '-E',
      'UTF8',
      '--no-locale',
    ],
    { ...as, cwd: folder, stdio: 'pipe' },
  )
}

/** Small, for many on one machine. */
const SMALL = ['max_connections=200', 'shared_buffers=32MB']

const launched = (folder: string, port: number, sizes: readonly string[]): ChildProcess => {
  const log = openSync(join(folder, 'log'), 'a', 0o600)
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`]
  const child = spawn(
    join(programs(), 'postgres'),
    ['-D', join(folder, 'cluster'), ...[...settings, ...sizes].flatMap((one) => ['-c', one])],
    { ...account(), cwd: folder, stdio: ['ignore', log, log], detached: true },
  )
  child.unref()
  return child
}

/**
 * Makes a cluster in a folder and starts it. It outlives this process: whoever starts it stops it.
 * @param sizes settings that are not PostgreSQL's own.
 */
export const startServer = async (folder: string, sizes: readonly string[] = SMALL): Promise<Server> => {
  initialised(folder)
  const port = await freePort()
  const url = `postgres://tester:${PASSWORD}@127.0.0.1:${port}/postgres`
  let child: ChildProcess
  const start = async () => {
    child = launched(folder, port, sizes)
    await until('did not start', () => answers(url))
  }
  await start()
  return {
    get pid() {
      return child.pid ?? 0
    },
    url,
    start,
    async crash() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGQUIT')
      await gone
    },
  }
}
