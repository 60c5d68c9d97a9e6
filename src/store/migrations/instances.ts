import type { Kysely } from 'kysely'
import type { DialectName } from '../engine.js'
import { textOf } from './columns.js'

/** What several instances on one database share: who is at which delivery, and when they last looked around. */
export const instances = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema.alterTable('deliveries').addColumn('claimed_by', text).execute()
  await db.schema.alterTable('deliveries').addColumn('claimed_until', 'bigint').execute()
  await db.schema
    .createTable('rounds')
    .addColumn('name', text, (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute()
}
