import type pg from 'pg'
import type { Logger } from '../gatekeeper/ports.js'
import type { Duration } from '../policy/facts.js'
import { lonelyClient } from './postgres-pool.js'

/** How long after a lost connection the next one is tried, in milliseconds. Whoever listens also polls. */
const AGAIN_AFTER = 5_000

/** The channel on which instances tell each other that there may be work. */
export const CHANNEL = 'release_gates'

/**
 * Tells whenever another instance, or this one, left work behind. A nudge only: it may be lost with its connection,
 * which is made anew. @returns what ends it.
 */
export const listen = (
  url: string,
  tell: () => void,
  log?: Logger,
  again: Duration = AGAIN_AFTER,
): (() => Promise<void>) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let client: pg.Client | null = null
  const lost = (one: pg.Client, why: string): void => {
    if (stopped || client !== one) return
    client = null
    log?.warn({ error: why }, 'the connection that listens to PostgreSQL was lost; looking every second meanwhile')
    one.end().catch(() => undefined)
    timer = setTimeout(connect, again)
    timer.unref()
  }
  const connect = (): void => {
    const one = lonelyClient(url)
    client = one
    one.on('error', (error) => lost(one, error.message))
    one.on('end', () => lost(one, 'it ended'))
    one.on('notification', tell)
    one
      .connect()
      .then(() => one.query(`listen ${CHANNEL}`))
      .then(tell, (error: unknown) => lost(one, error instanceof Error ? error.message : String(error)))
  }
  connect()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await client?.end().catch(() => undefined)
  }
}
