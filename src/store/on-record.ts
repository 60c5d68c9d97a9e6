import { sql } from 'kysely'
import type { Reading } from './engine.js'

/**
 * Whether anything on record names the account of this number: an act, an entry, or the entry that tells of its erasure.
 * Reads the whole ledger.
 */
export const isOnRecord = async (db: Reading, id: number): Promise<boolean> => {
  const person = `%"id":${id},"kind":%`
  const { rows } = await sql`
    select 1 from acts where document like ${person}
    union all select 1 from ledger where body like ${person} or body like ${`%"person":${id}}`}
    limit 1`.execute(db)
  return rows.length > 0
}
