import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely'
import type { DialectName } from '../engine.js'
import { textOf } from './columns.js'

type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

const required: Column = (column) => column.notNull()

/** Only what the head's record says was kept long enough may leave; that record only moves on, and not beyond the end. */
const ON_SQLITE = [
  'drop trigger ledger_no_delete',
  `create trigger ledger_no_delete before delete on ledger
     when old.sequence > coalesce((select cut_sequence from ledger_head where id = 1), 0)
     begin select raise(abort, 'the ledger is append-only'); end`,
  `create trigger ledger_cut_forward before update on ledger_head
     when new.cut_sequence < old.cut_sequence or new.cut_sequence >= new.sequence and new.cut_sequence > 0
       or new.inline_until > old.inline_until
     begin select raise(abort, 'the ledger is append-only'); end`,
]

const ON_POSTGRES = [
  'drop trigger ledger_no_change on ledger',
  `create function ledger_no_delete() returns trigger language plpgsql as $$ begin
     if old.sequence > coalesce((select cut_sequence from ledger_head where id = 1), 0) then
       raise exception 'the ledger is append-only';
     end if;
     return old;
   end $$`,
  `create function ledger_cut_forward() returns trigger language plpgsql as $$ begin
     if new.cut_sequence < old.cut_sequence or new.cut_sequence >= new.sequence and new.cut_sequence > 0
       or new.inline_until > old.inline_until then
       raise exception 'the ledger is append-only';
     end if;
     return new;
   end $$`,
  'create trigger ledger_no_change before update on ledger for each row execute function ledger_refuse()',
  'create trigger ledger_no_delete before delete on ledger for each row execute function ledger_no_delete()',
  'create trigger ledger_cut_forward before update on ledger_head for each row execute function ledger_cut_forward()',
]

const head = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  const zero: Column = (column) => column.notNull().defaultTo(0)
  const genesis: Column = (column) => column.notNull().defaultTo('0'.repeat(64))
  await db.schema.alterTable('ledger_head').addColumn('cut_sequence', 'bigint', zero).execute()
  await db.schema.alterTable('ledger_head').addColumn('cut_hash', text, genesis).execute()
  await db.schema.alterTable('ledger_head').addColumn('inline_until', 'bigint', zero).execute()
  await sql`update ledger_head set inline_until = sequence`.execute(db)
}

/** Names, texts and facts beside the ledger, and where the ledger begins. */
export const sides = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('sides')
    .addColumn('digest', text, (column) => column.primaryKey())
    .addColumn('kind', text, required)
    .addColumn('people', text, required)
    .addColumn('used_at', 'bigint', required)
    .addColumn('salt', text, required)
    .addColumn('value', text, required)
    .addColumn('lookup', text)
    .execute()
  await sql`create unique index sides_lookup on sides (lookup) where lookup is not null`.execute(db)
  await db.schema.createIndex('sides_used').on('sides').columns(['kind', 'used_at']).execute()
  await head(db, dialect)
  for (const made of dialect === 'sqlite' ? ON_SQLITE : ON_POSTGRES) await sql.raw(made).execute(db)
}
