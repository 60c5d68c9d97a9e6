import { createServer, type Server } from 'node:http'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { writeEnvFile } from '../../src/web/env-file.js'
import { startRegistration, type RegistrationParts } from '../../src/web/registration.js'
import { startServer, type RunningServer } from '../../src/web/server.js'
import { headersFor, memoryLog, overSocket, PATH, requestHead } from './front.js'

const APP_YML = readFileSync('app.yml', 'utf8')
const open: RunningServer[] = []
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gates-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
  rmSync(folder, { recursive: true })
})

const registration = async (settings: Partial<RegistrationParts['settings']> = {}) => {
  const { log, lines } = memoryLog()
  const running = await startRegistration({
    settings: {
      port: 0,
      baseUrl: null,
      github: { webUrl: 'https://github.com' },
      allowedOrganisations: [],
      ...settings,
    },
    problems: ['APP_ID is not set.', 'PRIVATE_KEY is not set.', 'WEBHOOK_SECRET is not set.'],
    appYml: APP_YML,
    version: '0.1.0',
    keep: (credentials) => writeEnvFile(join(folder, '.env'), credentials),
    log,
  })
  open.push(running)
  const local = `http://127.0.0.1:${running.port}`
  const get = (path: string, init: RequestInit = {}) => fetch(`${local}${path}`, { redirect: 'manual', ...init })
  const kept = () => parseEnv(readFileSync(join(folder, '.env'), 'utf8'))
  return { get, local, lines, running, kept }
}

const unescaped = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
const manifestIn = (html: string) =>
  JSON.parse(unescaped(/name="manifest" id="manifest" value='([^']*)'/.exec(html)?.[1] ?? '')) as Record<
    string,
    unknown
  >
const actionIn = (html: string) => new URL(unescaped(/form action="([^"]*)"/.exec(html)?.[1] ?? ''))

test('one line says that only registration is offered, where, and what is missing', async () => {
  const { lines, local } = await registration()
  expect(lines.map(({ message }) => message)).toEqual([
    `not registered: only ${local}/probot is offered, to register. APP_ID is not set. PRIVATE_KEY is not set. WEBHOOK_SECRET is not set.`,
  ])
})

test('the manifest is app.yml, private, and has GitHub deliver to the webhook path', async () => {
  const { get } = await registration({ baseUrl: 'https://gates.example.org' })
  const manifest = manifestIn(await (await get('/probot')).text())
  expect(manifest).toMatchObject({
    public: false,
    url: 'https://gates.example.org',
    hook_attributes: { url: 'https://gates.example.org/api/github/webhooks' },
    default_permissions: { checks: 'write', statuses: 'write' },
    default_events: expect.arrayContaining(['deployment_protection_rule']) as unknown,
  })
})

test('GitHub sends the browser back to this machine, however the page was reached', async () => {
  const { get, local } = await registration({ baseUrl: 'https://gates.example.org' })
  const page = await get('/probot', { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' } })
  expect(manifestIn(await page.text())['redirect_url']).toBe(`${local}/probot/setup`)
})

test('without a base address, GitHub is told this machine’s own', async () => {
  const { get, local } = await registration()
  const manifest = manifestIn(await (await get('/probot')).text())
  expect(manifest['hook_attributes']).toMatchObject({ url: `${local}/api/github/webhooks` })
})

test('the app will belong to the first allowed organisation, on the server that is set', async () => {
  const github = { webUrl: 'http://github.example.org:8443' }
  const { get } = await registration({ github, allowedOrganisations: ['acme', 'octo'] })
  const { origin, pathname } = actionIn(await (await get('/probot')).text())
  expect(`${origin}${pathname}`).toBe('http://github.example.org:8443/organizations/acme/settings/apps/new')
})

test.each(['/probot/import', '/probot/success', '/probot/static/primer.css', '/probot/static/robot.svg'])(
  'Probot’s page %s is there',
  async (path) => {
    const { get } = await registration()
    const response = await get(path)
    expect(response.status).toBe(200)
    expect((await response.text()).length).toBeGreaterThan(100)
  },
)

test('no delivery is taken, not even one signed with Probot’s public default secret', async () => {
  const { get, lines } = await registration()
  const { createHmac } = await import('node:crypto')
  const signature = `sha256=${createHmac('sha256', 'development').update('{}').digest('hex')}`
  const headers = headersFor('{}', { 'x-hub-signature-256': signature })
  const response = await get(PATH, { method: 'POST', body: '{}', headers })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: 'not_registered' })
  expect(lines.length).toBe(1)
})

