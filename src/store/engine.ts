import type { Kysely, Transaction } from 'kysely'
import type { Delivery } from '../gatekeeper/ports.js'
import type { Tables } from './tables.js'

/** The one dialect so far; PostgreSQL is the other that the queries are written for. */
export type DialectName = 'sqlite' | 'postgres'

/** A transaction in which everything of one act is written, its ledger entry included. */
export type Writing = Transaction<Tables>
/** Whatever can be read from: the database or a transaction. */
export type Reading = Kysely<Tables>

/** A database that the store runs on. Everything else is queries that both dialects understand. */
export interface Engine {
  readonly dialect: DialectName
  readonly db: Kysely<Tables>
  /** Runs `work` in one transaction: all of it is durable when the promise resolves, none of it when it rejects. */
  readonly write: <T>(work: (writing: Writing) => Promise<T>) => Promise<T>
  /**
   * Makes deliveries durable, as many as wait in one commit: one answer each, `null` for stored, in the same order.
   * Never rejects: one bad row is that row's answer only.
   */
  store(deliveries: readonly Delivery[]): Promise<readonly (Error | null)[]>
  /** Ends every connection and frees the folder. */
  close(): Promise<void>
}
