import { sql, type Kysely } from 'kysely'

const REFUSE = `create function ledger_refuse() returns trigger language plpgsql as
  $$ begin raise exception 'the ledger is append-only'; end $$`

const IN_ORDER = `create function ledger_in_order() returns trigger language plpgsql as $$ begin
    if new.sequence is distinct from (select sequence from ledger_head where id = 1) then
      raise exception 'the ledger is append-only';
    end if;
    return new;
  end $$`

const HEAD_FORWARD = `create function ledger_head_forward() returns trigger language plpgsql as $$ begin
    if new.id <> old.id or new.sequence not in (old.sequence, old.sequence + 1) then
      raise exception 'the ledger is append-only';
    end if;
    return new;
  end $$`

const TRIGGERS = [
  'ledger_no_change before update or delete on ledger for each row execute function ledger_refuse()',
  'ledger_no_truncate before truncate on ledger for each statement execute function ledger_refuse()',
  'ledger_in_order before insert on ledger for each row execute function ledger_in_order()',
  'ledger_head_forward before update on ledger_head for each row execute function ledger_head_forward()',
  'ledger_head_no_delete before delete on ledger_head for each row execute function ledger_refuse()',
  'ledger_head_no_truncate before truncate on ledger_head for each statement execute function ledger_refuse()',
]

/** PostgreSQL's own refusal to change what stands in the ledger; a key that is there twice is refused by its index. */
export const appendOnlyOnPostgres = async (db: Kysely<unknown>): Promise<void> => {
  for (const made of [REFUSE, IN_ORDER, HEAD_FORWARD]) await sql.raw(made).execute(db)
  for (const trigger of TRIGGERS) await sql.raw(`create trigger ${trigger}`).execute(db)
}
