import { Kysely, PostgresDialect } from 'kysely'
import { randomUUID } from 'node:crypto'
import type { Engine, Writing } from './engine.js'
import { NoNul } from './no-nul.js'
import { mayTryAgain } from './postgres-errors.js'
import { poolOf, type PoolOptions } from './postgres-pool.js'
import { listen } from './postgres-listener.js'
import type { Tables } from './tables.js'

/** How often a transaction is tried that another one stood in the way of. */
const TRIES = 5

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

/**
 * PostgreSQL through pg, for as many processes as there are. A commit returns when it is on the server's disk; a
 * transaction that another one stood in the way of is tried again, so what runs in it must be nothing but queries.
 */
export const postgresEngine = (options: PoolOptions): Engine => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: poolOf(options) }), plugins: [new NoNul()] })
  const write = writer(db)
  const listeners: (() => Promise<void>)[] = []
  return {
    dialect: 'postgres',
    name: randomUUID(),
    shared: true,
    db,
    write,
    broken: () => null,
    onWork(tell) {
      listeners.push(listen(options.url, tell, options.log))
    },
    async close() {
      for (const stop of listeners) await stop()
      await db.destroy()
    },
  }
}
