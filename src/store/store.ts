import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Debts, Inbox, LedgerReader, Logger, Records, Subjects } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'
import { StoreUnusable } from './errors.js'
import { lockFolder } from './folder-lock.js'
import { GroupCommit } from './group-commit.js'
import { StoredInbox } from './inbox.js'
import { expire } from './lease.js'
import { ledgerReader } from './ledger-reader.js'
import { migrate, mustMatch } from './migrations/migrate.js'
import { storedRecords } from './records/records.js'
import { sqliteEngine } from './sqlite.js'
import { StoredSubjects } from './subjects.js'

/** The database's name in the folder. */
const FILE = 'release-gates.db'
const ATTEMPTS = 10

export interface StoreOptions {
  /** The folder that holds everything; made where it is missing. `:memory:` holds it in this process only. */
  readonly dataDir: string
  /** Reads beside a server, takes no lock, migrates nothing, writes nothing. */
  readonly readOnly?: boolean
  /** Failures after which a delivery or a subject is a dead letter; 10 where absent. */
  readonly attempts?: number
  readonly log?: Logger
}

/** Whether the database answers; `problem` says why not. `ledger` is the sequence of the last entry. */
export interface StoreHealth {
  readonly ok: boolean
  readonly problem: string | null
  readonly ledger: number | null
  readonly backlog: { readonly waiting: number; readonly oldest: Instant | null; readonly dead: number } | null
}

export interface Store {
  readonly inbox: Inbox
  readonly subjects: Subjects
  readonly records: Records & Debts
  readonly ledger: LedgerReader
  /** Settles what was accepted, then lets the folder go. */
  close(): Promise<void>
  health(): Promise<StoreHealth>
}

const openForWriting = async (folder: string): Promise<Engine> => {
  if (folder === ':memory:') return sqliteEngine(folder, { readOnly: false, release: () => undefined })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const release = lockFolder(folder)
  try {
    return sqliteEngine(join(folder, FILE), { readOnly: false, release })
  } catch (error) {
    release()
    throw error
  }
}

const openForReading = (folder: string): Engine => {
  const file = join(folder, FILE)
  if (!existsSync(file))
    throw new StoreUnusable(`${folder} holds no Release Gates store. Name the server's folder with --data or DATA_DIR.`)
  return sqliteEngine(file, { readOnly: true, release: () => undefined })
}

const healthOf = async (ledger: LedgerReader, inbox: Inbox): Promise<StoreHealth> => {
  try {
    const head = await ledger.head()
    const backlog = await inbox.backlog()
    return {
      ok: head !== null,
      problem: head === null ? 'the ledger has no head' : null,
      ledger: head?.sequence ?? null,
      backlog,
    }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error), ledger: null, backlog: null }
  }
}

/** The ports on an engine that is open and has its schema. */
const storeOn = (engine: Engine, { attempts = ATTEMPTS, log }: StoreOptions): Store => {
  const commits = new GroupCommit(engine, log)
  const inbox = new StoredInbox(engine, commits, attempts)
  const ledger = ledgerReader(engine.db)
  return {
    inbox,
    subjects: new StoredSubjects(engine, attempts),
    records: storedRecords(engine),
    ledger,
    health: () => healthOf(ledger, inbox),
    async close() {
      await commits.close()
      await engine.close()
    },
  }
}

/** The folder is ours alone, so whoever still holds a lease in it is gone: nobody waits for these to run out. */
const takeOver = (engine: Engine, { attempts = ATTEMPTS }: StoreOptions): Promise<void> =>
  engine.write((writing) => expire(writing, Number.MAX_SAFE_INTEGER, attempts))

/**
 * Opens the store in a folder and brings its schema up to date; only one server at a time has it.
 * @throws {StoreInUse} when another server has the folder.
 * @throws {StoreUnusable} when the schema is newer than this program or, for a reader, not the same.
 */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  const folder = options.dataDir === ':memory:' ? options.dataDir : resolve(options.dataDir)
  const engine = options.readOnly ? openForReading(folder) : await openForWriting(folder)
  try {
    if (options.readOnly) await mustMatch(engine, folder)
    else {
      await migrate(engine, folder)
      await takeOver(engine, options)
    }
  } catch (error) {
    await engine.close()
    throw error
  }
  return storeOn(engine, options)
}
