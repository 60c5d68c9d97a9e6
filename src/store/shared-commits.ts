import type Database from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { setTimeout as pause } from 'node:timers/promises'
import type { Writing } from './engine.js'
import { StoreLocked } from './errors.js'
import { isBusy } from './sqlite-errors.js'
import type { Tables } from './tables.js'

/** Writes of one commit at most, so that nobody waits long for the others' work. */
const MOST = 64

/** SQLite answers without ever giving way to the network: without this, nothing is received while there is work. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Milliseconds between two tries to get the write lock from another program. */
const BETWEEN_TRIES = 15

type Work<T> = (writing: Writing) => Promise<T>

interface Waiting {
  /** Runs the work. @returns what to do once it is on disk. @throws what the work throws: then it has done nothing. */
  readonly run: Work<() => void>
  readonly fail: (error: unknown) => void
  readonly since: number
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

/** The lock that other programs may have, and how long a write waits for it, in milliseconds. */
export interface Lock {
  readonly file: string
  readonly patience: number
}

const NOBODY_ELSES: Lock = { file: ':memory:', patience: 0 }

/**
 * Lets writes that wait for the one connection share a commit. Each runs in a savepoint of its own: one that fails
 * undoes itself alone. A promise settles only after the commit that holds its write is on disk; the next commit does not
 * wait for that. The connection must not wait for a lock by itself: the whole process would. Here a timer does.
 */
export class SharedCommits {
  readonly #raw: Database.Database
  readonly #db: Kysely<Tables>
  readonly #disk: Disk
  readonly #lock: Lock
  readonly #settling = new Set<Promise<void>>()
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #closed = false

  constructor(raw: Database.Database, db: Kysely<Tables>, disk: Disk = NO_DISK, lock: Lock = NOBODY_ELSES) {
    this.#raw = raw
    this.#db = db
    this.#disk = disk
    this.#lock = lock
  }

  /** Takes nothing more; resolves when all that was taken is on disk, or failed, and told. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await Promise.all(this.#settling)
  }

  /** @throws {StoreLocked} when another program had the lock for too long. */
  write<T>(work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'))
    if (this.#disk.failed !== null) return Promise.reject(this.#disk.failed)
    return new Promise<T>((resolve, reject) => {
      const run: Waiting['run'] = async (writing) => {
        const value = await work(writing)
        return () => {
          resolve(value)
        }
      }
      this.#waiting.push({ run, fail: reject, since: performance.now() })
      this.#running ??= this.#commitAll()
    })
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await othersTurn()
      await this.#commit()
    }
    this.#running = null
  }

  async #commit(): Promise<void> {
    const taken: Waiting[] = []
    let began = false
    let ended: TransactionEnded | undefined
    const work = (writing: Writing) => {
      began = true
      return this.#runAll(writing, taken).catch((error: unknown) => {
        if (error instanceof TransactionEnded) ended = error
        throw error
      })
    }
    try {
      const settle = await this.#db.transaction().execute(work)
      const settling = this.#settle(taken, settle).finally(() => this.#settling.delete(settling))
      this.#settling.add(settling)
    } catch (error) {
      if (began) for (const { fail } of taken) fail(ended?.cause ?? error)
      else await this.#refused(error)
    }
  }

  /** Nobody's work has run. Whoever waits for a lock has some time; nothing else that refuses a beginning passes by itself. */
  async #refused(error: unknown): Promise<void> {
    const { file, patience } = this.#lock
    const longest = performance.now() - patience
    const failing = isBusy(error) ? this.#waiting.filter(({ since }) => since <= longest) : this.#waiting
    this.#waiting = this.#waiting.filter((each) => !failing.includes(each))
    for (const { fail } of failing) fail(isBusy(error) ? new StoreLocked(file, patience, error) : error)
    if (this.#waiting.length > 0) await pause(BETWEEN_TRIES)
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
