import { sql, type Kysely } from 'kysely'
import type { DialectName } from '../engine.js'

/**
 * When a subject falls due, from its other columns; written so that both dialects take it. What happened to it may have
 * to wait (`not_before`), a time that it asked for itself does not.
 */
const TIMER = `(case when wake_at is null then look_again_at when look_again_at is null or wake_at < look_again_at then wake_at else look_again_at end)`
const DUE_AT = `(case
  when dead = 1 then null
  when generation > judged_generation and not_before <= retry_at then retry_at
  when generation > judged_generation and (${TIMER} is null or not_before <= ${TIMER}) then not_before
  when ${TIMER} < retry_at then retry_at
  else ${TIMER} end)`

/** How often each subject is touched, and until when it may rest for that. */
export const pauses = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  for (const column of ['busy_until', 'looks', 'rest_until', 'not_before'])
    await db.schema
      .alterTable('subjects')
      .addColumn(column, 'bigint', (made) => made.notNull().defaultTo(0))
      .execute()
  await sql`drop index subjects_due`.execute(db)
  await db.schema.alterTable('subjects').dropColumn('due_at').execute()
  // SQLite adds no stored column to a table that is there; its index keeps what it computed in either case.
  const kept = dialect === 'sqlite' ? 'virtual' : 'stored'
  await sql.raw(`alter table subjects add column due_at bigint generated always as ${DUE_AT} ${kept}`).execute(db)
  await sql`create index subjects_due on subjects (due_at) where due_at is not null`.execute(db)
}
