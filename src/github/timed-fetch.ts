const READS: readonly string[] = ['GET', 'HEAD']

/** @throws {Error} nowhere, or out of the API's own origin, where nothing of ours is for. */
const newPlaceOf = (reply: Response, asked: string): URL | null => {
  if (reply.status < 300 || reply.status >= 400) return null
  const place = new URL(reply.headers.get('location') ?? '', asked)
  if (place.origin !== new URL(asked).origin) throw new Error(`it sends a write on to ${place.origin}`)
  return place
}

/**
 * `fetch` of the API, that gives up after the time-out (milliseconds), in addition to whatever else may end the request.
 * A write to a repository that was renamed is repeated as it was at its new place, once: left to itself, `fetch` would
 * read there instead, and the reply would be taken for the write's.
 */
export const timedFetch =
  (timeout: number): typeof fetch =>
  async (input, init = {}) => {
    const limit = AbortSignal.timeout(timeout)
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit
    const url = input instanceof Request ? input.url : String(input)
    if (READS.includes((init.method ?? 'GET').toUpperCase())) return globalThis.fetch(input, { ...init, signal })
    const reply = await globalThis.fetch(input, { ...init, signal, redirect: 'manual' })
    const place = newPlaceOf(reply, url)
    if (place === null) return reply
    await reply.body?.cancel()
    const moved = await globalThis.fetch(place, { ...init, signal, redirect: 'manual' })
    if (moved.status >= 300 && moved.status < 400) throw new Error('it sends a write on and on')
    return moved
  }
