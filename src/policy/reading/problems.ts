/** One mistake in a policy or scenario file: where it stands, what was found there, and what may stand there instead. */
export interface PolicyProblem {
  readonly file: string
  /** Counted from 1, as editors do. */
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly message: string
  /** The value found, as written. */
  readonly value?: string
  readonly allowed?: readonly string[]
  /** What was probably meant. */
  readonly suggestion?: string
  readonly severity: 'error' | 'warning'
}

/** A stretch of a file. Lines and columns count from 1; the end is exclusive. */
export interface Span {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** What a problem may say besides its place and message. */
export interface ProblemDetail {
  readonly value?: string | undefined
  readonly allowed?: readonly string[] | undefined
  readonly suggestion?: string | undefined
}

/** Collects what is wrong with one file. Reading goes on after a mistake, so that all are told at once. */
export interface Report {
  readonly file: string
  readonly problems: PolicyProblem[]
  readonly error: (span: Span, message: string, detail?: ProblemDetail) => void
  readonly warning: (span: Span, message: string, detail?: ProblemDetail) => void
}

export const FILE_START: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 }

/** An empty report on a file. */
export const reportOn = (file: string): Report => {
  const problems: PolicyProblem[] = []
  const add =
    (severity: PolicyProblem['severity']) =>
    (span: Span, message: string, detail: ProblemDetail = {}) => {
      problems.push({ file, ...span, message, ...told(detail), severity })
    }
  return { file, problems, error: add('error'), warning: add('warning') }
}

/** Whether anything reported makes the file invalid. */
export const hasErrors = (problems: readonly PolicyProblem[]): boolean =>
  problems.some((problem) => problem.severity === 'error')

const told = ({
  value,
  allowed,
  suggestion,
}: ProblemDetail): Pick<PolicyProblem, 'value' | 'allowed' | 'suggestion'> => ({
  ...(value === undefined ? {} : { value }),
  ...(allowed === undefined ? {} : { allowed }),
  ...(suggestion === undefined ? {} : { suggestion }),
})

/** A problem as one line for a person: `` `file:14:7` `count` is 0; it must be 1 or more. ``, choices and near miss last. */
export const formatProblem = (problem: PolicyProblem): string =>
  [
    `\`${problem.file}:${problem.line}:${problem.column}\` ${problem.message}`,
    problem.suggestion === undefined ? '' : `Did you mean \`${problem.suggestion}\`?`,
    problem.allowed === undefined || problem.allowed.length === 0 ? '' : `Allowed: ${problem.allowed.join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
