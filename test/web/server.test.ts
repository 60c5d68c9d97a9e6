import { afterEach, expect, test } from '@jest/globals'
import type { FrontHandler } from '../../src/web/answer.js'
import { LIMITS, type Limits } from '../../src/web/limits.js'
import type { ReadyPart } from '../../src/web/pages.js'
import { startServer, type RunningServer } from '../../src/web/server.js'
import { memoryLog } from './front.js'

const open: RunningServer[] = []
const server = async (
  parts: {
    readonly ready?: () => Promise<readonly ReadyPart[]>
    readonly front?: readonly FrontHandler[]
    readonly limits?: Partial<Limits>
  } = {},
) => {
  const { log, lines } = memoryLog()
  const running = await startServer({
    settings: { host: '127.0.0.1', port: 0 },
    front: parts.front ?? [],
    health: () => ({ version: '0.1.0' }),
    ready: parts.ready ?? (async () => [{ name: 'store', ok: true, says: 'open' }]),
    log,
    limits: { ...LIMITS, ...parts.limits },
  })
  open.push(running)
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${running.port}${path}`, init)
  return { get, running, lines }
}
afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((one) => one.close()))
})

test('whoever asks whether the process is up hears its version', async () => {
  const { get } = await server({ ready: async () => Promise.reject(new Error('store closed')) })
  const response = await get('/healthz')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'up', version: '0.1.0' })
})

const well = { name: 'store', ok: true, says: 'open' }
const ill = { name: 'github', ok: false, says: 'GitHub refuses the private key' }

test('the app is ready when every part is', async () => {
  const { get } = await server()
  const response = await get('/readyz')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ ready: true, parts: [well] })
})

test('the app is not ready when one part is not, and says why', async () => {
  const { get } = await server({ ready: async () => [well, ill] })
  const response = await get('/readyz')
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({ ready: false, parts: [well, ill] })
})

test('nothing looked at is not ready', async () => {
  const { get } = await server({ ready: async () => [] })
  expect((await get('/readyz')).status).toBe(503)
})

test('a readiness look that fails is itself the reason', async () => {
  const { get } = await server({ ready: async () => Promise.reject(new Error('store closed')) })
  const response = await get('/readyz')
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({
    ready: false,
    parts: [{ name: 'readiness', ok: false, says: 'store closed' }],
  })
})

test('a readiness look that hangs is not waited for', async () => {
  const { get } = await server({ ready: () => new Promise(() => undefined), limits: { ready: 20 } })
  const response = await get('/readyz')
  expect(response.status).toBe(503)
  expect(JSON.stringify(await response.json())).toContain('no answer within 20 ms')
})

test('the front page says what this is', async () => {
  const { get } = await server()
  const response = await get('/')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  expect(await response.text()).toContain('decides who may release what, when, and on what evidence')
})

test.each(['/metrics', '/probot', '/probot/setup', '/acme/shop', '/favicon.ico', '/%2e%2e/package.json'])(
  '%s finds nothing',
  async (path) => {
    const { get } = await server()
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: 'not_found' })
  },
)

test.each(['POST', 'PUT', 'DELETE'])('nothing can be changed by %s', async (method) => {
  const { get } = await server()
  expect((await get('/healthz', { method, body: 'x' })).status).toBe(404)
})

test.each(['/', '/healthz', '/readyz', '/nothing'])(
  '%s may not be framed, sniffed, cached or load anything',
  async (path) => {
    const { get } = await server()
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  },
)

test('a handler that fails gives 500 without a word of why, and one line in the log', async () => {
  const failing: FrontHandler = async () => Promise.reject(new Error('secret detail'))
  const { get, lines } = await server({ front: [failing] })
  const response = await get('/healthz')
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('')
  expect(lines).toEqual([{ message: 'request failed', values: { method: 'GET', problem: 'secret detail' } }])
})

const held = () => {
  let letGo: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (letGo = resolve))
  let entered: () => void = () => undefined
  const inside = new Promise<void>((resolve) => (entered = resolve))
  const handler: FrontHandler = async (_request, response) => {
    entered()
    await gate
    response.end('done')
    return true
  }
  return { handler, letGo: () => letGo(), inside }
}

test('a server that closes takes nobody new and lets what is under way finish', async () => {
  const { handler, letGo, inside } = held()
  const { get, running } = await server({ front: [handler] })
  const underWay = get('/')
  await inside
  const closing = running.close()
  await expect(get('/')).rejects.toThrow()
  letGo()
  expect(await (await underWay).text()).toBe('done')
  await closing
})

test('a server that closes cuts off what takes too long', async () => {
  const { handler, inside } = held()
  const { get, running } = await server({ front: [handler], limits: { closing: 30 } })
  const underWay = get('/')
  const cut = expect(underWay).rejects.toThrow()
  await inside
  await running.close()
  await cut
})

test('a port in use is told, not waited for', async () => {
  const { running } = await server()
  const second = startServer({
    settings: { host: '127.0.0.1', port: running.port },
    front: [],
    health: () => ({}),
    ready: async () => [],
    log: memoryLog().log,
  })
  await expect(second).rejects.toThrow('EADDRINUSE')
})
