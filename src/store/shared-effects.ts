import type { Coalesced } from '../gatekeeper/ports.js'
import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import type { Engine, Writing } from './engine.js'
import { lockInOrder } from './lock-in-order.js'

/** A delivery that takes effect. */
export interface Effect {
  readonly row: number
  readonly hints: readonly Hint[]
  readonly now: Instant
}

type Work = (writing: Writing, effect: Effect) => Promise<readonly Coalesced[]>

interface Waiting {
  readonly effect: Effect
  readonly resolve: (coalesced: readonly Coalesced[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets deliveries that take effect at once share a transaction: each ends with an entry of the ledger, of which one
 * transaction at a time writes, and waits for the server's disk. Where they cannot all, each does by itself.
 */
export class SharedEffects {
  readonly #engine: Pick<Engine, 'write'>
  readonly #work: Work
  #waiting: Waiting[] = []
  #running = false

  constructor(engine: Pick<Engine, 'write'>, work: Work) {
    this.#engine = engine
    this.#work = work
  }

  take(effect: Effect): Promise<readonly Coalesced[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ effect, resolve, reject })
      if (!this.#running) void this.#takeAll()
    })
  }

  async #takeAll(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      await new Promise<void>((next) => setImmediate(next))
      const some = this.#waiting.splice(0)
      if (!(await this.#together(some))) for (const one of some) await this.#alone(one)
    }
    this.#running = false
  }

  /** @returns false: nothing has happened, for one of them or the server stands in the way, and each finds out by itself. */
  async #together(all: readonly Waiting[]): Promise<boolean> {
    if (all.length < 2) return false
    const run = async (writing: Writing) => {
      // For all of them, before anything else: locks that each took in its turn could cross those of another instance.
      await lockInOrder(
        writing,
        all.flatMap(({ effect }) => effect.hints),
      )
      const outcomes: (readonly Coalesced[])[] = []
      for (const { effect } of all) outcomes.push(await this.#work(writing, effect))
      return outcomes
    }
    try {
      const outcomes = await this.#engine.write(run)
      all.forEach(({ resolve }, index) => resolve(outcomes[index] ?? []))
      return true
    } catch {
      return false // whoever is to blame hears of it by itself: each is tried alone next
    }
  }

  async #alone({ effect, resolve, reject }: Waiting): Promise<void> {
    await this.#engine.write((writing) => this.#work(writing, effect)).then(resolve, reject)
  }
}
