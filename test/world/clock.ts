/** The world's only source of time. It stands still until a test moves it or lets it follow another clock. */
export class Clock {
  #now: number
  #source: (() => number) | null = null

  constructor(start: number | string) {
    this.#now = instant(start)
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#source?.() ?? this.#now
  }

  /** From now on it is what this says: epoch milliseconds. */
  follows(source: () => number): void {
    this.#source = source
  }

  /** As GitHub writes times: UTC, whole seconds. */
  iso(at: number = this.now()): string {
    return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
  }

  /** Moves on by milliseconds or by a duration such as `30m`, `1h30m`, `2d`; returns the new time. */
  advance(by: number | string): number {
    this.#now += typeof by === 'number' ? by : milliseconds(by)
    return this.#now
  }

  set(to: number | string): number {
    this.#now = instant(to)
    return this.#now
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** @throws {RangeError} when the text is not made of numbers and the units ms, s, m, h, d, w. */
export const milliseconds = (text: string): number => {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw])/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
    throw new RangeError(`"${text}" is no duration; write for example 30m, 1h30m or 2d`)
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
}

const instant = (value: number | string): number => {
  const at = typeof value === 'number' ? value : Date.parse(value)
  if (Number.isNaN(at)) throw new RangeError(`"${value}" is no point in time`)
  return at
}
