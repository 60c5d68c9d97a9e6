import type { Kysely } from 'kysely'
import type { DialectName } from '../engine.js'
import { textOf } from './columns.js'

/** Which delivery touched a subject last, so that what comes of it can be followed by one id. */
export const causes = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  await db.schema.alterTable('subjects').addColumn('delivery', textOf(dialect)).execute()
}
