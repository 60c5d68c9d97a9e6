import { z } from 'zod'
import { readEntries, type EntryContext } from './entries.js'
import { fit } from './fit.js'
import { glob, peopleReference } from '../parameters.js'
import type { BranchSection } from './policy-document.js'
import type { Report, Span } from './problems.js'
import { protectionFrom, protectionKeys } from '../composing/protection-terms.js'
import { readFlag, readLocked } from './release-section.js'
import { asMap, knownPairs, placeOf } from './sections.js'
import { nearMiss } from './suggest.js'
import type { Node, Pair } from './yaml.js'

export const DEFAULT_BRANCH = '~default'

const BRANCH_KEYS = ['protection', 'merge', 'push', 'distinct'] as const

/** `protection` of a branch as a policy file writes it. */
export const protectionSchema = z.strictObject(protectionKeys(peopleReference))

/** One key of `branches`; `null` where it is no map. */
export const readBranch = (
  { key, keySpan, value }: Pair,
  context: Omit<EntryContext, 'kind' | 'predicates'>,
  mayLock: boolean,
): BranchSection | null => {
  const { report } = context
  checkKey(key, keySpan, report)
  const map = asMap(value, `\`${key}\``, report)
  if (map === null) return null
  const values = knownPairs(map, mayLock ? [...BRANCH_KEYS, 'locked'] : BRANCH_KEYS, 'for a branch', report)
  const list = (kind: 'merge' | 'push') => {
    const node = values.get(kind)
    return node === undefined ? null : readEntries(node, `\`${kind}\``, { ...context, kind, predicates: false })
  }
  return {
    key,
    place: placeOf(report, keySpan),
    protection: readProtection(values.get('protection'), report),
    merge: list('merge'),
    push: list('push'),
    distinct: readFlag(values.get('distinct'), 'distinct', report),
    locked: readLocked(values.get('locked'), ['merge', 'push'], report),
  }
}

/** No branch's name holds a `~`: a misspelt `~default` would guard nothing, and say nothing. */
const checkKey = (key: string, span: Span, report: Report): void => {
  if (key === DEFAULT_BRANCH) return
  if (key.includes('~')) {
    const message = `The branch \`${key}\` cannot be: no branch's name holds \`~\`; the default branch is \`${DEFAULT_BRANCH}\`.`
    report.error(span, message, { value: key, suggestion: nearMiss(key, [DEFAULT_BRANCH]) })
  } else fit(glob, { kind: 'scalar', value: key, text: key, span }, 'The branch', report)
}

const readProtection = (node: Node | undefined, report: Report): BranchSection['protection'] => {
  const written = node === undefined ? undefined : fit(protectionSchema, node, '`protection`', report)
  return written === undefined ? null : protectionFrom(written)
}
