import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Logger } from '../gatekeeper/ports.js'
import { refuse, SECURITY_HEADERS, type FrontHandler } from './answer.js'
import { LIMITS, type Limits } from './limits.js'
import { pages, type PageParts } from './pages.js'

export interface ServerParts extends PageParts {
  readonly settings: { readonly host: string; readonly port: number }
  /** Tried first, in this order: the webhook inbox. */
  readonly front: readonly FrontHandler[]
  readonly log: Logger
  readonly limits?: Limits
}

export interface RunningServer {
  /** The port it listens on, also where 0 was asked for. */
  readonly port: number
  /** Stops accepting, lets what is under way finish, and cuts off what takes longer than {@link Limits.closing}. */
  close(): Promise<void>
}

/** Listens, or rejects with what the operating system says (a port in use). */
export const startServer = async (parts: ServerParts): Promise<RunningServer> => {
  const limits = parts.limits ?? LIMITS
  const server = createServer({
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    connectionsCheckingInterval: limits.patrol,
    keepAliveTimeout: 65_000,
  })
  const page = getRequestListener(pages(parts, limits).fetch)
  server.on('request', (request, response) => {
    serve(parts, limits, page, request, response).catch((error: unknown) => fail(parts.log, request, response, error))
  })
  await listening(server, parts.settings)
  return running(server, limits)
}

/** A server that listens; closing it twice is closing it once. */
export const running = (server: Server, limits: Limits): RunningServer => {
  let closing: Promise<void> | null = null
  return {
    port: (server.address() as AddressInfo).port,
    close: () => (closing ??= closed(server, limits)),
  }
}

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>

const serve = async (
  { front }: ServerParts,
  { linger }: Limits,
  page: Page,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  request.on('error', () => response.destroy()) // a sender that went away; its handler notices too
  for (const handler of front) if (await handler(request, response)) return
  if (request.method === 'GET' || request.method === 'HEAD') await page(request, response)
  else refuse(request, response, 404, { error: 'not_found' }, { linger })
}

const fail = (log: Logger, request: IncomingMessage, response: ServerResponse, error: unknown): void => {
  const problem = error instanceof Error ? error.message : String(error)
  log.error({ method: request.method, problem }, 'request failed')
  if (response.headersSent) response.destroy()
  else response.writeHead(500, { ...SECURITY_HEADERS, connection: 'close' }).end()
}

export const listening = (server: Server, { host, port }: { readonly host: string; readonly port: number }) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })

/** Connections that fall idle while the server closes are closed as well; `close` alone only takes those idle now. */
const IDLE_LOOKS = 50

const closed = (server: Server, { closing }: Limits): Promise<void> =>
  new Promise((resolve, reject) => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOKS)
    const cut = setTimeout(() => server.closeAllConnections(), closing)
    server.close((error) => {
      clearInterval(idle)
      clearTimeout(cut)
      if (error) reject(error)
      else resolve()
    })
  })