test('it listens on 127.0.0.1 alone', async () => {
  const { running } = await registration()
  const everywhere = startServer({
    settings: { host: '127.0.0.2', port: running.port },
    front: [],
    health: () => ({}),
    ready: async () => [],
    log: memoryLog().log,
  })
  open.push(await everywhere) // the same port of another address of this machine is free
})

test('a name that merely resolves to this machine is refused', async () => {
  const { running } = await registration()
  const answer = await overSocket(running.port, [
    requestHead({ connection: 'close' }, 'GET /probot HTTP/1.1').replace('host: localhost', 'host: evil.example'),
  ])
  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
})

const credentials = {
  appId: '7',
  pem: '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n',
  webhook_secret: 'it is # secret',
}
const form = { method: 'POST', body: JSON.stringify(credentials), headers: { 'content-type': 'application/json' } }

test('credentials of an app that exists are kept, for their owner’s eyes only', async () => {
  const { get, local, kept, lines } = await registration()
  writeFileSync(join(folder, '.env'), 'PORT=8080\nAPP_ID=1\n', { mode: 0o644 })
  const response = await get('/probot/import', { ...form, headers: { ...form.headers, origin: local } })
  expect(response.status).toBe(200)
  expect(kept()).toEqual({
    PORT: '8080',
    APP_ID: '7',
    PRIVATE_KEY: credentials.pem.trim() + '\n',
    WEBHOOK_SECRET: 'it is # secret',
  })
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600)
  expect(lines.at(-1)).toEqual({
    message: 'registered: the credentials are kept; start the server again',
    values: { app: '7' },
  })
  expect(JSON.stringify(lines)).not.toContain('it is # secret')
})

test.each([['https://evil.example'], [undefined]])('a form that %s sent is refused', async (origin) => {
  const { get, kept } = await registration()
  const response = await get('/probot/import', { ...form, headers: { ...form.headers, ...(origin ? { origin } : {}) } })
  expect(response.status).toBe(403)
  expect(kept).toThrow('ENOENT')
})

test('a form larger than any key is refused', async () => {
  const { get, local } = await registration()
  const headers = { ...form.headers, origin: local }
  expect((await get('/probot/import', { ...form, headers, body: 'x'.repeat(70_000) })).status).toBe(413)
})

const aGitHub = async () => {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const app = {
      id: 7,
      client_id: 'Iv1.a',
      client_secret: 'cs',
      webhook_secret: 'ws',
      pem: 'PEM\nKEY',
      html_url: 'https://github.com/apps/x',
    }
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(app))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { asked, host: `127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) }
}

const withEnvironment = async (values: Record<string, string>, act: () => Promise<void>) => {
  const before = { ...process.env }
  Object.assign(process.env, values)
  try {
    await act()
  } finally {
    for (const name of Object.keys(values)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

test('a code that GitHub gave for this page’s own request becomes the app’s credentials', async () => {
  const github = await aGitHub()
  await withEnvironment({ GHE_HOST: github.host, GHE_PROTOCOL: 'http' }, async () => {
    const { get, kept } = await registration()
    const state = actionIn(await (await get('/probot')).text()).searchParams.get('state')
    const response = await get(`/probot/setup?code=abc&state=${state}`)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://github.com/apps/x/installations/new')
    expect(github.asked).toEqual(['POST /api/v3/app-manifests/abc/conversions'])
    expect(kept()).toEqual({
      APP_ID: '7',
      PRIVATE_KEY: 'PEM\nKEY',
      WEBHOOK_SECRET: 'ws',
      GITHUB_CLIENT_ID: 'Iv1.a',
      GITHUB_CLIENT_SECRET: 'cs',
    })
  })
  await github.close()
})

test('a code that somebody else asked for is not exchanged', async () => {
  const { get, kept } = await registration()
  for (const path of ['/probot/setup?code=abc', '/probot/setup?code=abc&state=guess']) {
    expect((await get(path)).status).toBe(403)
  }
  expect(kept).toThrow('ENOENT')
})
