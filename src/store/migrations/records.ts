import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely'
import type { DialectName } from '../engine.js'
import { identity, key, textOf } from './columns.js'

type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

const required: Column = (column) => column.notNull()
const primary: Column = (column) => column.primaryKey()

const verdicts = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('verdicts')
    .addColumn('subject', text, required)
    .addColumn('kind', text, required)
    .addColumn('gate', text, required)
    .addColumn('sha', text, required)
    .addColumn('attempt', 'integer', required)
    .addColumn('repository', 'bigint', required)
    .addColumn('number', 'bigint')
    .addColumn('decision', text, required)
    .addColumn('applies', 'integer', required)
    .addColumn('digest', text, required)
    .addColumn('at', 'bigint', required)
    .addColumn('since', 'bigint', required)
    .addColumn('turn', 'bigint', required)
    .addPrimaryKeyConstraint('verdicts_key', ['subject', 'kind', 'gate', 'sha', 'attempt'])
    .execute()
  await db.schema.createIndex('verdicts_sha').on('verdicts').columns(['repository', 'sha']).execute()
}

const intents = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('intents')
    .addColumn('id', identity(dialect), key(dialect))
    .addColumn('at', 'bigint', required)
    .addColumn('installation', 'bigint', required)
    .addColumn('repository', 'bigint', required)
    .addColumn('subject', text, required)
    .addColumn('what', text, required)
    .addColumn('target', text, required)
    .addColumn('target_key', text, required)
    .addColumn('sha', text)
    .addColumn('run', 'bigint')
    .addColumn('attempt', 'integer')
    .addColumn('body', text, required)
    .addColumn('ok', 'integer')
    .addColumn('detail', text)
    .addColumn('settled_at', 'bigint')
    .execute()
  await db.schema.createIndex('intents_target').on('intents').columns(['repository', 'target_key', 'what']).execute()
  await sql`create index intents_open on intents (id) where ok is null`.execute(db)
}

const people = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('acts')
    .addColumn('key', text, primary)
    .addColumn('installation', 'bigint', required)
    .addColumn('repository', 'bigint', required)
    .addColumn('environment', text, required)
    .addColumn('environment_key', text, required)
    .addColumn('run', 'bigint')
    .addColumn('attempt', 'integer')
    .addColumn('sha', text, required)
    .addColumn('kind', text, required)
    .addColumn('at', 'bigint', required)
    .addColumn('expires_at', 'bigint')
    .addColumn('spent_at', 'bigint')
    .addColumn('reviewed_at', 'bigint')
    .addColumn('document', text, required)
    .execute()
  await db.schema
    .createIndex('acts_environment')
    .on('acts')
    .columns(['repository', 'environment_key', 'kind'])
    .execute()
  for (const table of ['refusals', 'seen'])
    await db.schema.createTable(table).addColumn('key', text, primary).addColumn('at', 'bigint', required).execute()
  await db.schema
    .createTable('incidents')
    .addColumn('key', text, primary)
    .addColumn('installation', 'bigint', required)
    .addColumn('repository', 'bigint', required)
    .addColumn('environment', text, required)
    .addColumn('environment_key', text, required)
    .addColumn('sha', text, required)
    .addColumn('at', 'bigint', required)
    .addColumn('reviewed_at', 'bigint')
    .execute()
  await db.schema
    .createIndex('incidents_environment')
    .on('incidents')
    .columns(['repository', 'environment_key'])
    .execute()
}

const marks = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('pins')
    .addColumn('scope', text, required)
    .addColumn('name', text, required)
    .addColumn('id', 'bigint', required)
    .addPrimaryKeyConstraint('pins_key', ['scope', 'name'])
    .execute()
  await db.schema
    .createTable('kept_policies')
    .addColumn('installation', 'bigint', (column) => column.primaryKey())
    .addColumn('commit_sha', text, required)
    .addColumn('path', text, required)
    .addColumn('text', text, required)
    .addColumn('at', 'bigint', required)
    .execute()
  await db.schema
    .createTable('tips')
    .addColumn('id', identity(dialect), key(dialect))
    .addColumn('repository', 'bigint', required)
    .addColumn('branch', text, required)
    .addColumn('sha', text, required)
    .addColumn('at', 'bigint', required)
    .execute()
  await db.schema.createIndex('tips_branch').on('tips').columns(['repository', 'branch', 'at']).execute()
  await db.schema
    .createTable('locks')
    .addColumn('repository', 'bigint', required)
    .addColumn('environment_key', text, required)
    .addColumn('environment', text, required)
    .addColumn('holder', text, required)
    .addColumn('sha', text, required)
    .addColumn('at', 'bigint', required)
    .addPrimaryKeyConstraint('locks_key', ['repository', 'environment_key'])
    .execute()
  await db.schema
    .createTable('first_asked')
    .addColumn('repository', 'bigint', required)
    .addColumn('environment_key', text, required)
    .addColumn('run', 'bigint', required)
    .addColumn('attempt', 'integer', required)
    .addColumn('sha', text, required)
    .addColumn('at', 'bigint', required)
    .addPrimaryKeyConstraint('first_asked_key', ['repository', 'environment_key', 'run', 'attempt', 'sha'])
    .execute()
}

/** What is remembered: verdicts, what was said, what people did, names, tips, locks. */
export const records = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  await verdicts(db, dialect)
  await intents(db, dialect)
  await people(db, dialect)
  await marks(db, dialect)
}
