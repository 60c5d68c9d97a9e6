import { sql } from 'kysely'
import type { Engine } from './engine.js'
import { unreachable } from './postgres-unreachable.js'
import { StoreUnusable } from './errors.js'

/** A database as people may read of it: without user, password and parameters. */
export const placeOf = (url: string): string => {
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = hostname === '' ? (searchParams.get('host') ?? 'an unnamed host') : hostname
  return `the database ${pathname.slice(1)} at ${host}${port === '' ? '' : `:${port}`}`
}

/** The oldest version that is tested, as the server counts them. */
const OLDEST = 130_000

interface Found {
  readonly fsync: string
  readonly synchronous: string
  readonly encoding: string
  readonly version: number
}

const WRONG: readonly ((found: Found) => string | null)[] = [
  ({ fsync }) =>
    fsync === 'on' ? null : 'fsync is off there: a power cut would lose what was acknowledged. Turn it on.',
  ({ synchronous }) =>
    synchronous === 'off'
      ? 'synchronous_commit is off there: a crash would lose what was acknowledged. Turn it on, or for this user: alter role NAME set synchronous_commit = on.'
      : null,
  ({ encoding }) =>
    encoding === 'UTF8' ? null : `its encoding is ${encoding}. Make a database with the encoding UTF8.`,
  ({ version }) => (version >= OLDEST ? null : 'it is older than PostgreSQL 13. Use 13 or newer.'),
]

const settingsOf = async ({ db }: Engine, where: string): Promise<Found | undefined> => {
  try {
    const { rows } = await sql<Found>`
      select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous,
        current_setting('server_encoding') as encoding, current_setting('server_version_num')::integer as version`.execute(
      db,
    )
    return rows[0]
  } catch (error) {
    throw unreachable(error, where)
  }
}

/**
 * For whoever asks nothing else of it first.
 * @throws {StoreUnusable} when nothing can be asked of it, with the reason.
 */
export const mustAnswer = async ({ db }: Engine, where: string): Promise<void> => {
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    throw unreachable(error, where)
  }
}

/**
 * Refuses a server that does not answer, may forget what it acknowledged, or cannot keep every text.
 * @throws {StoreUnusable} with what is wrong and what to do.
 */
export const mustBeDurable = async (engine: Engine, where: string): Promise<void> => {
  const found = await settingsOf(engine, where)
  const problem =
    found === undefined ? 'it does not tell its settings.' : WRONG.map((wrong) => wrong(found)).find(Boolean)
  if (problem) throw new StoreUnusable(`${where} cannot hold the store: ${problem}`)
}
