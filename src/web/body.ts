import type { IncomingMessage } from 'node:http'
import type { Limits } from './limits.js'

/** Bytes of all bodies that are being held now. */
export interface Held {
  bytes: number
}

/** `aborted`: the sender went away or was too slow. */
export type BodyRead =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly why: 'too_large' | 'busy' | 'aborted'; readonly bytes: number }

/**
 * Reads a request's body as it was sent. What says that it is too large is refused unread; what proves to be is refused
 * at the byte that does, and what had come is let go.
 */
export const readBody = (request: IncomingMessage, limits: Limits, held: Held): Promise<BodyRead> => {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limits.body) return Promise.resolve({ ok: false, why: 'too_large', bytes: 0 })
  if (held.bytes + announced > limits.held) return Promise.resolve({ ok: false, why: 'busy', bytes: 0 })
  return collect(request, limits, held)
}

/** Most bodies come in one piece, which is not copied. */
const joined = (chunks: readonly Buffer[]): Buffer => {
  const [first] = chunks
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)
}

const collect = (request: IncomingMessage, limits: Limits, held: Held): Promise<BodyRead> =>
  new Promise((resolve) => {
    let chunks: Buffer[] = []
    let bytes = 0
    const finish = (read: BodyRead) => {
      request.off('data', onData)
      held.bytes -= bytes
      chunks = []
      bytes = 0
      resolve(read)
    }
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      held.bytes += chunk.length
      chunks.push(chunk)
      if (bytes > limits.body) finish({ ok: false, why: 'too_large', bytes })
      else if (held.bytes > limits.held) finish({ ok: false, why: 'busy', bytes })
    }
    const aborted = () => finish({ ok: false, why: 'aborted', bytes })
    request.on('data', onData)
    request.once('end', () => finish({ ok: true, body: joined(chunks) }))
    request.on('error', aborted)
    request.once('close', aborted)
  })
