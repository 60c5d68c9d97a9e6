import type { PolicyDocument } from './policy-document.js'
import type { PolicyProblem } from './problems.js'

/** What is valid and yet probably not meant. */
export const adviceOn = (_policy: PolicyDocument): readonly PolicyProblem[] => []
