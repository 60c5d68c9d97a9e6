import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from '../gatekeeper/ports.js'
import type { Engine } from './engine.js'
import { overwriteLeftTraces } from './erasing/traces.js'
import { codeIn, StoreUnusable } from './errors.js'
import { lockFolder } from './folder-lock.js'
import { copyDatabase } from './copy-file.js'
import { expire } from './lease.js'
import { migrate, mustMatch, SCHEMA_VERSION, versionOf } from './migrations/migrate.js'
import { mustAnswer, mustBeDurable, placeOf } from './postgres-checks.js'
import { postgresEngine } from './postgres.js'
import { sqliteEngine } from './sqlite.js'
import { unusable } from './unusable.js'

/** Opens something of a folder. @throws {StoreUnusable} that names the file, where the file system or SQLite refuses. */
const named = async <T>(folder: string, open: () => Promise<T>): Promise<T> => {
  try {
    return await open()
  } catch (error) {
    throw unusable(join(folder, FILE), error)
  }
}

/** The database's name in the folder. */
export const FILE = 'release-gates.db'

/** Where a store is: PostgreSQL, shared by all instances, or a folder, which belongs to one server. */
export type Place = { readonly databaseUrl: string } | { readonly dataDir: string }

export interface OpenOptions {
  /** Reads beside a server, takes no lock, migrates nothing, writes nothing. */
  readonly readOnly: boolean
  /** Failures after which a delivery or a subject is a dead letter. */
  readonly attempts: number
  readonly log: Logger | undefined
}

const folderForWriting = (folder: string): Engine => {
  if (folder === ':memory:') return sqliteEngine(folder, { readOnly: false, release: () => undefined })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const release = lockFolder(folder)
  try {
    return sqliteEngine(join(folder, FILE), { readOnly: false, release })
  } catch (error) {
    release()
    throw error
  }
}

/** A folder that may not be looked into is not one without a store. */
const isThere = (file: string): boolean => {
  try {
    return statSync(file).isFile()
  } catch (error) {
    if (codeIn(error) === 'ENOENT') return false
    throw error
  }
}

/** A file that is there, without the folder's lock. */
const folderFile = (folder: string, readOnly: boolean): Engine => {
  const file = join(folder, FILE)
  if (!isThere(file))
    throw new StoreUnusable(`${folder} holds no Release Gates store. Name the server's folder with --data or DATA_DIR.`)
  return sqliteEngine(file, { readOnly, release: () => undefined })
}

/** There is no way back from a migration but this copy; a copy that cannot be made leaves the folder as it is. */
const copyBeforeMigration = async ({ db, dialect, shared }: Engine, where: string): Promise<void> => {
  if (shared || where === ':memory:') return
  const version = await versionOf(db, dialect)
  if (version === 0 || version >= SCHEMA_VERSION) return
  await copyDatabase(db, join(where, `before-schema-${SCHEMA_VERSION}-from-${version}.db`))
}

/** Brings it to this program's schema, or holds it against it. */
const prepared = async (engine: Engine, where: string, { readOnly, attempts, log }: OpenOptions): Promise<Engine> => {
  try {
    if (engine.shared) await mustBeDurable(engine, where)
    if (readOnly) await mustMatch(engine, where)
    else {
      await copyBeforeMigration(engine, where)
      await migrate(engine, where)
    }
    // A folder is ours alone, so whoever still holds a lease in it is gone: nobody waits for these to run out.
    if (!readOnly && !engine.shared) {
      await engine.write((writing) => expire(writing, Number.MAX_SAFE_INTEGER, attempts))
      await overwriteLeftTraces(engine, log)
    }
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}

/**
 * Opens the database of a place and brings its schema up to date.
 * @throws {StoreInUse} when another server has the folder.
 * @throws {StoreUnusable} when the schema is newer than this program or, for a reader, not the same; when the folder or
 * its file cannot be opened, or is damaged; when PostgreSQL is set up so that it may forget what it acknowledged.
 */
export const openEngine = async (place: Place, options: OpenOptions): Promise<Engine> => {
  const { readOnly, log } = options
  if ('databaseUrl' in place) {
    const engine = postgresEngine({ url: place.databaseUrl, readOnly, log })
    return prepared(engine, placeOf(place.databaseUrl), options)
  }
  const folder = place.dataDir === ':memory:' ? place.dataDir : resolve(place.dataDir)
  return named(folder, () => prepared(readOnly ? folderFile(folder, true) : folderForWriting(folder), folder, options))
}

/**
 * Opens it beside a running server, for one short act: takes no lock, migrates nothing, takes no lease back.
 * @throws {StoreUnusable} when there is no store, or its schema is not exactly this program's.
 */
export const openBeside = async (place: Place, readOnly: boolean): Promise<Engine> => {
  if ('databaseUrl' in place)
    return matching(postgresEngine({ url: place.databaseUrl, readOnly, log: undefined }), placeOf(place.databaseUrl))
  const folder = resolve(place.dataDir)
  return named(folder, () => matching(folderFile(folder, readOnly), place.dataDir))
}

const matching = async (engine: Engine, where: string): Promise<Engine> => {
  try {
    if (engine.shared) await mustAnswer(engine, where)
    await mustMatch(engine, where)
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}
