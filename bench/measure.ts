/** What one part of the benchmark found. */
export interface Figure {
  readonly part: string
  /** With its unit, as it is printed: `61,200 decisions/s`. */
  readonly figure: string
  /** What it must be; `null`: measured for comparison only. */
  readonly bar: string | null
  readonly met: boolean
  /** What was measured, and what is shared between repetitions. */
  readonly how: string
}

export interface Spent {
  /** Milliseconds by the wall clock. */
  readonly wall: number
  /** Milliseconds of processor time, of this process with all its threads: what one core would have needed alone. */
  readonly cpu: number
}

/** Runs something once and tells what it took. */
export const spent = (run: () => void): Spent => {
  const cpu = process.cpuUsage()
  const start = performance.now()
  run()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { wall, cpu: (user + system) / 1000 }
}

/** The middle one of several: one slow round on a busy machine decides nothing. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

export const grouped = (value: number): string => Math.round(value).toLocaleString('en')
