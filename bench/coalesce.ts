import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aWorld, type World } from '../test/world/world.js'
import { headersOf, PATH, type Signed } from './inbox-load.js'
import { LoadConnection } from './load-connection.js'
import { grouped, type Figure } from './measure.js'
import { credentials, started } from './servers.js'

const DELIVERIES = 10_000
const CONNECTIONS = 50
const BAR = 5
/** Nothing was looked at for so long, and nothing waits: it is over. Milliseconds. */
const QUIET = 3_000
const PATIENCE = 5 * 60_000

const POLICY = `
version: 1
branches:
  main:
    merge:
      - approval: { from: development-leads }
`

type Pull = Awaited<ReturnType<World['opensPullRequest']>>

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly { readonly action?: string; readonly repository: object; readonly pull_request: object }[]
}[]

/** GitHub's own example of a pull request that got new commits, about the one in the world. */
const signedOf = (world: World, pull: Pull, secret: string): Signed => {
  const example = examples
    .find(({ name }) => name === 'pull_request')
    ?.examples.find(({ action }) => action === 'synchronize')
  if (example === undefined) throw new Error('there is no example of a pull request that got new commits')
  const { id, name, owner } = pull.repository
  const body = Buffer.from(
    JSON.stringify({
      ...example,
      number: pull.number,
      pull_request: { ...example.pull_request, number: pull.number, head: { sha: pull.headSha } },
      repository: { ...example.repository, id, name, owner: { login: owner.login, id: owner.id } },
      installation: { id: world.installation.id },
    }),
  )
  return { body, signature: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
}

/** All of them over so many connections; the approval comes, untold, before the last hundred. */
const send = async (port: number, signed: Signed, beforeTheEnd: () => Promise<unknown>): Promise<number> => {
  const opened = await Promise.all(Array.from({ length: CONNECTIONS }, () => LoadConnection.to(port)))
  const start = performance.now()
  let left = DELIVERIES
  const worker = async (connection: LoadConnection): Promise<void> => {
    while (left > 0) {
      left -= 1
      if (left === 100) await beforeTheEnd()
      const status = await connection.post(PATH, headersOf(signed, 'pull_request'), signed.body)
      if (status !== 202 && status !== 200) throw new Error(`a delivery was answered with ${status}`)
    }
  }
  await Promise.all(opened.map(worker))
  for (const connection of opened) connection.end()
  return performance.now() - start
}

/** Looks at pull requests that the server has made since its start, and what waits to be handled or judged. */
const standingOf = async (port: number): Promise<{ readonly looks: number; readonly waiting: number }> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const sum = (of: RegExp) => [...text.matchAll(of)].reduce((all, [, count]) => all + Number(count), 0)
  return {
    looks: sum(/^release_gates_looks_total\{about="change",[^}]*\} (\d+)$/gm),
    waiting: sum(/^release_gates_waiting\{[^}]*\} (\d+)$/gm),
  }
}

const settled = async (port: number): Promise<number> => {
  const until = performance.now() + PATIENCE
  let last = await standingOf(port)
  let since = performance.now()
  while (performance.now() - since < QUIET) {
    if (performance.now() > until) throw new Error('the server does not come to rest')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const now = await standingOf(port)
    if (now.looks !== last.looks || now.waiting > 0) since = performance.now()
    last = now
  }
  return last.looks
}

/** How often a pull request is judged of which ten thousand events come, and whether the last state is what is said. */
export const coalesce = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'release-gates-bench-'))
  const world = await aWorld().withTeam('development-leads', ['lena']).withPolicy(POLICY)
  const pull = await world.opensPullRequest({ by: 'dev', into: 'main', files: { 'src/a.ts': 'a' } })
  const env = { ...credentials(), ...world.env(), DATA_DIR: folder }
  const server = await started({ args: [fileURLToPath(new URL('../dist/server.js', import.meta.url))], env })
  try {
    const before = await settled(server.port)
    const signed = signedOf(world, pull, env.WEBHOOK_SECRET)
    const took = await send(server.port, signed, async () => world.approves(pull, { by: 'lena' }))
    const evaluations = (await settled(server.port)) - before
    const check = await world.check(pull, 'release-gates/merge')
    const isLast = check?.conclusion === 'success'
    return [figure({ evaluations, took, isLast })]
  } finally {
    await server.stop()
    await world.close()
    rmSync(folder, { recursive: true })
  }
}

const figure = (found: { readonly evaluations: number; readonly took: number; readonly isLast: boolean }): Figure => ({
  part: 'coalesce',
  figure: `${found.evaluations} evaluations for ${grouped(DELIVERIES)} deliveries`,
  bar: `at most ${BAR}, and the last state wins`,
  met: found.evaluations <= BAR && found.isLast,
  how: `Signed deliveries of one pull request over ${CONNECTIONS} connections in ${(found.took / 1_000).toFixed(1)} s to a server of its own on SQLite; GitHub is the stand-in of the tests. An approval of which no event tells is given before the last hundred: the check says at the end ${found.isLast ? 'what it must' : 'what was true before'}.`,
})
