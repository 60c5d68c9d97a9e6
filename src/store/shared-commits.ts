import type Database from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { Writing } from './engine.js'
import type { Tables } from './tables.js'

/** Writes of one commit at most, so that nobody waits long for the others' work. */
const MOST = 64

/** SQLite answers without ever giving way to the network: without this, nothing is received while there is work. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Work<T> = (writing: Writing) => Promise<T>

interface Waiting {
  /** Runs the work. @returns what to do once it is on disk. @throws what the work throws: then it has done nothing. */
  readonly run: Work<() => void>
  readonly fail: (error: unknown) => void
}

/** SQLite has undone the whole transaction; `cause` is why. */
class TransactionEnded extends Error {
  constructor(cause: unknown) {
    super('the database ended the transaction', { cause })
  }
}

/** What has to be waited for after a commit, so that it is on disk. */
export interface Disk {
  /** Why nothing more can be put there; `null`: it can. */
  readonly failed: Error | null
  durable(): Promise<void>
}

/** For what is kept in memory only. */
const NO_DISK: Disk = { failed: null, durable: () => Promise.resolve() }

/**
 * Lets writes that wait for the one connection share a commit. Each runs in a savepoint of its own: one that fails
 * undoes itself alone. A promise settles only after the commit that holds its write is on disk; the next commit does not
 * wait for that.
 */
export class SharedCommits {
  readonly #raw: Database.Database
  readonly #db: Kysely<Tables>
  readonly #disk: Disk
  readonly #settling = new Set<Promise<void>>()
  #waiting: Waiting[] = []
  #running = false

  constructor(raw: Database.Database, db: Kysely<Tables>, disk: Disk = NO_DISK) {
    this.#raw = raw
    this.#db = db
    this.#disk = disk
  }

  /** Until all that was committed so far is on disk, and told. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling)
  }

  write<T>(work: Work<T>): Promise<T> {
    if (this.#disk.failed !== null) return Promise.reject(this.#disk.failed)
    return new Promise<T>((resolve, reject) => {
      const run: Waiting['run'] = async (writing) => {
        const value = await work(writing)
        return () => {
          resolve(value)
        }
      }
      this.#waiting.push({ run, fail: reject })
      if (!this.#running) void this.#commitAll()
    })
  }

  async #commitAll(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      await othersTurn()
      await this.#commit()
    }
    this.#running = false
  }

  async #commit(): Promise<void> {
    const taken: Waiting[] = []
    let ended: TransactionEnded | undefined
    const work = (writing: Writing) =>
      this.#runAll(writing, taken).catch((error: unknown) => {
        if (error instanceof TransactionEnded) ended = error
        throw error
      })
    try {
      const settle = await this.#db.transaction().execute(work)
      const settling = this.#settle(taken, settle).finally(() => this.#settling.delete(settling))
      this.#settling.add(settling)
    } catch (error) {
      for (const { fail } of taken) fail(ended?.cause ?? error)
    }
  }

  async #settle(taken: readonly Waiting[], settle: readonly (() => void)[]): Promise<void> {
    try {
      await this.#disk.durable()
      for (const each of settle) each()
    } catch (error) {
      for (const { fail } of taken) fail(error)
    }
  }

  async #runAll(writing: Writing, taken: Waiting[]): Promise<readonly (() => void)[]> {
    const settle: (() => void)[] = []
    while (taken.length < MOST) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      taken.push(next)
      settle.push(await this.#alone(next, writing))
    }
    return settle
  }

  async #alone({ run, fail }: Waiting, writing: Writing): Promise<() => void> {
    this.#raw.exec('savepoint one')
    try {
      const settle = await run(writing)
      this.#raw.exec('release one')
      return settle
    } catch (error) {
      // A full disk can end the whole transaction by itself; then everyone in it fails, and for this reason.
      if (!this.#raw.inTransaction) throw new TransactionEnded(error)
      this.#raw.exec('rollback to one; release one')
      return () => {
        fail(error)
      }
    }
  }
}
