import type { IncomingMessage, ServerResponse } from 'node:http'

/** A handler in front of the pages; true: it answered. */
export type FrontHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/** Sent with every answer: nothing may be framed, guessed, cached, or load anything from anywhere. */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

type Headers = Readonly<Record<string, string>>

const head = (body: string, more: Headers) => ({
  ...SECURITY_HEADERS,
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
  ...more,
})

/** Answers a request that was read to its end. */
export const answer = (response: ServerResponse, status: number, content: object, more: Headers = {}): void => {
  const body = JSON.stringify(content)
  response.writeHead(status, head(body, more)).end(body)
}

/** An answer that is always the same, made once: the way of a delivery has no time to spare. */
export const sameAnswer = (status: number, content: object): ((response: ServerResponse) => void) => {
  const body = JSON.stringify(content)
  const headers = Object.entries(head(body, {})).flat()
  return (response) => void response.writeHead(status, headers).end(body)
}

/**
 * Answers a request whose body is not wanted, and closes the connection. What still comes is thrown away for a moment:
 * closing at once would reset the connection, and the sender would never read why.
 */
export const refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  content: object,
  { linger, ...more }: { readonly linger: number; readonly allow?: string },
): void => {
  const body = JSON.stringify(content)
  response.writeHead(status, head(body, { ...more, connection: 'close' })).write(body)
  const close = () => {
    clearTimeout(patience)
    response.end()
  }
  const patience = setTimeout(() => {
    response.end()
    request.destroy()
  }, linger)
  request.on('error', close)
  request.once('end', close)
  request.once('close', close)
  if (request.complete && request.readableEnded) close()
  else request.resume()
}
