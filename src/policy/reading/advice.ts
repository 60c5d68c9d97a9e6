import { ruleAdvice } from './advice-rules.js'
import { sectionAdvice } from './advice-sections.js'
import type { PolicyDocument } from './policy-document.js'
import type { PolicyProblem } from './problems.js'
import type { Place } from '../verdict.js'

/** Something valid that was probably not meant. */
export interface Advice {
  readonly place: Place
  readonly message: string
  readonly suggestion?: string | undefined
}

/** What is valid in a file, and yet probably not meant: each a warning at its place. */
export const adviceOn = (policy: PolicyDocument): readonly PolicyProblem[] =>
  [...ruleAdvice(policy), ...sectionAdvice(policy)].map(({ place: { file, line, column }, message, suggestion }) => ({
    file,
    line,
    column,
    endLine: line,
    endColumn: column,
    message,
    severity: 'warning',
    ...(suggestion === undefined ? {} : { suggestion }),
  }))
