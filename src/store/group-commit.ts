import type { Delivery, Logger } from '../gatekeeper/ports.js'
import type { Engine } from './engine.js'

/** Rows of one commit at most, so that one commit stays a matter of milliseconds. */
const BATCH = 500

interface Waiting {
  readonly delivery: Delivery
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Many callers share one commit. Each promise settles only after the commit that holds its row has returned. */
export class GroupCommit {
  readonly #engine: Pick<Engine, 'store'>
  readonly #log: Logger | undefined
  #waiting: Waiting[] = []
  #flushing: Promise<void> | null = null
  #closed = false

  constructor(engine: Pick<Engine, 'store'>, log?: Logger) {
    this.#engine = engine
    this.#log = log
  }

  accept(delivery: Delivery): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the store is closing; nothing is accepted any more'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delivery, resolve, reject })
      this.#flushing ??= new Promise<void>((next) => setImmediate(next)).then(() => this.#flush())
    })
  }

  /** Accepts nothing more; resolves when all that was accepted is settled. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#flushing
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, BATCH))
    this.#flushing = null
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const outcomes = await this.#stored(batch)
    batch.forEach(({ delivery, resolve, reject }, index) => {
      const outcome = outcomes[index]
      if (outcome === null) return resolve()
      const error = outcome ?? new Error('the engine gave no answer for this delivery')
      this.#log?.error({ err: error, guid: delivery.guid, event: delivery.event }, 'a delivery could not be stored')
      reject(error)
    })
  }

  async #stored(batch: readonly Waiting[]): Promise<readonly (Error | null)[]> {
    try {
      return await this.#engine.store(batch.map(({ delivery }) => delivery))
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      return batch.map(() => failure)
    }
  }
}
