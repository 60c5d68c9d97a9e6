import { resolve } from 'node:path'
import { readDatabaseUrl } from '../settings.js'
import type { Engine } from '../store/engine.js'
import { openBeside, type Place } from '../store/open.js'
import { openStore, type Store } from '../store/store.js'
import type { Io } from './io.js'

/** The folder that `--data` names, or DATA_DIR, or ./data. */
export const folderOf = (data: string | undefined, io: Io): string =>
  resolve(io.cwd, data ?? process.env['DATA_DIR'] ?? './data')

/**
 * The store as a reader beside the server: the folder that `--data` names; without it, the database of DATABASE_URL where
 * that is set, or the folder of DATA_DIR.
 */
export const readingStore = async (
  { data }: { readonly data?: string },
  io: Io,
  use: (store: Store) => Promise<void>,
): Promise<void> => {
  const databaseUrl = data === undefined ? readDatabaseUrl(process.env) : null
  const store = await openStore({ dataDir: folderOf(data, io), databaseUrl, readOnly: true })
  try {
    await use(store)
  } finally {
    await store.close()
  }
}

/** The same place beside a running server, for one short act. */
export const besideStore = async (
  { data }: { readonly data?: string },
  readOnly: boolean,
  io: Io,
  use: (engine: Engine, place: Place) => Promise<void>,
): Promise<void> => {
  const databaseUrl = data === undefined ? readDatabaseUrl(process.env) : null
  const place = databaseUrl === null ? { dataDir: folderOf(data, io) } : { databaseUrl }
  const engine = await openBeside(place, readOnly)
  try {
    await use(engine, place)
  } finally {
    await engine.close()
  }
}
