import { setTimeout as after } from 'node:timers/promises'

/** So many deliveries a second since the last turn, and at least so many, are a flood: their acknowledgement comes first. */
const FLOOD_A_SECOND = 250
const FLOOD = 8
/** In a flood, handling rests so many times as long as it worked, and no longer than this, in milliseconds. */
const SHARE = 9
const LONGEST = 250

export interface PaceParts {
  readonly sleep: (milliseconds: number) => Promise<unknown>
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number
}

/**
 * Lets acknowledgements go first: while deliveries pour in, handling them takes turns of a tenth of the time. What comes
 * in at a pace that can be kept up with is handled without a rest, or it would never be caught up with.
 */
export class Pace {
  readonly #parts: PaceParts
  #arrived = 0
  #since: number

  constructor(parts: PaceParts = { sleep: after, elapsed: () => performance.now() }) {
    this.#parts = parts
    this.#since = parts.elapsed()
  }

  /** A delivery came in. */
  arrived(): void {
    this.#arrived += 1
  }

  /** Between two turns of handling. @param worked how long the last one took, in milliseconds. */
  async rest(worked: number): Promise<void> {
    const now = this.#parts.elapsed()
    const flood = this.#arrived >= FLOOD && this.#arrived * 1_000 >= FLOOD_A_SECOND * (now - this.#since)
    this.#arrived = 0
    this.#since = now
    if (flood) await this.#parts.sleep(Math.min(LONGEST, SHARE * worked))
  }
}
