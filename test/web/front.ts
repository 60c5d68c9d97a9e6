import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import type { Delivery, Logger } from '../../src/gatekeeper/ports.js'
import { webhookInbox } from '../../src/web/inbox.js'
import { LIMITS, type Limits } from '../../src/web/limits.js'
import { startServer, type RunningServer } from '../../src/web/server.js'

export const SECRETS = ['new-secret', 'old-secret'] as const
export const NOW = Date.UTC(2026, 10, 22, 12)

export const memoryLog = () => {
  const lines: { readonly values: Readonly<Record<string, unknown>>; readonly message: string }[] = []
  const write = (values: object, message: string) => void lines.push({ values: { ...values }, message })
  return { lines, log: { debug: write, info: write, warn: write, error: write } satisfies Logger }
}

export interface Front {
  readonly port: number
  readonly stored: Delivery[]
  readonly lines: ReturnType<typeof memoryLog>['lines']
  readonly close: () => Promise<void>
}

/** The real front door on a free port. `accept` may fail or take its time. */
export const aFront = async (
  parts: { readonly limits?: Partial<Limits>; readonly accept?: (delivery: Delivery) => Promise<void> } = {},
): Promise<Front> => {
  const stored: Delivery[] = []
  const { lines, log } = memoryLog()
  const limits = { ...LIMITS, patrol: 20, linger: 200, ...parts.limits }
  const accept = parts.accept ?? (async (delivery) => void stored.push({ ...delivery, body: String(delivery.body) }))
  const inbox = webhookInbox({ secrets: SECRETS, inbox: { accept }, clock: { now: () => NOW }, log, limits })
  const server: RunningServer = await startServer({
    settings: { host: '127.0.0.1', port: 0 },
    front: [inbox],
    health: () => ({ version: '0.1.0' }),
    ready: async () => [],
    log,
    limits,
  })
  return { port: server.port, stored, lines, close: () => server.close() }
}

export const signed = (body: string | Buffer, secret: string = SECRETS[0]) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

export const headersFor = (body: string | Buffer, more: Readonly<Record<string, string>> = {}) => ({
  'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516',
  'x-github-event': 'pull_request',
  'x-hub-signature-256': signed(body),
  'content-type': 'application/json',
  ...more,
})

export const PATH = '/api/github/webhooks'

export const deliver = (port: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`http://127.0.0.1:${port}${PATH}`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: headersFor(body, headers),
  })

/** Sends pieces over a bare connection and gathers what comes back until the server closes it. */
export const overSocket = (
  port: number,
  pieces: readonly (string | Buffer)[],
  { ends = false } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    for (const piece of pieces) socket.write(piece)
    if (ends) socket.end()
  })

export const requestHead = (headers: Readonly<Record<string, string | number>>, line = `POST ${PATH} HTTP/1.1`) =>
  [line, 'host: localhost', ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
