/** Monday 2 March 2026, 09:00 UTC. */
const EPOCH = Date.parse('2026-03-02T09:00:00Z')

export interface FastClock {
  /** Epoch milliseconds, as GitHub and the servers read them. */
  now(): number
  /** What makes a server read the same. */
  readonly env: Readonly<Record<string, string>>
}

/** Chaos lasts hours, and nobody waits so long: time for GitHub and the servers runs `pace` times as fast. */
export const fastClock = (pace: number): FastClock => {
  const zero = Date.now()
  return {
    now: () => Math.floor(EPOCH + (Date.now() - zero) * pace),
    env: { CHAOS_PACE: String(pace), CHAOS_ZERO: String(zero), CHAOS_EPOCH: String(EPOCH) },
  }
}

/** Real milliseconds. */
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
