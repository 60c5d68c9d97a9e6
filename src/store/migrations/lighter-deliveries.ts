import { sql, type Kysely } from 'kysely'
import type { DialectName } from '../engine.js'

/** Whether PostgreSQL was built with LZ4, which is so where it comes as a package, from 14 on. */
const hasLz4 = async (db: Kysely<unknown>): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)`.execute(db)
  return rows.length > 0
}

/**
 * What a delivery costs PostgreSQL: its own way to compress a body takes longer than all the rest, and the index that
 * knows a delivery by GUID, body and event finds it by its GUID too.
 */
export const lighterDeliveries = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  if (dialect !== 'postgres') return
  if (await hasLz4(db)) await sql`alter table deliveries alter column body set compression lz4`.execute(db)
  await db.schema.dropIndex('deliveries_guid').execute()
}
