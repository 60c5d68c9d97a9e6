import { sql, type Kysely } from 'kysely'
import type { DialectName, Engine, Reading, Writing } from '../engine.js'
import { StoreUnusable } from '../errors.js'
import { causes } from './causes.js'
import { first } from './first.js'
import { indexes } from './indexes.js'
import { sides } from './sides.js'
import { instances } from './instances.js'
import { lettingGo } from './letting-go.js'
import { lighterDeliveries } from './lighter-deliveries.js'
import { pauses } from './pauses.js'
import { records } from './records.js'

interface Migration {
  readonly name: string
  readonly run: (db: Kysely<unknown>, dialect: DialectName) => Promise<void>
}

/** In order, numbered from 1. Forward only: a migration that was released is never changed, only followed by another. */
const MIGRATIONS: readonly Migration[] = [
  { name: 'inbox, subjects, ledger', run: first },
  { name: 'records', run: records },
  { name: 'instances', run: instances },
  { name: 'pauses', run: pauses },
  { name: 'lighter deliveries', run: lighterDeliveries },
  { name: 'causes', run: causes },
  { name: 'indexes', run: indexes },
  { name: 'sides', run: sides },
  { name: 'letting go', run: lettingGo },
]

export const SCHEMA_VERSION = MIGRATIONS.length

/** Any number that is ours: while a transaction holds it, no other one migrates. */
const MIGRATING = 7_273_371

/** By the catalogue's rows, not by name: a session remembers for a whole transaction that a name was not there. */
const isThere = async (db: Reading, dialect: DialectName): Promise<boolean> => {
  const { rows } =
    dialect === 'sqlite'
      ? await sql`select 1 from sqlite_master where type = 'table' and name = 'schema_version'`.execute(db)
      : await sql`select 1 from pg_tables where tablename = 'schema_version' and schemaname = any (current_schemas(false))`.execute(
          db,
        )
  return rows.length > 0
}

/** The version that stands in the database; 0: none. */
export const versionOf = async (db: Reading, dialect: DialectName): Promise<number> => {
  if (!(await isThere(db, dialect))) return 0
  const row = await db
    .selectFrom('schema_version')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirst()
  return Number(row?.version ?? 0)
}

/** Stands in a folder whose store was carried over to PostgreSQL: higher than any version will be. */
export const MOVED = 1_000_000

/** @throws {StoreUnusable} when the schema is newer than this program, or the store has moved. */
export const refuseNewer = (version: number, where: string): void => {
  if (version === MOVED)
    throw new StoreUnusable(
      `The store in ${where} was moved to PostgreSQL; what stands here is from before. Set DATABASE_URL to that database.`,
    )
  if (version > SCHEMA_VERSION)
    throw new StoreUnusable(
      `${where} was written by a newer Release Gates (schema ${version}; this one knows ${SCHEMA_VERSION}). Run that version or a later one; there is no way back.`,
    )
}

/** Ten instances that start together queue here; nine of them then find the work done. */
const queue = async (writing: Writing, dialect: DialectName): Promise<void> => {
  if (dialect === 'sqlite') return
  await sql`set local statement_timeout = 0`.execute(writing)
  await sql`set local lock_timeout = 0`.execute(writing)
  await sql`select pg_advisory_xact_lock(${MIGRATING})`.execute(writing)
}

const step = async (writing: Writing, { dialect }: Engine, version: number): Promise<void> => {
  const migration = MIGRATIONS[version - 1]
  if (migration === undefined) throw new Error(`there is no migration ${version}`)
  await migration.run(writing as unknown as Kysely<unknown>, dialect)
  await writing.insertInto('schema_version').values({ version, name: migration.name }).execute()
}

/**
 * Brings the schema to this version, in one transaction: all steps or none; once, however many begin together.
 * @throws {StoreUnusable} when the database is newer than this program.
 */
export const migrate = async (engine: Engine, where: string): Promise<void> => {
  const found = await versionOf(engine.db, engine.dialect)
  refuseNewer(found, where)
  if (found === SCHEMA_VERSION) return
  await engine.write(async (writing) => {
    await queue(writing, engine.dialect)
    const version = await versionOf(writing, engine.dialect)
    refuseNewer(version, where)
    await sql`create table if not exists schema_version (version integer primary key, name text not null)`.execute(
      writing,
    )
    for (let next = version + 1; next <= SCHEMA_VERSION; next++) await step(writing, engine, next)
  })
}

const noStore = ({ shared }: Engine, where: string): string =>
  shared
    ? `${where} holds no Release Gates store. Name the servers' database in DATABASE_URL; a server that starts on an empty one makes its store there.`
    : `${where} holds no Release Gates store. Name the server's folder with --data or DATA_DIR.`

/**
 * For readers, who never migrate.
 * @throws {StoreUnusable} when there is no store, or its schema is not exactly this program's.
 */
export const mustMatch = async (engine: Engine, where: string): Promise<void> => {
  const version = await versionOf(engine.db, engine.dialect)
  if (version === 0) throw new StoreUnusable(noStore(engine, where))
  refuseNewer(version, where)
  if (version < SCHEMA_VERSION)
    throw new StoreUnusable(
      `${where} has schema ${version}, older than this program's ${SCHEMA_VERSION}. Start the server of this version once; it brings the schema up to date.`,
    )
}
