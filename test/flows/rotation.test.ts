import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals'
import { fingerprintOf } from '../../src/github/app-keys.js'
import { WEBHOOK_SECRET } from '../world/core.js'
import { keys, newKeys } from '../world/found.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { eventually, Server } from './server-process.js'
import { aShop, MERGE, opened } from './shop.js'

const NEW_SECRET = 'the-next-secret-of-this-hook'

let world: World
let folder: string
let server: Server | undefined
let flow: Flow | undefined
let ticking: NodeJS.Timeout
const one = new Agent({ keepAlive: true, maxSockets: 1 })

beforeEach(async () => {
  world = await aShop()
  world.clock.set(Date.now())
  ticking = setInterval(() => world.clock.set(Date.now()), 50)
  folder = mkdtempSync(join(tmpdir(), 'release-gates-rotation-'))
})
afterEach(async () => {
  clearInterval(ticking)
  await server?.dies()
  await flow?.stops()
  server = flow = undefined
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

afterAll(() => one.destroy())

/** A file `.env` in the folder, with what the world gives and what is said besides. */
const writes = (more: Readonly<Record<string, string | null>> = {}): void => {
  const all = { ...world.env(), LOG_LEVEL: 'info', DATA_DIR: folder, ...more }
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}="${value}"`]))
  writeFileSync(join(folder, '.env'), lines.join('\n'))
}

const starts = async (env: Readonly<Record<string, string>> = {}): Promise<Server> =>
  (server = await Server.start(world, env, folder))

/** All that it wrote, once this is among it. */
const says = (of: Server, what: RegExp): Promise<string> =>
  eventually(String(what), () => what.test(of.written.join('')) && of.written.join(''))

const hangsUp = async (of: Server, until: RegExp): Promise<string> => {
  of.written.length = 0
  of.child.kill('SIGHUP')
  return says(of, until)
}

/** A delivery over the one connection: its status, and the port that the connection comes from. */
const delivers = ({ port }: Server, secret: string): Promise<{ readonly status: number; readonly from: number }> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ zen: 'Keep it logically awesome.' })
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    const headers = {
      'content-type': 'application/json',
      'x-github-event': 'ping',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
    }
    const call = request({ port, host: '127.0.0.1', path: '/api/github/webhooks', method: 'POST', headers, agent: one })
    call.on('response', (response) => {
      const from = response.socket.localPort ?? 0
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, from }))
    })
    call.on('error', reject).end(body)
  })

test('SIGHUP takes a new webhook secret; the old one is still taken, and no delivery and no connection is lost', async () => {
  writes()
  const app = await starts()
  expect((await delivers(app, NEW_SECRET)).status).toBe(401)
  writes({ WEBHOOK_SECRET: `${NEW_SECRET},${WEBHOOK_SECRET}` })
  const old: { readonly status: number; readonly from: number }[] = []
  let more = true
  const stream = (async () => {
    while (more) old.push(await delivers(app, WEBHOOK_SECRET))
  })()
  await eventually('some came before', () => old.length >= 3)
  const said = await hangsUp(app, /settings were read again/)
  const next = await delivers(app, NEW_SECRET)
  const during = old.length
  await eventually('some come after', () => old.length >= during + 3)
  more = false
  await stream
  expect(next.status).toBe(202)
  expect(new Set(old.map(({ status }) => status))).toEqual(new Set([202]))
  expect(new Set([...old, next].map(({ from }) => from)).size).toBe(1)
  expect(said).toContain('"changed":["WEBHOOK_SECRET"]')
  expect(app.written.join('')).not.toContain(NEW_SECRET)
  writes({ WEBHOOK_SECRET: NEW_SECRET })
  await hangsUp(app, /settings were read again/)
  expect((await delivers(app, WEBHOOK_SECRET)).status).toBe(401)
})

test('settings that do not fit change nothing on SIGHUP, and every problem is told without a secret', async () => {
  writes()
  const app = await starts()
  writes({ WEBHOOK_SECRET: `${NEW_SECRET},short`, LOG_LEVEL: 'loud', PRIVATE_KEY: null, PRIVATE_KEY_PATH: 'no.pem' })
  const said = await hangsUp(app, /nothing was changed/)
  expect(said).toMatch(/WEBHOOK_SECRET, value 2, has fewer than 8 characters/)
  expect(said).toMatch(/LOG_LEVEL is \\"loud\\"/)
  expect(said).toMatch(/PRIVATE_KEY_PATH is \\"no.pem\\"/)
  expect(said).not.toContain(NEW_SECRET)
  expect((await delivers(app, WEBHOOK_SECRET)).status).toBe(202)
  expect((await delivers(app, NEW_SECRET)).status).toBe(401)
})

test('SIGHUP takes the log’s level, and names what waits for a restart', async () => {
  writes({ LOG_LEVEL: 'error', POLICY_REPOSITORY: 'policies' })
  const app = await starts()
  writes({ LOG_LEVEL: 'info', POLICY_REPOSITORY: 'rules' })
  const said = await hangsUp(app, /restart/)
  expect(said).toContain('"changed":["LOG_LEVEL"]')
  expect(said).toContain('"needRestart":["POLICY_REPOSITORY"]')
})

test('a variable that the process was given wins over .env on SIGHUP, as at its start', async () => {
  writes({ WEBHOOK_SECRET: NEW_SECRET })
  const app = await starts({ WEBHOOK_SECRET })
  await hangsUp(app, /settings were read again/)
  expect((await delivers(app, WEBHOOK_SECRET)).status).toBe(202)
  expect((await delivers(app, NEW_SECRET)).status).toBe(401)
})

const shown = (sha: string) =>
  world.repository().checkRuns.filter(({ suite, name }) => name === MERGE && suite.headSha === sha)

test('SIGHUP reads the private key’s file again, and refuses a key that GitHub refuses', async () => {
  const file = join(folder, 'app.pem')
  const next = newKeys()
  writeFileSync(file, keys().privateKey)
  writes({ PRIVATE_KEY: null, PRIVATE_KEY_PATH: 'app.pem' })
  const app = await starts()
  await eventually('GitHub was asked', () => world.github.requests.some(({ path }) => path.startsWith('/app')))
  writeFileSync(file, next.privateKey)
  const refused = await hangsUp(app, /nothing was changed/)
  expect(refused).toContain(fingerprintOf(next.privateKey))
  expect(refused).not.toContain('BEGIN')
  world.app.publicKeys = [next.publicKey, keys().publicKey]
  await hangsUp(app, /"changed":\["PRIVATE_KEY"\]/)
  world.app.publicKeys = [next.publicKey]
  world.github.expiresTokens()
  const pull = await opened(world)
  await eventually('the gate waits', () => shown(pull.headSha).length > 0)
})

test('a private key that GitHub refuses gives way to the second one, and is used again once GitHub takes it', async () => {
  const next = newKeys()
  const running = await startFlow(world, { env: { PRIVATE_KEY: `${next.privateKey},${keys().privateKey}` } })
  flow = running
  const credentials = async () => {
    const answer = await fetch(`http://127.0.0.1:${running.app.port}/readyz`)
    const { parts } = (await answer.json()) as { parts: { name: string; ok: boolean; says: string }[] }
    return parts.find(({ name }) => name === 'credentials')
  }
  const pull = await opened(world)
  await world.settled()
  expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  await running.app.sweep()
  expect(await credentials()).toMatchObject({
    ok: true,
    says: expect.stringContaining('GitHub refuses private key 1 of 2'),
  })
  expect((await credentials())?.says).toContain(fingerprintOf(next.privateKey))
  world.app.publicKeys = [next.publicKey]
  world.github.expiresTokens()
  await running.app.sweep()
  expect(await credentials()).toMatchObject({ ok: true, says: 'GitHub takes the app’s key' })
  await world.approves(pull, { by: 'lena' })
  await world.settled()
  expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  world.app.publicKeys = [newKeys().publicKey]
  await running.app.sweep()
  expect(await credentials()).toMatchObject({ ok: false })
})
