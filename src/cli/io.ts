/** Where a command writes, and from where it reads: the process itself, or a test. */
export interface Io {
  readonly cwd: string
  /** Colours are wanted: a terminal, and `NO_COLOR` is not set. */
  readonly colour: boolean
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** What the process will end with; the worst of what was said. */
  readonly exit: (code: ExitCode) => void
}

/** 0 fine, 1 findings, 2 cannot run. */
export type ExitCode = 0 | 1 | 2

export const FINE: ExitCode = 0
export const FINDINGS: ExitCode = 1
export const CANNOT_RUN: ExitCode = 2
