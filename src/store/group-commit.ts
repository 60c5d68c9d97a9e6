import type { Delivery, Logger } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'

/** Rows of one commit at most, so that one commit stays a matter of milliseconds. */
const BATCH = 500
/** Commits under way. */
const AT_ONCE = 4

interface Waiting {
  readonly delivery: Delivery
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * Makes deliveries durable, as many as wait in one commit: one answer each, `null` for stored, in the same order. One bad
 * row is that row's answer only.
 */
export interface Durable {
  store(deliveries: readonly Delivery[]): Promise<readonly (Error | null)[]>
}

/** That a delivery could not be stored, when it came and why. */
export interface Refused {
  readonly at: Instant
  readonly problem: string
}

/**
 * Many callers share one commit, and several commits may be under way: while one waits for the disk, the next is written. Each
 * promise settles only after the commit that holds its row has returned.
 */
export class GroupCommit {
  readonly #to: Durable
  readonly #log: Logger | undefined
  #waiting: Waiting[] = []
  readonly #flushing = new Set<Promise<void>>()
  #closed = false
  #refused: Refused | null = null

  constructor(to: Durable, log?: Logger) {
    this.#to = to
    this.#log = log
  }

  /** The last delivery that was not stored; `null`: none, or one has been since. */
  get refused(): Refused | null {
    return this.#refused
  }

  accept(delivery: Delivery): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the store is closing; nothing is accepted any more'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject })
      if (this.#flushing.size < AT_ONCE) this.#start()
    })
  }

  /** Accepts nothing more; resolves when all that was accepted is settled. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#flushing)
  }

  #start(): void {
    const flushing = this.#flush().finally(() => this.#flushing.delete(flushing))
    this.#flushing.add(flushing)
  }

  async #flush(): Promise<void> {
    await new Promise<void>((next) => setImmediate(next))
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, BATCH))
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const outcomes = await this.#stored(batch)
    batch.forEach(({ delivery, resolve, reject }, index) => {
      const outcome = outcomes[index]
      if (outcome === null) {
        this.#refused = null
        return resolve()
      }
      const error = outcome ?? new Error('the engine gave no answer for this delivery')
      this.#refused = { at: delivery.receivedAt, problem: error.message }
      this.#log?.error({ err: error, guid: delivery.guid, event: delivery.event }, 'a delivery could not be stored')
      reject(error)
    })
  }

  async #stored(batch: readonly Waiting[]): Promise<readonly (Error | null)[]> {
    try {
      return await this.#to.store(batch.map(({ delivery }) => delivery))
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      return batch.map(() => failure)
    }
  }
}
