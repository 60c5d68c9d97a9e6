import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import { randomUUID } from 'node:crypto'
import type { Logger } from '../gatekeeper/ports.js'
import type { Engine, Writing } from './engine.js'
import { NoNul } from './no-nul.js'
import { storeDeliveries } from './postgres-deliveries.js'
import { mayTryAgain } from './postgres-errors.js'
import { poolOf, type PoolOptions } from './postgres-pool.js'
import { CHANNEL, listen } from './postgres-listener.js'
import type { Tables } from './tables.js'

/** How often a transaction is tried that another one stood in the way of. */
const TRIES = 5

/** Milliseconds. */
const BETWEEN_NUDGES = 100

/** What went wrong first: a lost connection also fails the roll-back after it. */
const once = async <T>(db: Kysely<Tables>, work: (writing: Writing) => Promise<T>): Promise<T> => {
  let first: { readonly error: unknown } | null = null
  const telling = async (writing: Writing): Promise<T> => {
    try {
      return await work(writing)
    } catch (error) {
      first = { error }
      throw error
    }
  }
  try {
    return await db.transaction().setIsolationLevel('read committed').execute(telling)
  } catch (error) {
    throw (first as { readonly error: unknown } | null)?.error ?? error
  }
}

const writer =
  (db: Kysely<Tables>): Engine['write'] =>
  async (work) => {
    for (let tries = 1; ; tries++) {
      try {
        return await once(db, work)
      } catch (error) {
        if (tries >= TRIES || !mayTryAgain(error)) throw error
      }
    }
  }

/** One statement outside Kysely. */
const lending = async (pool: PostgresPool, text: string, values: readonly unknown[]): Promise<unknown> => {
  const client = await pool.connect()
  try {
    return await client.query<unknown>(text, [...values])
  } finally {
    client.release()
  }
}

/**
 * Tells the other instances that there may be work, once in a while: the server lets one transaction after the other
 * notify, so telling of each commit would line all of them up. Whoever is not told looks by itself.
 */
const nudging = (pool: PostgresPool, log: Logger | undefined) => {
  let last = -Infinity
  let due: NodeJS.Timeout | null = null
  const tell = async (): Promise<void> => {
    due = null
    last = performance.now()
    try {
      await lending(pool, 'select pg_notify($1, $2)', [CHANNEL, ''])
    } catch (error) {
      log?.warn({ error }, 'the other instances could not be told of work; they look every second')
    }
  }
  return {
    soon: () => {
      due ??= setTimeout(() => void tell(), Math.max(0, last + BETWEEN_NUDGES - performance.now())).unref()
    },
    stop: () => clearTimeout(due ?? undefined),
  }
}

/**
 * PostgreSQL through pg, for as many processes as there are. A commit returns when it is on the server's disk; a
 * transaction that another one stood in the way of is tried again, so what runs in it must be nothing but queries.
 */
export const postgresEngine = (options: PoolOptions): Engine => {
  const pool = poolOf(options)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new NoNul()] })
  const write = writer(db)
  const nudges = nudging(pool, options.log)
  const listeners: (() => Promise<void>)[] = []
  return {
    dialect: 'postgres',
    name: randomUUID(),
    shared: true,
    db,
    write,
    broken: () => null,
    async store(deliveries) {
      const outcomes = await storeDeliveries((text, values) => lending(pool, text, values), deliveries)
      if (outcomes.includes(null)) nudges.soon()
      return outcomes
    },
    onWork(tell) {
      listeners.push(listen(options.url, tell, options.log))
    },
    async close() {
      nudges.stop()
      for (const stop of listeners) await stop()
      await db.destroy()
    },
  }
}
