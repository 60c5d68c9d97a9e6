import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely'
import type { DialectName } from '../engine.js'
import { appendOnlyOnPostgres } from './append-only.js'
import { identity, key, textOf } from './columns.js'

type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

const required: Column = (column) => column.notNull()

/** When a subject falls due, from its other columns; written so that both dialects take it. */
const DUE_AT = sql`(case
  when dead = 1 then null
  when generation > judged_generation then retry_at
  when (case when wake_at is null then look_again_at when look_again_at is null or wake_at < look_again_at then wake_at else look_again_at end) < retry_at then retry_at
  when wake_at is null then look_again_at
  when look_again_at is null or wake_at < look_again_at then wake_at
  else look_again_at end)`

const inbox = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('deliveries')
    .addColumn('row', identity(dialect), key(dialect))
    .addColumn('guid', text, required)
    .addColumn('event', text, required)
    .addColumn('body', text, required)
    .addColumn('digest', text, required)
    .addColumn('received_at', 'bigint', required)
    .addColumn('attempts', 'integer', required)
    .addColumn('retry_at', 'bigint', required)
    .addColumn('state', text, required)
    .addColumn('error', text)
    .execute()
  await db.schema.createIndex('deliveries_guid').on('deliveries').column('guid').execute()
  await sql`create index deliveries_open on deliveries (state, row) where state <> 'done'`.execute(db)
  // Several processes take deliveries there; in a folder the one writer looks first.
  if (dialect === 'postgres')
    await sql`create unique index deliveries_once on deliveries (guid, digest, event) where state <> 'dead'`.execute(db)
}

const subjects = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('subjects')
    .addColumn('key', text, (column) => column.primaryKey())
    .addColumn('kind', text, required)
    .addColumn('repository', 'bigint', required)
    .addColumn('installation', 'bigint', required)
    .addColumn('document', text, required)
    .addColumn('sha', text)
    .addColumn('lane', text, required)
    .addColumn('next_lane', text, required)
    .addColumn('generation', 'bigint', required)
    .addColumn('judged_generation', 'bigint', required)
    .addColumn('look_again_at', 'bigint')
    .addColumn('wake_at', 'bigint')
    .addColumn('priority', 'integer', required)
    .addColumn('turn', 'bigint', required)
    .addColumn('lease_owner', text)
    .addColumn('lease_until', 'bigint')
    .addColumn('leased_generation', 'bigint')
    .addColumn('attempts', 'integer', required)
    .addColumn('retry_at', 'bigint', required)
    .addColumn('asked', text)
    .addColumn('finished', 'integer', required)
    .addColumn('dead', 'integer', required)
    .addColumn('error', text)
    .addColumn('touched_at', 'bigint', required)
    .addColumn('due_at', 'bigint', (column) => column.generatedAlwaysAs(DUE_AT).stored())
    .execute()
  await sql`create unique index subjects_lane_leased_once on subjects (lane) where lease_owner is not null`.execute(db)
  await sql`create index subjects_due on subjects (due_at) where due_at is not null`.execute(db)
  await db.schema.createIndex('subjects_lane').on('subjects').column('lane').execute()
  await sql`create index subjects_repository on subjects (repository) where finished = 0`.execute(db)
  await sql`create index subjects_installation on subjects (installation) where finished = 0`.execute(db)
  await db.schema
    .createTable('addresses')
    .addColumn('repository', 'bigint', (column) => column.primaryKey())
    .addColumn('installation', 'bigint', required)
    .addColumn('owner', text, required)
    .addColumn('name', text, required)
    .execute()
}

const ledger = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  const text = textOf(dialect)
  await db.schema
    .createTable('ledger')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'bigint', required)
    .addColumn('kind', text, required)
    .addColumn('installation', 'bigint')
    .addColumn('repository', 'bigint')
    .addColumn('subject', text)
    .addColumn('body', text, required)
    .addColumn('previous', text, required)
    .addColumn('hash', text, required)
    .execute()
  await db.schema
    .createTable('ledger_head')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('sequence', 'bigint', required)
    .addColumn('hash', text, required)
    .execute()
  await sql`insert into ledger_head (id, sequence, hash) values (1, 0, ${'0'.repeat(64)})`.execute(db)
}

const APPEND_ONLY = [
  `create trigger ledger_no_update before update on ledger begin select raise(abort, 'the ledger is append-only'); end`,
  `create trigger ledger_no_delete before delete on ledger begin select raise(abort, 'the ledger is append-only'); end`,
  `create trigger ledger_in_order before insert on ledger
     when new.sequence <> (select sequence from ledger_head where id = 1) or exists (select 1 from ledger where sequence = new.sequence)
     begin select raise(abort, 'the ledger is append-only'); end`,
  `create trigger ledger_head_forward before update on ledger_head
     when new.id <> old.id or new.sequence not in (old.sequence, old.sequence + 1)
     begin select raise(abort, 'the ledger is append-only'); end`,
  `create trigger ledger_head_no_delete before delete on ledger_head begin select raise(abort, 'the ledger is append-only'); end`,
]

const appendOnly = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  if (dialect === 'postgres') return appendOnlyOnPostgres(db)
  for (const trigger of APPEND_ONLY) await sql.raw(trigger).execute(db)
}

/** Inbox, subjects and ledger. */
export const first = async (db: Kysely<unknown>, dialect: DialectName): Promise<void> => {
  await inbox(db, dialect)
  await subjects(db, dialect)
  await ledger(db, dialect)
  await appendOnly(db, dialect)
}
