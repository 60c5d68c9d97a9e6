import pg from 'pg'
import type { PostgresPool } from 'kysely'
import type { Logger } from '../gatekeeper/ports.js'

/** PostgreSQL's number for the type of `bigint` and `count(*)`. */
const INT8 = 20

const exactly = (text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`${text} is more than a number holds exactly`)
}

/** `bigint` as a number, refused where it would lose a digit; the driver gives a text otherwise. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? exactly : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
}

/** How the server lists our connections. */
export const APPLICATION = 'release-gates'

/**
 * In milliseconds. The server ends a transaction whose client went silent, because it holds locks that everybody waits
 * for; the client gives up a little after the server should have.
 */
const LIMITS = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  lock_timeout: 20_000,
  idle_in_transaction_session_timeout: 30_000,
  query_timeout: 40_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const

export interface PoolOptions {
  readonly url: string
  readonly readOnly: boolean
  readonly log: Logger | undefined
}

const configOf = ({ url, readOnly }: Pick<PoolOptions, 'url' | 'readOnly'>): pg.ClientConfig => ({
  ...LIMITS,
  connectionString: url,
  application_name: APPLICATION,
  ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
})

/** A connection outside the pool, for listening. */
export const lonelyClient = (url: string): pg.Client => new pg.Client(configOf({ url, readOnly: true }))

/** What a query that was given up on leaves behind: a connection that must not be used again. */
const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout'

/** Lends a connection, and takes it back for good when one of its queries was given up on. */
const lent = (client: pg.PoolClient) => {
  let broken = false
  return {
    query: async (sql: string, parameters: readonly unknown[]) => {
      try {
        return await client.query(sql, [...parameters])
      } catch (error) {
        broken ||= isTimeout(error)
        throw error
      }
    },
    release: () => client.release(broken),
  }
}

/** Connections to one database, at most as many as one process has use for. */
export const poolOf = ({ url, readOnly, log }: PoolOptions): PostgresPool => {
  const pool = new pg.Pool({ ...configOf({ url, readOnly }), types, max: 16 })
  pool.on('error', (error) => log?.warn({ error: error.message }, 'an idle connection to PostgreSQL was lost'))
  // A connection that is cut while it is lent, between two queries, would end the process; its next query tells the lender.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return { connect: async () => lent(await pool.connect()), end: () => pool.end() } as unknown as PostgresPool
}
