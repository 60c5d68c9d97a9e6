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

/**
 * Lets writes that wait for the one connection share a commit, and so its fsync. Each runs in a savepoint of its own:
 * one that fails undoes itself alone. A promise settles only after the commit that holds its write has returned.
 */
export class SharedCommits {
  readonly #raw: Database.Database
  readonly #db: Kysely<Tables>
  #urgent: Waiting[] = []
  #waiting: Waiting[] = []
  #running = false

  constructor(raw: Database.Database, db: Kysely<Tables>) {
    this.#raw = raw
    this.#db = db
  }

  /** @param urgent it goes before what is not, into the commit that is under way too. */
  write<T>(work: Work<T>, urgent = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run: Waiting['run'] = async (writing) => {
        const value = await work(writing)
        return () => {
          resolve(value)
        }
      }
      const line = urgent ? this.#urgent : this.#waiting
      line.push({ run, fail: reject })
      if (!this.#running) void this.#commitAll()
    })
  }

  async #commitAll(): Promise<void> {
    this.#running = true
    while (this.#urgent.length > 0 || this.#waiting.length > 0) {
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
      for (const settle of await this.#db.transaction().execute(work)) settle()
    } catch (error) {
      for (const { fail } of taken) fail(ended?.cause ?? error)
    }
  }

  async #runAll(writing: Writing, taken: Waiting[]): Promise<readonly (() => void)[]> {
    const settle: (() => void)[] = []
    for (let next = this.#next(); next !== undefined; next = taken.length < MOST ? this.#next() : undefined) {
      taken.push(next)
      settle.push(await this.#alone(next, writing))
    }
    return settle
  }

  #next(): Waiting | undefined {
    return this.#urgent.shift() ?? this.#waiting.shift()
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
