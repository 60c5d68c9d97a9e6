import { sql } from 'kysely'
import type { Reading, Writing } from './engine.js'
import type { Tables } from './tables.js'

/** Hears how many rows of a table have arrived. */
export type Progress = (table: string, rows: number) => void

type Table = keyof Tables

/** All but the schema's version and the instances' rounds, which are each database's own. */
const COPIED: Readonly<Record<Exclude<Table, 'schema_version' | 'rounds' | 'ledger_head'>, string | null>> = {
  deliveries: 'row',
  subjects: null,
  addresses: null,
  ledger: null,
  sides: null,
  verdicts: null,
  intents: 'id',
  acts: null,
  refusals: null,
  seen: null,
  incidents: null,
  pins: null,
  kept_policies: null,
  tips: 'id',
  locks: null,
  first_asked: null,
}

/** Every table that a store has. */
export const TABLES: readonly string[] = [...Object.keys(COPIED), 'schema_version', 'rounds', 'ledger_head']

/** Rows read and written at once. */
const PAGE = 200

type Row = Readonly<Record<string, unknown>>

/** Computed by the database, and where SQLite keeps the row. */
const withoutComputed = ({ due_at: _due, place: _place, ...row }: Row): Row => row

async function* pages(from: Reading, table: Table): AsyncGenerator<readonly Row[]> {
  for (let after = 0; ;) {
    const { rows } = await sql<Row & { readonly place: number }>`
      select rowid as place, * from ${sql.table(table)} where rowid > ${after} order by rowid limit ${PAGE}`.execute(
      from,
    )
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(withoutComputed)
    after = last.place
  }
}

const insert = async (to: Writing, table: Table, rows: readonly Row[]): Promise<void> => {
  const columns = Object.keys(rows[0] ?? {})
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`)
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) values ${sql.join(values)}`.execute(
    to,
  )
}

/** The next number that the database gives is above all that were carried over. */
const goOnAfter = (to: Writing, table: Table, column: string): Promise<unknown> =>
  sql`select setval(pg_get_serial_sequence(${table}, ${column}), coalesce(max(${sql.ref(column)}), 0) + 1, false) from ${sql.table(table)}`.execute(
    to,
  )

/** Copies every table from SQLite to PostgreSQL, the ledger's head too. @returns the number of rows. */
export const copyTables = async (from: Reading, to: Writing, progress: Progress = () => undefined): Promise<number> => {
  let all = 0
  for (const [table, counted] of Object.entries(COPIED) as [keyof typeof COPIED, string | null][]) {
    let rows = 0
    for await (const page of pages(from, table)) {
      await insert(to, table, page)
      rows += page.length
      progress(table, rows)
    }
    if (counted !== null) await goOnAfter(to, table, counted)
    all += rows
  }
  const head = await from.selectFrom('ledger_head').selectAll().where('id', '=', 1).executeTakeFirstOrThrow()
  const { id: _, ...record } = head
  await to.updateTable('ledger_head').set(record).where('id', '=', 1).execute()
  return all
}
