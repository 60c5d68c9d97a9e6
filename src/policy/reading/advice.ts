import { groupAdvice } from './advice-groups.js'
import { listAdvice } from './advice-lists.js'
import { ringAdvice } from './advice-order.js'
import { spansOfAdvice } from './advice-places.js'
import { ruleAdvice } from './advice-rules.js'
import { sectionAdvice } from './advice-sections.js'
import type { PolicyDocument } from './policy-document.js'
import type { PolicyProblem } from './problems.js'
import type { Place } from '../verdict.js'
import type { MapNode } from './yaml.js'

/** Something valid that was probably not meant. */
export interface Advice {
  readonly place: Place
  /** The value at fault, below the key or value at `place`. */
  readonly path?: readonly PropertyKey[]
  readonly message: string
  readonly suggestion?: string | undefined
}

/** What is valid in a file, and yet probably not meant: each a warning at its place. */
export const adviceOn = (policy: PolicyDocument, root: MapNode): readonly PolicyProblem[] => {
  const all = [
    ...ruleAdvice(policy),
    ...listAdvice(policy),
    ...sectionAdvice(policy),
    ...groupAdvice(policy),
    ...ringAdvice(policy),
  ]
  if (all.length === 0) return []
  const spanOf = spansOfAdvice(root)
  return all.map((advice) => ({
    file: policy.file,
    ...spanOf(advice),
    message: advice.message,
    severity: 'warning',
    ...(advice.suggestion === undefined ? {} : { suggestion: advice.suggestion }),
  }))
}
