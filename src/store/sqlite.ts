import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { randomUUID } from 'node:crypto'
import type { Delivery } from '../gatekeeper/ports.js'
import type { Engine } from './engine.js'
import { NoNul } from './no-nul.js'
import { deliveryWriter } from './sqlite-deliveries.js'
import type { Tables } from './tables.js'

/** How long a reader's moment (a checkpoint, a `VACUUM` beside us) may hold us up, in milliseconds. */
const BUSY_TIMEOUT = 5_000

const PRAGMAS_OF_WRITER = ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'recursive_triggers = ON']

const connect = (file: string, readOnly: boolean): Database.Database => {
  const raw = new Database(file, { readonly: readOnly, fileMustExist: readOnly, timeout: BUSY_TIMEOUT })
  if (!readOnly) for (const pragma of PRAGMAS_OF_WRITER) raw.pragma(pragma)
  return raw
}

/**
 * SQLite through better-sqlite3: one connection, which Kysely hands to one user at a time, so that transactions never
 * mix. A commit returns after its fsync (`synchronous = FULL`).
 * @param release called once the connection is closed.
 */
export const sqliteEngine = (
  file: string,
  options: { readonly readOnly: boolean; readonly release: () => void },
): Engine => {
  const raw = connect(file, options.readOnly)
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: () => Promise.resolve(raw) }),
    plugins: [new NoNul()],
  })
  const insert = options.readOnly ? null : deliveryWriter(raw)
  return {
    dialect: 'sqlite',
    name: randomUUID(),
    shared: false,
    db,
    write: (work) => db.transaction().execute(work),
    store: (deliveries: readonly Delivery[]) =>
      insert
        ? db.connection().execute(() => Promise.resolve(insert()(deliveries)))
        : Promise.resolve(deliveries.map(() => new Error('opened for reading'))),
    onWork: () => undefined,
    async close() {
      await db.destroy()
      if (raw.open) raw.close()
      options.release()
    },
  }
}
