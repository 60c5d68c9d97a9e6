import type { Hint } from '../gatekeeper/subject.js'

/** Carries what the handlers named from Probot's event loop back to the dispatcher, by delivery id. */
export interface Collector {
  /** Begin to collect for a delivery. */
  open(delivery: string): void
  /**
   * Run a handler for an open delivery, and keep its hints or its error: thrown, Probot would log it with the payload.
   * @throws {Error} when nobody opened the delivery, because its hints would be lost.
   */
  collect(delivery: string, hints: () => readonly Hint[]): void
  /** Forget a delivery that Probot itself failed on. */
  discard(delivery: string): void
  /** End, and get every hint. @throws what the first failing handler threw. */
  close(delivery: string): readonly Hint[]
}

interface Collected {
  readonly hints: Hint[]
  error: Error | null
}

const notOpen = (delivery: string) => new Error(`delivery ${delivery} was not opened`)

export const createCollector = (): Collector => {
  const open = new Map<string, Collected>()
  return {
    open(delivery) {
      open.set(delivery, { hints: [], error: null })
    },
    collect(delivery, hints) {
      const collected = open.get(delivery)
      if (collected === undefined) throw notOpen(delivery)
      try {
        for (const hint of hints()) collected.hints.push(hint)
      } catch (error) {
        collected.error ??= error instanceof Error ? error : new Error(String(error))
      }
    },
    discard(delivery) {
      open.delete(delivery)
    },
    close(delivery) {
      const collected = open.get(delivery)
      open.delete(delivery)
      if (collected === undefined) throw notOpen(delivery)
      if (collected.error !== null) throw collected.error
      return collected.hints
    },
  }
}
