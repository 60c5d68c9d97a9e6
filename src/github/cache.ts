import type { Clock } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'

/**
 * How long what an event should have announced is believed without asking, in milliseconds: the second net, as long as
 * it takes at most until a lost event is fetched. What a deployment's answer rests on is read without it.
 */
export const TIME_LIMIT = 5 * 60_000

export interface Kept<T> {
  readonly value: T
  /** When it was read. */
  readonly at: Instant
}

/**
 * What was read a moment ago. Only whole answers are kept, never a failure; many askers of one thing at once share one
 * read. `fresh` reads anew and keeps that.
 */
export interface Cache {
  read<T>(
    key: string,
    read: () => Promise<T>,
    options?: { readonly fresh?: boolean; readonly forever?: boolean },
  ): Promise<Kept<T>>
  /** What is kept under a key and still believed; `null`: nothing, and nothing is read for it. */
  peek<T>(key: string): Promise<Kept<T>> | null
  forget(matches: (key: string) => boolean): void
}

const MOST = 5_000

export const cacheOf = (clock: Clock, limit: number = TIME_LIMIT): Cache => {
  const kept = new Map<
    string,
    { readonly found: Promise<Kept<unknown>>; readonly since: Instant; readonly forever: boolean }
  >()
  const makeRoom = () => {
    for (const key of kept.keys()) {
      if (kept.size < MOST) return
      kept.delete(key)
    }
  }
  const believed = (key: string) => {
    const known = kept.get(key)
    if (known === undefined || known.forever) return known ?? null
    const age = clock.now() - known.since
    return age >= 0 && age < limit ? known : null // below 0: the clock went back, and nobody knows how old it is
  }
  return {
    read<T>(key: string, read: () => Promise<T>, { fresh = false, forever = false } = {}) {
      const now = clock.now()
      const known = fresh ? null : believed(key)
      if (known) return known.found as Promise<Kept<T>>
      const found = read().then((value) => ({ value, at: now }))
      makeRoom()
      kept.delete(key)
      kept.set(key, { found, since: now, forever })
      found.catch(() => {
        if (kept.get(key)?.found === found) kept.delete(key)
      })
      return found
    },
    peek: <T>(key: string) => (believed(key)?.found as Promise<Kept<T>> | undefined) ?? null,
    forget(matches) {
      for (const key of kept.keys()) if (matches(key)) kept.delete(key)
    },
  }
}
