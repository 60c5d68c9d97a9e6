import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { acknowledgements } from './inbox-load.js'
import { grouped, median, type Figure } from './measure.js'
import { credentials, SECRET, started, type Program } from './servers.js'

const BAR = 1.5
const CONNECTIONS = 50
const ROUNDS = 5
/** Milliseconds. */
const WARM = 2_000
const ROUND = 3_000

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Nobody listens there: GitHub is down for both, and what is measured is the way of a delivery to its acknowledgement. */
const NO_GITHUB = { GHE_HOST: '127.0.0.1:9', GHE_PROTOCOL: 'http' }

/** Acknowledged deliveries a second, on disk before each is acknowledged, against Probot, which keeps none. */
export const inbox = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-bench-'))
  try {
    const env = { ...credentials(), ...NO_GITHUB }
    const ours = { args: [here('../dist/server.js')], env: { ...env, DATA_DIR: folder } }
    const probot = { args: ['--import', 'tsx', here('plain-probot.ts')], env }
    const pairs = []
    for (let round = 0; round < ROUNDS; round += 1) pairs.push([await rate(ours), await rate(probot)] as const)
    const mine = median(pairs.map(([first]) => first))
    const theirs = median(pairs.map(([, second]) => second))
    return [figure(mine, theirs)]
  } finally {
    rmSync(folder, { recursive: true })
  }
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

const figure = (mine: number, theirs: number): Figure => ({
  part: 'inbox',
  figure: `${(mine / theirs).toFixed(1)} times plain Probot`,
  bar: `at least ${BAR} times`,
  met: mine / theirs >= BAR,
  how: `${grouped(mine)} durable acknowledgements/s on SQLite against ${grouped(theirs)}/s of a Probot app with an empty handler, which keeps nothing: signed deliveries of 21 KB over ${CONNECTIONS} connections, ${ROUNDS} rounds in turn, the middle of each; client and server on the same machine.`,
})
