import type { Duration, Instant } from '../policy/facts.js'

const FIRST: Duration = 1_000
const LONGEST: Duration = 60_000

/**
 * Deliveries that the store failed to write: that says nothing of them, so nothing is counted. They are left for a pause,
 * 1 s and doubled each time up to a minute, lest one that takes the store long take all of its time.
 */
export class StorePauses {
  readonly #rests = new Map<number, { readonly tries: number; readonly until: Instant }>()

  leave(row: number, now: Instant): void {
    for (const [other, { until }] of this.#rests) if (until < now - LONGEST) this.#rests.delete(other)
    const tries = (this.#rests.get(row)?.tries ?? 0) + 1
    this.#rests.set(row, { tries, until: now + Math.min(FIRST * 2 ** (tries - 1), LONGEST) })
  }

  /** Also where it would be longer than any: the clock was ahead when it began. */
  isOver(row: number, now: Instant): boolean {
    const { until } = this.#rests.get(row) ?? { until: now }
    return until <= now || until > now + LONGEST
  }

  forget(row: number): void {
    this.#rests.delete(row)
  }
}
