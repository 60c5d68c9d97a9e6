/** How much the front door takes. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** GitHub sends no payload above 25 MiB. */
  readonly body: number
  /** All bodies together that are held while they arrive. */
  readonly held: number
  /** Until the headers are there. */
  readonly headers: number
  /** Until the whole request is there. */
  readonly request: number
  /** How long a refused upload is read and thrown away, so that its sender can hear why. */
  readonly linger: number
  /** How often slow connections are looked for. */
  readonly patrol: number
  /** How long requests under way may take once the server is closing. */
  readonly closing: number
  /** Until a readiness look counts as failed. */
  readonly ready: number
}

const MIB = 1024 * 1024

export const LIMITS: Limits = {
  body: 25 * MIB,
  held: 256 * MIB,
  headers: 10_000,
  request: 30_000,
  linger: 2_000,
  patrol: 1_000,
  closing: 5_000,
  ready: 5_000,
}
