import { PostgresAdapter, type Kysely, type Transaction } from 'kysely'
import type { Durable } from './group-commit.js'
import type { Tables } from './tables.js'

/** The queries are written for both. */
export type DialectName = 'sqlite' | 'postgres'

/** A transaction in which everything of one act is written, its ledger entry included. */
export type Writing = Transaction<Tables>
/** Whatever can be read from: the database or a transaction. */
export type Reading = Kysely<Tables>

/** Whether others may write while this transaction lasts, so that rows that a decision rests on must be locked first. */
export const hasRivals = (db: Reading): boolean => db.getExecutor().adapter instanceof PostgresAdapter

/** A database that the store runs on. Everything else is queries that both dialects understand. */
export interface Engine {
  readonly dialect: DialectName
  /** Tells this process's connection to it from every other one. */
  readonly name: string
  /** Whether other processes may be at work on it right now. */
  readonly shared: boolean
  readonly db: Kysely<Tables>
  /**
   * Runs `work` in one transaction: all of it is durable when the promise resolves, none of it when it rejects. Where
   * another transaction stood in the way, `work` runs again from its beginning.
   */
  readonly write: <T>(work: (writing: Writing) => Promise<T>) => Promise<T>
  /** Why nothing can be made durable any more until the store is opened again; `null`: all is well. */
  broken(): Error | null
  /** Makes deliveries durable; `null`: a journal in front of it does. */
  readonly store: Durable['store'] | null
  /** Calls `tell` when any process may have left work here. It may miss some: whoever listens also looks by itself. */
  onWork(tell: () => void): void
  /** Ends every connection and frees the folder. */
  close(): Promise<void>
}
