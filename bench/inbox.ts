import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '../test/postgres/server.js'
import { acknowledgements } from './inbox-load.js'
import { grouped, median, type Figure } from './measure.js'
import { credentials, NO_GITHUB, SECRET, started, type Program } from './servers.js'

const BAR = 1.5
const BAR_OF_POSTGRES = 1
const CONNECTIONS = 50
const ROUNDS = 5
/** Milliseconds. */
const WARM = 2_000
const ROUND = 3_000

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

interface Store {
  readonly name: string
  readonly bar: number
  readonly env: Readonly<Record<string, string>>
}

/** Acknowledged deliveries a second, on disk before each is acknowledged, against Probot, which keeps none. */
export const inbox = (): Promise<readonly Figure[]> =>
  inFolder((folder) => against({ name: 'SQLite', bar: BAR, env: { DATA_DIR: folder } }))

/** The same on a PostgreSQL that is started for it, with its disk waited for as in earnest. */
export const inboxOnPostgres = (): Promise<readonly Figure[]> =>
  inFolder(async (folder) => {
    const postgres = await startServer(join(folder, 'server'), [])
    try {
      const env = { DATA_DIR: folder, DATABASE_URL: postgres.url }
      return await against({ name: 'PostgreSQL', bar: BAR_OF_POSTGRES, env })
    } finally {
      const awake = setInterval(() => undefined, 1_000) // the server alone would not keep this process waiting for its end
      await postgres.crash()
      clearInterval(awake)
    }
  })

const inFolder = async <T>(run: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-bench-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Both in turn, so that a busy moment of the machine strikes both. Deliveries are handled meanwhile. */
const against = async (store: Store): Promise<readonly Figure[]> => {
  const env = { ...credentials(), ...NO_GITHUB }
  const ours = { args: [here('../dist/server.js')], env: { ...env, ...store.env } }
  const probot = { args: ['--import', 'tsx', here('plain-probot.ts')], env }
  const pairs = []
  for (let round = 0; round < ROUNDS; round += 1) pairs.push([await rate(ours), await rate(probot)] as const)
  const mine = median(pairs.map(([first]) => first))
  const theirs = median(pairs.map(([, second]) => second))
  return [figure(store, mine, theirs)]
}

const rate = async (program: Program): Promise<number> => {
  const server = await started(program)
  try {
    const load = { port: server.port, secret: SECRET, connections: CONNECTIONS }
    await acknowledgements({ ...load, during: WARM })
    return await acknowledgements({ ...load, during: ROUND })
  } finally {
    await server.stop()
  }
}

const figure = ({ name, bar }: Store, mine: number, theirs: number): Figure => ({
  part: `inbox on ${name}`,
  figure: `${(mine / theirs).toFixed(1)} times plain Probot`,
  bar: `at least ${bar} times`,
  met: mine / theirs >= bar,
  how: `${grouped(mine)} durable acknowledgements/s on ${name} against ${grouped(theirs)}/s of a Probot app with an empty handler, which keeps nothing: signed deliveries of 21 KB over ${CONNECTIONS} connections, ${ROUNDS} rounds in turn, the middle of each; client, server and store on the same machine. Deliveries are handled while others come in.`,
})
