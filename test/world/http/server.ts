import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Budgets, budgetHeaders, type Budget } from './budget.js'
import { HttpProblem, notFound, unprocessable } from './problem.js'
import { allows } from './route.js'
import { Faults } from './faults.js'
import { Router } from './router.js'
import { completeReply, problemsOfRequest } from '../describe/validate.js'
import { paged } from './pages.js'
import { visible } from './visible.js'
import type { Caller } from './auth.js'
import type { Fault } from './faults.js'
import type { Match } from './router.js'
import type { Realm, Reply, Route } from './route.js'

/** One request of the app, with the answer it got. */
export interface Recorded {
  readonly method: string
  /** After `/api/v3`, with its query. */
  readonly path: string
  readonly status: number
  /** Installation id; `null`: no installation token. */
  readonly installation: number | null
  readonly caller: Caller['kind']
  /** GraphQL's operation name, or its first field. */
  readonly operation: string | null
  readonly body: unknown
}

interface Outcome {
  readonly status: number
  readonly body?: unknown
  readonly headers: Readonly<Record<string, string>>
}

const SPENT: Outcome = {
  status: 403,
  body: { message: 'API rate limit exceeded for installation ID' },
  headers: {},
}

/** Whose budget a request is taken from. */
const nameOf = (caller: Caller): string =>
  caller.kind === 'installation' ? `installation ${caller.installation.id}` : caller.kind

/** The pages of GitHub that need no API: sign-in. */
export type WebSide = (realm: Realm, method: string, url: URL, body: Readonly<Record<string, unknown>>) => Reply | null

export interface GraphqlSide {
  nameOf(body: unknown): string
  execute(
    realm: Realm,
    caller: Caller,
    body: unknown,
    fault: Fault | null,
    violation: (text: string) => void,
  ): Promise<Outcome>
}

