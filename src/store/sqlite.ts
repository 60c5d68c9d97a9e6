import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Engine } from './engine.js'
import { StoreUnusable } from './errors.js'
import { NoNul } from './no-nul.js'
import { keepPrivate } from './private-file.js'
import { SharedCommits } from './shared-commits.js'
import type { Tables } from './tables.js'
import { PATIENCE } from './unusable.js'
import { WalSync } from './wal-sync.js'

/** Lists of parameters make texts of their own; these are enough for all others. */
const MOST_STATEMENTS = 500

const PRAGMAS_OF_WRITER = [
  'journal_mode = WAL',
  // SQLite writes its log and does not wait for the disk; WalSync does, before anybody is told.
  'synchronous = NORMAL',
  'foreign_keys = ON',
  'recursive_triggers = ON',
  // What goes with time, or is erased, is overwritten and not only let go; it costs nothing that could be measured.
  'secure_delete = ON',
]

/** Bytes of the log, before it is copied into the file, for which everybody waits: more seldom than at SQLite's 4 MB. */
const LOG = 32 * 2 ** 20

const MEMORY = ':memory:'

const connect = (file: string, readOnly: boolean): Database.Database => {
  if (readOnly && statSync(file).isDirectory()) throw new StoreUnusable(`${file} is a folder. Name the file in it.`)
  if (!readOnly && file !== MEMORY) keepPrivate(file)
  const raw = new Database(file, { readonly: readOnly, fileMustExist: readOnly, timeout: PATIENCE })
  if (readOnly) return raw
  for (const pragma of PRAGMAS_OF_WRITER) raw.pragma(pragma)
  raw.pragma(`wal_autocheckpoint = ${LOG / Number(raw.pragma('page_size', { simple: true }))}`)
  // From here on the process has more to do than to sleep in SQLite until a lock is free: SharedCommits comes again.
  raw.pragma('busy_timeout = 0')
  return raw
}

/** Kysely prepares a statement for every query; the same text is prepared once here, unless it is being read from. */
const keepingStatements = (raw: Database.Database, readOnly: boolean) => {
  const asWeMean = (statement: string): string => {
    // From the start: a transaction that begins to write after another process did would fail, and not wait.
    if (statement === 'begin' && !readOnly) return 'begin immediate'
    // A full disk ends a transaction by itself; a complaint that there is none left would hide why.
    if (statement === 'rollback' && !raw.inTransaction) return 'select 1'
    return statement
  }
  const kept = new Map<string, Database.Statement<unknown[]>>()
  return {
    close: () => raw.close(),
    prepare: (statement: string) => {
      const text = asWeMean(statement)
      const known = kept.get(text)
      if (known !== undefined && !known.busy) return known
      const prepared = raw.prepare<unknown[]>(text)
      if (kept.size < MOST_STATEMENTS) kept.set(text, prepared)
      return prepared
    },
  }
}

/**
 * SQLite through better-sqlite3: one connection, which Kysely hands to one user at a time, so that transactions never
 * mix. Writes that wait for it share a commit; none is told to be done before it is on disk.
 * @param release called once the connection is closed.
 */
export const sqliteEngine = (
  file: string,
  options: { readonly readOnly: boolean; readonly release: () => void },
): Engine => {
  const raw = connect(file, options.readOnly)
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: () => Promise.resolve(keepingStatements(raw, options.readOnly)) }),
    plugins: [new NoNul()],
  })
  const disk = file === MEMORY ? undefined : new WalSync(`${file}-wal`)
  const commits = new SharedCommits(raw, db, disk, { file, patience: PATIENCE })
  return {
    dialect: 'sqlite',
    name: randomUUID(),
    shared: false,
    db,
    write: (work) => commits.write(work),
    broken: () => disk?.failed ?? null,
    store: null,
    onWork: () => undefined,
    async close() {
      await commits.close()
      await db.destroy()
      await disk?.close()
      if (raw.open) raw.close()
      options.release()
    },
  }
}
