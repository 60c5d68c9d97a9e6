import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startServer } from './server.js'

const folderOfRun = (): string => {
  const folder = process.env['TEST_POSTGRES']
  if (folder === undefined) throw new Error('jest has no globalSetup test/postgres/before-all.mjs')
  return folder
}

/** True for one process of the run. */
const isFirst = (folder: string): boolean => {
  try {
    mkdirSync(join(folder, 'starting'))
    return true
  } catch {
    return false
  }
}

/** Ends the server when the run is gone, also one that was killed before its teardown. */
const endWithRun = (pid: number): void => {
  const alive = `kill -0 ${process.env['TEST_RUN']} 2>/dev/null && kill -0 ${pid} 2>/dev/null`
  const watch = `while ${alive}; do sleep 1; done; kill -QUIT ${pid} 2>/dev/null`
  spawn('sh', ['-c', watch], { detached: true, stdio: 'ignore' }).unref()
}

const started = async (folder: string): Promise<void> => {
  try {
    const { pid, url } = await startServer(join(folder, 'server'))
    endWithRun(pid)
    writeFileSync(join(folder, 'pid'), String(pid))
    writeFileSync(join(folder, 'url'), url)
  } catch (error) {
    writeFileSync(join(folder, 'failed'), error instanceof Error ? error.message : String(error))
  }
}

/** The address of the run's PostgreSQL; whoever asks first starts it. @throws where it cannot be started. */
const address = async (): Promise<string> => {
  const folder = folderOfRun()
  const [url, failed] = [join(folder, 'url'), join(folder, 'failed')]
  if (isFirst(folder)) await started(folder)
  while (!existsSync(url) && !existsSync(failed)) await new Promise((resolve) => setTimeout(resolve, 50))
  if (existsSync(failed)) throw new Error(readFileSync(failed, 'utf8'))
  return readFileSync(url, 'utf8')
}

type Run = (statement: string) => Promise<readonly object[]>

/** A connection of its own, for as long as it is used. */
export const session = async <T>(url: string, use: (run: Run) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await use(async (statement) => (await client.query<object>(statement)).rows)
  } finally {
    await client.end()
  }
}

/** Runs statements on a connection of their own. @returns the rows of the last. */
export const statements = (url: string, ...all: readonly string[]): Promise<readonly object[]> =>
  session(url, async (run) => {
    let rows: readonly object[] = []
    for (const statement of all) rows = await run(statement)
    return rows
  })

/** Until somebody in this database waits for a lock that another one holds. */
export const somebodyWaits = async (url: string): Promise<void> => {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await session(url, async (run) => {
    for (let looks = 0; (await run(waiting)).length === 0; looks++)
      if (looks > 5_000) throw new Error('nobody waits for a lock')
  })
}

/** An empty database of the caller's own; it ends with the run. */
export const aDatabase = async (): Promise<string> => {
  const server = await address()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await statements(server, `create database ${name}`)
  return server.replace(/\/postgres$/, `/${name}`)
}
