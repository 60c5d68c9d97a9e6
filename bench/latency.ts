import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as after } from 'node:timers/promises'
import { Listener, type Heard } from '../test/world/app.js'
import { aWorld, type World } from '../test/world/world.js'
import { RememberingGitHub } from './github.js'
import { delivered } from './inbox-load.js'
import { type Figure } from './measure.js'
import { started, worked } from './servers.js'

/** Milliseconds. */
const BAR = 100
const A_SECOND = 100
/** Until the engine has compiled what is used often, a server that has just started is twice as slow. */
const WARM = 500
const MEASURED = 500
/** Milliseconds until every verdict must have come. */
const PATIENCE = 120_000

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
branches:
  main:
    merge:
      - approval: { from: leads }
      - checks: [test]
`

const server = fileURLToPath(new URL('../dist/server.js', import.meta.url))

/** The deliveries of pull requests that were opened, as the stand-in sends them. */
const openedIn = async (world: World): Promise<readonly Heard[]> => {
  const listener = await Listener.to(world)
  for (let n = 0; n < WARM + MEASURED; n += 1)
    await world.opensPullRequest({ by: 'dev', files: { [`src/${n}.ts`]: `${n}` } })
  await listener.close()
  return listener.heard.filter(({ event, body }) => event === 'pull_request' && body['action'] === 'opened')
}

const shaOf = ({ body }: Heard): string =>
  (body['pull_request'] as { readonly head: { readonly sha: string } }).head.sha

interface Run {
  readonly github: RememberingGitHub
  readonly env: Readonly<Record<string, string>>
  readonly events: readonly Heard[]
  readonly perSecond: number
}

interface Played {
  /** Milliseconds from the sending of each delivery until its verdict was posted. */
  readonly took: readonly number[]
  /** Milliseconds of the server's processor time for each. */
  readonly cpu: number
}

/** With a server and a store of its own. */
const played = async ({ github, env, events, perSecond }: Run): Promise<Played> => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-bench-'))
  const app = { GHE_HOST: github.host, DATA_DIR: folder, LOG_LEVEL: 'fatal', NODE_ENV: 'production' }
  const running = await started({ args: [server], env: { ...env, ...app } })
  const sent = new Map<string, number>()
  const took = new Map<string, number>()
  github.onPosted = ({ sha, at }) => void took.set(sha, at - (sent.get(sha) ?? NaN))
  try {
    const before = worked(running)
    const start = performance.now()
    for (const [index, event] of events.entries()) {
      const due = start + (index * 1_000) / perSecond
      if (due > performance.now()) await after(due - performance.now())
      sent.set(shaOf(event), performance.now())
      void delivered({ port: running.port, secret: env['WEBHOOK_SECRET'] ?? '', ...event })
    }
    const until = performance.now() + PATIENCE
    while (took.size < events.length && performance.now() < until) await after(50)
    if (took.size < events.length) throw new Error(`${events.length - took.size} verdicts were never posted`)
    const cpu = (worked(running) - before) / events.length
    return { took: events.map((event) => took.get(shaOf(event)) ?? NaN), cpu }
  } finally {
    await running.stop()
    rmSync(folder, { recursive: true })
  }
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN

/** From a delivery to its posted verdict. GitHub's part is played once before, so that it answers from memory. */
export const latency = async (): Promise<readonly Figure[]> => {
  const world = await aWorld({ at: Date.now() }).withTeam('development-leads', ['lena', 'leo']).withPolicy(POLICY)
  const github = await RememberingGitHub.before(world.origin)
  try {
    const events = await openedIn(world)
    const run = { github, env: world.env(), events }
    await played({ ...run, perSecond: 25 })
    const asked = github.missed
    const all = await played({ ...run, perSecond: A_SECOND })
    const took = all.took.slice(WARM).sort((a, b) => a - b)
    const [half, most] = [at(took, 0.5), at(took, 0.99)]
    return [
      {
        part: 'latency',
        figure: `p99 ${most.toFixed(0)} ms`,
        bar: `under ${BAR} ms`,
        met: most < BAR,
        how: `From the sending of a delivery until its verdict has come in at a GitHub that answers from memory: ${A_SECOND} pull requests a second, each new to the app, ${MEASURED} of them after ${WARM} to warm up. Half took ${half.toFixed(0)} ms or less, the slowest ${at(took, 1).toFixed(0)} ms. The server worked ${all.cpu.toFixed(1)} ms of processor time for each. ${github.missed - asked} questions were not known from the run before. Client, GitHub and server on the same machine.`,
      },
    ]
  } finally {
    await github.close()
    await world.close()
  }
}
