import { sql, type Kysely } from 'kysely'
import { canonicalJson } from '../canonical.js'
import type { Tables } from '../tables.js'

/** Who pressed a button is known by number: their login, which nobody read, goes. */
const namelessPresses = async (db: Kysely<Tables>): Promise<void> => {
  const presses = await db.selectFrom('subjects').select(['key', 'document']).where('kind', '=', 'press').execute()
  for (const { key, document } of presses) {
    const { login, ...press } = JSON.parse(document) as { readonly login?: string }
    if (login === undefined) continue
    await db
      .updateTable('subjects')
      .set({ document: canonicalJson(press) })
      .where('key', '=', key)
      .execute()
  }
}

/** Subjects hold no login; what is old is found by its time, so that it can go. */
export const lettingGo = async (db: Kysely<unknown>): Promise<void> => {
  await namelessPresses(db)
  await sql`create index ledger_at on ledger (at)`.execute(db)
  await sql`create index subjects_finished on subjects (touched_at) where finished = 1`.execute(db)
}
