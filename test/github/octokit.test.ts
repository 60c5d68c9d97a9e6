import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { ProbotOctokit } from 'probot'
import { baseUrlOf, octokitOptions } from '../../src/github/octokit.js'

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })

test.each([
  [{}, 'https://api.github.com'],
  [{ host: '' }, 'https://api.github.com'],
  [{ host: 'git.example.com' }, 'https://git.example.com/api/v3'],
  [{ host: '127.0.0.1:4010', protocol: 'http' }, 'http://127.0.0.1:4010/api/v3'],
])('with %j the API is at %s', (settings, url) => {
  expect(baseUrlOf(settings)).toBe(url)
})

test('a server that accepts and says nothing is given up after the time-out', async () => {
  const server = createServer(() => undefined)
  const host = await listening(server)
  const Octokit = ProbotOctokit.defaults(octokitOptions({ host, protocol: 'http', timeout: 50 }))
  const octokit = new Octokit({ auth: { token: 'a token' } })
  await expect(octokit.request('GET /user')).rejects.toMatchObject({ name: 'HttpError', response: undefined })
  await closed(server)
})

test('a body that never ends is given up too', async () => {
  const server = createServer((_, reply) => {
    reply.writeHead(200, { 'content-type': 'application/json' })
    reply.write('{"login": ')
  })
  const host = await listening(server)
  const Octokit = ProbotOctokit.defaults(octokitOptions({ host, protocol: 'http', timeout: 500 }))
  const { data } = await new Octokit({ auth: { token: 'a token' } }).request('GET /user')
  expect(data).not.toHaveProperty('login')
  await closed(server)
})

test('writes are neither spaced out nor repeated, and say who asks', async () => {
  const agents: (string | undefined)[] = []
  const server = createServer((request, reply) => {
    agents.push(request.headers['user-agent'])
    reply.writeHead(502, { 'content-type': 'application/json' }).end('{"message":"Bad gateway"}')
  })
  const host = await listening(server)
  const Octokit = ProbotOctokit.defaults(octokitOptions({ host, protocol: 'http' }))
  const octokit = new Octokit({ auth: { token: 'a token' } })
  const began = performance.now()
  for (let write = 0; write < 3; write += 1)
    await expect(
      octokit.request('POST /repos/{owner}/{repo}/issues', { owner: 'a', repo: 'b', title: 'c' }),
    ).rejects.toThrow()
  expect(performance.now() - began).toBeLessThan(900)
  expect(agents).toHaveLength(3)
  expect(agents[0]).toMatch(/^release-gates\/\d/)
  await closed(server)
})

/** A repository that was renamed, and what was asked of it. */
const renamedTo = (location: (host: string) => string) => {
  const asked: string[] = []
  const server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.url?.endsWith('/new'))
      return reply.writeHead(201, { 'content-type': 'application/json' }).end('{"id":1}')
    reply.writeHead(asked.length % 2 === 1 ? 301 : 307, { location: location(request.headers.host ?? '') }).end()
  })
  return { server, asked }
}

test('a write to a repository that was renamed is made once, as it was, at its new place', async () => {
  const { server, asked } = renamedTo((host) => `http://${host}/api/v3/new`)
  const host = await listening(server)
  const octokit = new (ProbotOctokit.defaults(octokitOptions({ host, protocol: 'http' })))({
    auth: { token: 'a token' },
  })
  expect((await octokit.request('POST /old', { title: 'c' })).data).toEqual({ id: 1 })
  expect((await octokit.request('PATCH /old', { title: 'c' })).status).toBe(201)
  expect(asked).toEqual(['POST /api/v3/old', 'POST /api/v3/new', 'PATCH /api/v3/old', 'PATCH /api/v3/new'])
  await closed(server)
})

test.each([
  ['another server', () => 'http://127.0.0.1:1/new'],
  ['itself', (host: string) => `http://${host}/api/v3/old`],
  ['nowhere', () => 'http://'],
])('a write that is sent on to %s fails, and its fate is not known', async (_, location) => {
  const { server } = renamedTo(location)
  const host = await listening(server)
  const octokit = new (ProbotOctokit.defaults(octokitOptions({ host, protocol: 'http' })))({
    auth: { token: 'a token' },
  })
  await expect(octokit.request('POST /old', { title: 'c' })).rejects.toMatchObject({
    name: 'HttpError',
    response: undefined,
  })
  await closed(server)
})
