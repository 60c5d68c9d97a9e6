import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { readDatabaseUrl } from '../settings.js'
import type { Engine } from '../store/engine.js'
import { openBeside, type Place } from '../store/open.js'
import { placeOf } from '../store/postgres-checks.js'
import { openStore, type Store } from '../store/store.js'
import { environmentOf, valueIn } from './environment.js'
import type { Io } from './io.js'

interface StoreOptions {
  readonly data?: string
}

/** The folder that `--data` names, or DATA_DIR, or ./data. @throws {Error} when `--data` is empty, or a file is there. */
export const folderOf = (data: string | undefined, io: Io): string => {
  if (data?.trim() === '') throw new Error('--data is empty; it must name the server’s folder')
  const folder = resolve(io.cwd, data ?? valueIn(environmentOf(io), 'DATA_DIR') ?? './data')
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true)
    throw new Error(`${folder} is a file, not a folder; name the server’s folder with --data or DATA_DIR`)
  return folder
}

/** The database that DATABASE_URL names; `null`: none, or a folder was named instead. */
export const databaseOf = (data: string | undefined, io: Io): string | null =>
  data === undefined ? readDatabaseUrl(environmentOf(io)) : null

/** The folder that `--data` names; without it, the database of DATABASE_URL where that is set, or the folder of DATA_DIR. */
const placeFor = ({ data }: StoreOptions, io: Io): Place => {
  const databaseUrl = databaseOf(data, io)
  return databaseUrl === null ? { dataDir: folderOf(data, io) } : { databaseUrl }
}

/** A store as results name it, so that nobody takes another one for theirs: its folder, or its database without secrets. */
export const storeName = (place: Place): string => ('databaseUrl' in place ? placeOf(place.databaseUrl) : place.dataDir)

/** The store as a reader beside the server. */
export const readingStore = async (
  options: StoreOptions,
  io: Io,
  use: (store: Store, name: string) => Promise<void>,
): Promise<void> => {
  const place = placeFor(options, io)
  const store = await openStore({ dataDir: '', ...place, readOnly: true })
  try {
    await use(store, storeName(place))
  } finally {
    await store.close()
  }
}

/** The same place beside a running server, for one short act. */
export const besideStore = async (
  options: StoreOptions,
  readOnly: boolean,
  io: Io,
  use: (engine: Engine, place: Place) => Promise<void>,
): Promise<void> => {
  const place = placeFor(options, io)
  const engine = await openBeside(place, readOnly)
  try {
    await use(engine, place)
  } finally {
    await engine.close()
  }
}
