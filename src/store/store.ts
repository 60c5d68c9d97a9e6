import type { Debts, Inbox, Lease, LedgerReader, Logger, Records, Subjects } from '../gatekeeper/ports.js'
import type { Duration, Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'
import { causedBy } from './causes.js'
import { FolderInbox } from './folder-inbox.js'
import { GroupCommit, type Durable } from './group-commit.js'
import { healthOf, type StoreHealth } from './health.js'
import { StoredInbox } from './inbox.js'
import { journalIn } from './journal/folder.js'
import { Journal } from './journal/journal.js'
import { ledgerReader } from './ledger-reader.js'
import { newsFrom, type News } from './news.js'
import { openEngine } from './open.js'
import { fencedBy } from './records/fenced.js'
import { storedRecords } from './records/records.js'
import { cutLedger } from './cut.js'
import { expireDeliveries, expireSubjects, type Expired } from './retention.js'
import { roundOf } from './rounds.js'
import { expireFacts } from './sides/expire.js'
import { StoredSubjects } from './subjects.js'
import { waitingOf, type Waiting } from './waiting.js'

export type { StoreHealth } from './health.js'

const ATTEMPTS = 10

export interface StoreOptions {
  /** The folder that holds everything; made where it is missing. `:memory:` holds it in this process only. */
  readonly dataDir: string
  /** PostgreSQL instead of the folder, for any number of instances. */
  readonly databaseUrl?: string | null
  /** Reads beside a server, takes no lock, migrates nothing, writes nothing. */
  readonly readOnly?: boolean
  /** Failures after which a delivery or a subject is a dead letter; 10 where absent. */
  readonly attempts?: number
  readonly log?: Logger
}

export interface Store {
  readonly inbox: Inbox & Pick<StoredInbox, 'knows'>
  readonly subjects: Subjects
  readonly records: Records & Debts
  readonly ledger: LedgerReader
  /** The records as a look uses them: its verdict and what it says are refused once its lease was taken over. */
  recordsUnder(lease: Lease): Records & Debts
  /** Whether other instances may be at work on it right now. */
  readonly shared: boolean
  /** Calls `tell` when another instance may have left work. It may miss some: whoever listens also looks by itself. */
  onWork(tell: () => void): void
  /** What events have made old since it was asked last: for what this process keeps in memory. */
  readonly news: News
  /** True for one instance in every `pause` milliseconds: the one that does for all what is called `name`. */
  round(name: string, now: Instant, pause: Duration): Promise<boolean>
  /** Removes deliveries that were received before this instant and do not wait any more. */
  expireDeliveries(before: Instant): Promise<Expired>
  /** Removes finished subjects that were touched last before this instant. @returns how many. */
  expireSubjects(before: Instant): Promise<number>
  /** Removes the facts of entries before this instant. @returns how many documents. */
  expireFacts(before: Instant, now: Instant): Promise<number>
  /** Cuts entries before this instant from the front of the ledger. @returns how many. */
  cutLedger(before: Instant, now: Instant): Promise<number>
  /** Settles what was accepted, then lets the folder or the database go. */
  close(): Promise<void>
  health(): Promise<StoreHealth>
  /** What waits to be judged at this instant. */
  waiting(now: Instant): Promise<Waiting>
}

/** For whoever opened the store for reading. */
const REFUSED: Durable = {
  store: (deliveries) => Promise.resolve(deliveries.map(() => new Error('opened for reading'))),
}

/** Where deliveries become durable. A disk that failed is not believed, whichever of its files it failed for. */
const durableOn = (engine: Engine, journal: Journal | null): Durable => {
  if (engine.store !== null) return { store: engine.store }
  if (journal === null) return REFUSED
  return {
    store: (deliveries) => {
      const broken = engine.broken()
      return broken === null ? journal.store(deliveries) : Promise.resolve(deliveries.map(() => broken))
    },
  }
}

/** The ports on an engine that is open and has its schema. */
const storeOn = async (
  engine: Engine,
  journal: Journal | null,
  { attempts, log }: { readonly attempts: number; readonly log: Logger | undefined },
): Promise<Store> => {
  const commits = new GroupCommit(durableOn(engine, journal), log)
  const table = new StoredInbox(engine, commits, attempts)
  const inbox = journal === null ? table : new FolderInbox({ engine, journal, commits, table, attempts })
  const ledger = ledgerReader(engine.db)
  const records = storedRecords(engine)
  return {
    inbox,
    subjects: new StoredSubjects(engine, attempts),
    records,
    recordsUnder(lease) {
      const caused = causedBy(engine, lease.delivery)
      return { ...storedRecords(caused), ...fencedBy(caused, lease) }
    },
    ledger,
    shared: engine.shared,
    onWork: (tell) => engine.onWork(tell),
    news: await newsFrom(engine.db),
    round: roundOf(engine),
    async expireDeliveries(before) {
      await journal?.tidy()
      return expireDeliveries(engine, before)
    },
    expireSubjects: (before) => expireSubjects(engine, before),
    expireFacts: (before, now) => expireFacts(engine, before, now),
    cutLedger: (before, now) => cutLedger(engine, before, now),
    health: () =>
      healthOf({ ...engine, broken: () => engine.broken() ?? journal?.failed ?? null }, ledger, inbox, commits),
    waiting: (now) => waitingOf(engine, now),
    async close() {
      await commits.close()
      await journal?.close()
      await engine.close()
    },
  }
}

/**
 * Opens the store of a folder, which only one server at a time has, or the one in PostgreSQL, and brings its schema up to
 * date.
 * @throws {StoreInUse} when another server has the folder.
 * @throws {StoreUnusable} when the schema is newer than this program or, for a reader, not the same.
 */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  const { dataDir, databaseUrl = null, readOnly = false, attempts = ATTEMPTS, log } = options
  const place = databaseUrl === null ? { dataDir } : { databaseUrl }
  const engine = await openEngine(place, { readOnly, attempts, log })
  try {
    const journal = engine.shared || readOnly ? null : await Journal.open(journalIn(dataDir), log)
    return await storeOn(engine, journal, { attempts, log })
  } catch (error) {
    await engine.close()
    throw error
  }
}
