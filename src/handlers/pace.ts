import { setTimeout as after } from 'node:timers/promises'

/** So many deliveries since the last turn are a flood: GitHub waits for their acknowledgement, nobody for their judging. */
const FLOOD = 8
/** In a flood, handling rests so many times as long as it worked, and no longer than this, in milliseconds. */
const SHARE = 4
const LONGEST = 250

/** Lets acknowledgements go first: while deliveries pour in, handling them takes turns of a fifth of the time. */
export class Pace {
  readonly #sleep: (milliseconds: number) => Promise<unknown>
  #arrived = 0

  constructor(sleep: (milliseconds: number) => Promise<unknown> = after) {
    this.#sleep = sleep
  }

  /** A delivery came in. */
  arrived(): void {
    this.#arrived += 1
  }

  /** Between two turns of handling. @param worked how long the last one took, in milliseconds. */
  async rest(worked: number): Promise<void> {
    const flood = this.#arrived >= FLOOD
    this.#arrived = 0
    if (flood) await this.#sleep(Math.min(LONGEST, SHARE * worked))
  }
}