/** GitHub on loopback: takes requests, lets them fail where asked, holds both sides against the description. */
export class GitHubServer {
  readonly requests: Recorded[] = []
  readonly violations: string[] = []
  readonly faults = new Faults()
  readonly budgets = new Budgets()
  readonly #realm: Realm
  readonly #router: Router
  readonly #graphql: GraphqlSide
  readonly #oauth: WebSide
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(realm: Realm, routes: readonly Route[], graphql: GraphqlSide, oauth: WebSide) {
    this.#realm = realm
    this.#router = new Router(routes)
    this.#graphql = graphql
    this.#oauth = oauth
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        this.violations.push(
          `the stand-in failed on ${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ message: 'Server Error' }))
      })
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** Listens on loopback and returns the origin. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#realm.platform.origin)
    const body = await bodyOf(request)
    const method = request.method ?? 'GET'
    if (url.pathname.startsWith('/login/')) return this.#web(method, url, body, response)
    const path = url.pathname.replace(/^\/api\/v3/, '') || '/'
    const isGraphql = /^\/api(\/v3)?\/graphql$/.test(url.pathname)
    const resource = isGraphql ? 'graphql' : 'core'
    const operation = isGraphql ? this.#graphql.nameOf(body) : null
    const fault = this.faults.take(method, isGraphql ? '/graphql' : `${path}${url.search}`, operation ?? undefined)
    if (fault?.slow !== undefined) await sleep(fault.slow)
    const note = (status: number, caller: Caller): void => {
      const installation = caller.kind === 'installation' ? caller.installation.id : null
      this.requests.push({
        method,
        path: isGraphql ? '/graphql' : `${path}${url.search}`,
        status,
        installation,
        caller: caller.kind,
        operation,
        body,
      })
    }
    if (fault?.connection === 'reset' || fault?.connection === 'never') {
      note(0, { kind: 'nobody' })
      if (fault.connection === 'reset') request.socket.destroy()
      return
    }
    let caller: Caller = { kind: 'nobody' }
    let budget: Budget | null = null
    let outcome: Outcome
    try {
      caller = this.#realm.keyring.callerOf(request.headers.authorization)
      budget = this.budgets.spend(`${nameOf(caller)}/${resource}`, this.#realm.platform.clock.now())
      outcome =
        this.#troubled(fault) ??
        (budget.isSpent ? SPENT : null) ??
        (isGraphql ? await this.#query(caller, body, fault) : await this.#serve(method, path, url, caller, body, fault))
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error
      outcome = {
        status: error.status,
        body: { message: error.message, ...error.more, status: String(error.status) },
        headers: {},
      }
    }
    note(outcome.status, caller)
    this.#send(response, outcome, budget === null ? {} : budgetHeaders(budget, resource), fault)
  }

  #web(method: string, url: URL, body: unknown, response: ServerResponse): void {
    const form = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {}
    const reply = this.#oauth(this.#realm, method, url, form) ?? { status: 404, body: { message: 'Not Found' } }
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
  }

  #troubled(fault: Fault | null): Outcome | null {
    if (!fault) return null
    const { clock } = this.#realm.platform
    if (fault.rateLimit === 'primary') {
      const reset = String(Math.floor(clock.now() / 1000) + 3600)
      return {
        status: fault.status ?? 403,
        body: { message: 'API rate limit exceeded for installation ID' },
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      }
    }
    if (fault.rateLimit === 'secondary') {
      return {
        status: fault.status ?? 403,
        body: { message: 'You have exceeded a secondary rate limit' },
        headers: { 'retry-after': String(fault.retryAfter ?? 60) },
      }
    }
    if (fault.status === undefined) return null
    return {
      status: fault.status,
      body: { message: fault.message ?? `Trouble ${fault.status}` },
      headers: fault.headers ?? {},
    }
  }

  #query(caller: Caller, body: unknown, fault: Fault | null): Promise<Outcome> {
    if (caller.kind !== 'installation' && caller.kind !== 'user') throw new HttpProblem(401, 'Bad credentials')
    return this.#graphql.execute(this.#realm, caller, body, fault, (text) => this.violations.push(text))
  }

  async #serve(
    method: string,
    path: string,
    url: URL,
    caller: Caller,
    body: unknown,
    fault: Fault | null,
  ): Promise<Outcome> {
    const match = this.#router.find(method, path)
    if (!match) {
      this.violations.push(`${method} ${path}: the stand-in does not serve this; GitHub may not have it`)
      throw notFound()
    }
    const query = Object.fromEntries(url.searchParams)
    const wrong = problemsOfRequest({ operation: match.operation, query, body })
    if (wrong.length > 0) {
      this.violations.push(...wrong.map((problem) => `${method} ${path}: ${problem}`))
      throw unprocessable(`Invalid request.\n\n${wrong.join('\n')}`)
    }
    this.#admit(match, caller)
    const call = {
      params: match.params,
      query,
      caller,
      body: body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {},
    }
    const reply = await match.route.handle(this.#realm, call)
    return this.#whole(match, reply, url, fault)
  }

  /** Hidden is 404, forbidden is 403, as GitHub has it. */
  #admit({ route, params }: Match, caller: Caller): void {
    if (route.needs === 'open') return
    if (route.needs === 'jwt') {
      if (caller.kind !== 'app') throw new HttpProblem(401, 'A JSON web token could not be decoded')
      return
    }
    if (caller.kind === 'nobody') throw new HttpProblem(401, 'Requires authentication')
    if (caller.kind === 'app') throw new HttpProblem(403, 'Resource not accessible by integration')
    visible(this.#realm, caller, params)
    if (route.needs === 'any' || caller.kind !== 'installation') return
    const [permission, access] = route.needs
    if (permission !== 'metadata' && !allows(caller.permissions[permission], access))
      throw new HttpProblem(403, 'Resource not accessible by integration')
  }

  #whole({ operation, route }: Match, reply: Reply, url: URL, fault: Fault | null): Outcome {
    const cut = fault?.keeps !== undefined && reply.list ? { ...reply, list: reply.list.slice(0, fault.keeps) } : reply
    const { body, headers } = paged(cut, url, operation)
    const { platform } = this.#realm
    const { body: whole, problems } = completeReply(operation, reply.status, body, {
      now: platform.clock.iso(),
      url: platform.api,
    })
    this.violations.push(
      ...problems.map((problem) => `the stand-in's reply to ${route.method} ${url.pathname}: ${problem}`),
    )
    return { status: reply.status, body: whole, headers: { ...reply.headers, ...headers } }
  }

  #send(
    response: ServerResponse,
    { status, body, headers }: Outcome,
    budget: Readonly<Record<string, string>>,
    fault: Fault | null,
  ): void {
    const { clock } = this.#realm.platform
    if (fault?.connection === 'lost') return void response.destroy()
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      date: new Date(clock.now()).toUTCString(),
      'x-github-request-id': `0000:${this.requests.length}`,
      ...budget,
      ...headers,
    })
    const text = body === undefined ? '' : JSON.stringify(body)
    if (fault?.connection !== 'half') return void response.end(text === '' ? undefined : text)
    if (text === '') return void response.destroy()
    response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy())
  }
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  if (text === '') return undefined
  if (/form-urlencoded/.test(request.headers['content-type'] ?? ''))
    return Object.fromEntries(new URLSearchParams(text))
  return JSON.parse(text) as unknown
}
