import { sql } from 'kysely'
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import type { Verification } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import { copyTables, type Progress } from './copy.js'
import type { Engine, Writing } from './engine.js'
import { StoreUnusable } from './errors.js'
import { append } from './ledger.js'
import { ledgerReader } from './ledger-reader.js'
import { JournalBeside } from './journal/beside.js'
import { MOVED } from './migrations/migrate.js'
import { mustBeFree } from './move-target.js'
import { noteWaiting } from './note.js'
import { FILE, openEngine } from './open.js'
import { placeOf } from './postgres-checks.js'

type Whole = Extract<Verification, { readonly ok: true }>

export interface MoveOptions {
  /** The folder whose server is stopped. */
  readonly dataDir: string
  /** A database in which no instance has worked yet. */
  readonly databaseUrl: string
  readonly now: Instant
  readonly progress?: Progress
}

/** What is there now: `entries` of the ledger, the last, which tells of the move, with `hash`; all rows that were carried. */
export interface Moved {
  readonly entries: number
  readonly hash: string
  readonly rows: number
}

const whole = (found: Verification, where: string): Whole => {
  if (found.ok) return found
  throw new StoreUnusable(
    `The ledger in ${where} is broken at entry ${found.sequence}: ${found.detail}. Nothing was moved.`,
  )
}

const mustBeEmpty = async (writing: Writing, where: string): Promise<void> => {
  await sql`lock table ledger_head, deliveries, subjects in exclusive mode`.execute(writing)
  for (const table of ['ledger', 'deliveries', 'subjects', 'addresses'] as const)
    if (
      (
        await writing
          .selectFrom(table)
          .select(sql`1`.as('one'))
          .limit(1)
          .execute()
      ).length > 0
    )
      throw new StoreUnusable(`${where} holds a store already. Name an empty database; nothing was moved.`)
}

/** The triggers that keep entries in order would ask for each entry's head in turn; the chain is verified instead. */
const withoutOrder = async <T>(writing: Writing, work: () => Promise<T>): Promise<T> => {
  const ordered = [
    ['ledger', 'ledger_in_order'],
    ['ledger_head', 'ledger_head_forward'],
    ['ledger_head', 'ledger_cut_forward'],
  ] as const
  const all = async (what: 'disable' | 'enable') => {
    for (const [table, trigger] of ordered)
      await sql.raw(`alter table ${table} ${what} trigger ${trigger}`).execute(writing)
  }
  await all('disable')
  const done = await work()
  await all('enable')
  return done
}

/** What came in and was not handled yet waits in the table from now on, and goes over with it. */
const takeInJournal = async (from: Engine, dataDir: string): Promise<void> => {
  const journal = await JournalBeside.open(dataDir)
  try {
    for await (const kept of journal.kept()) await from.write((writing) => noteWaiting(writing, kept))
  } finally {
    await journal.close()
  }
}

const carry = async (
  from: Engine,
  to: Engine,
  before: Whole,
  { databaseUrl, now, progress }: MoveOptions,
): Promise<Moved> =>
  to.write(async (writing) => {
    const where = placeOf(databaseUrl)
    await sql`set local statement_timeout = 0`.execute(writing)
    await mustBeEmpty(writing, where)
    const rows = await withoutOrder(writing, () => copyTables(from.db, writing, progress))
    const after = whole(await ledgerReader(writing).verify(), where)
    if (after.entries !== before.entries || after.hash !== before.hash)
      throw new StoreUnusable(`What arrived in ${where} is not the ledger that was sent. Nothing was moved.`)
    const body = { moved: 'from a folder to PostgreSQL', entries: after.entries, hash: after.hash }
    await append(writing, { at: now, kind: 'settings', installation: null, repository: null, subject: null, body })
    const { hash } = await writing.selectFrom('ledger_head').select('hash').executeTakeFirstOrThrow()
    return { entries: after.entries + 1, hash, rows }
  })

/** So that no server goes on from what is old: approvals given since are not in the folder. */
const markMoved = (from: Engine, databaseUrl: string): Promise<unknown> =>
  from.write((writing) =>
    writing
      .insertInto('schema_version')
      .values({ version: MOVED, name: `moved to ${placeOf(databaseUrl)}` })
      .execute(),
  )

/**
 * Carries everything from a folder to PostgreSQL: inbox, subjects, ledger, records, in one transaction, and verifies the
 * ledger before and after. The folder keeps what it has, and is refused by servers from then on.
 * @throws {StoreInUse} while a server has the folder.
 * @throws {StoreUnusable} when the folder holds no store, the ledger is broken, or the database is not empty or in use.
 */
export const moveStore = async (options: MoveOptions): Promise<Moved> => {
  const { dataDir, databaseUrl } = options
  if (!existsSync(join(dataDir, FILE)))
    throw new StoreUnusable(
      `${dataDir} holds no Release Gates store. Name the server's folder with --data or DATA_DIR.`,
    )
  const opening = { readOnly: false, attempts: Number.MAX_SAFE_INTEGER, log: undefined }
  const from = await openEngine({ dataDir }, opening)
  try {
    const before = whole(await ledgerReader(from.db).verify(), dataDir)
    await mustBeFree(databaseUrl, placeOf(databaseUrl))
    await takeInJournal(from, dataDir)
    const to = await openEngine({ databaseUrl }, opening)
    try {
      const moved = await carry(from, to, before, options)
      await markMoved(from, databaseUrl)
      return moved
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
}
