import { sql, type Kysely } from 'kysely'
import type { DialectName, Engine } from '../engine.js'
import { StoreUnusable } from '../errors.js'
import { first } from './first.js'
import { records } from './records.js'

interface Migration {
  readonly name: string
  readonly run: (db: Kysely<unknown>, dialect: DialectName) => Promise<void>
}

/** In order, numbered from 1. Forward only: a migration that was released is never changed, only followed by another. */
const MIGRATIONS: readonly Migration[] = [
  { name: 'inbox, subjects, ledger', run: first },
  { name: 'records', run: records },
]

export const SCHEMA_VERSION = MIGRATIONS.length

/** The version that stands in the database; 0: none. */
const versionOf = async (db: Engine['db']): Promise<number> => {
  const tables = await db.introspection.getTables()
  if (!tables.some(({ name }) => name === 'schema_version')) return 0
  const row = await db
    .selectFrom('schema_version')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirst()
  return Number(row?.version ?? 0)
}

const refuseNewer = (version: number, where: string): void => {
  if (version > SCHEMA_VERSION)
    throw new StoreUnusable(
      `${where} was written by a newer Release Gates (schema ${version}; this one knows ${SCHEMA_VERSION}). Run that version or a later one; there is no way back.`,
    )
}

/**
 * Brings the schema to this version, in one transaction: all steps or none.
 * @throws {StoreUnusable} when the database is newer than this program.
 */
export const migrate = async (engine: Engine, where: string): Promise<void> => {
  const version = await versionOf(engine.db)
  refuseNewer(version, where)
  if (version === SCHEMA_VERSION) return
  await engine.write(async (writing) => {
    await sql`create table if not exists schema_version (version integer primary key, name text not null)`.execute(
      writing,
    )
    for (const [index, { name, run }] of MIGRATIONS.entries()) {
      if (index < version) continue
      await run(writing as unknown as Kysely<unknown>, engine.dialect)
      await writing
        .insertInto('schema_version')
        .values({ version: index + 1, name })
        .execute()
    }
  })
}

/**
 * For readers, who never migrate.
 * @throws {StoreUnusable} when the schema is not exactly this program's.
 */
export const mustMatch = async (engine: Engine, where: string): Promise<void> => {
  const version = await versionOf(engine.db)
  refuseNewer(version, where)
  if (version < SCHEMA_VERSION)
    throw new StoreUnusable(
      `${where} has schema ${version}, older than this program's ${SCHEMA_VERSION}. Start the server of this version once; it brings the schema up to date.`,
    )
}
