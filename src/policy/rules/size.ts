import { z } from 'zod'
import { ask } from '../facts.js'
import { allow, defineRule, deny, wait } from '../rule.js'

const WRITTEN = /^(<=|>=|<|>|=)\s*(\d{1,9})$/
const MESSAGE = 'must be a comparison such as "<500" or ">=1"'

interface Comparison {
  readonly written: string
  readonly holds: (lines: number) => boolean
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
}

const comparison = z.string({ error: MESSAGE }).transform((written, context): Comparison => {
  const [, operator = '', bound] = WRITTEN.exec(written.trim()) ?? []
  const compare = OPERATORS[operator]
  if (compare !== undefined) return { written, holds: (lines) => compare(lines, Number(bound)) }
  context.addIssue({ code: 'custom', message: MESSAGE, input: written })
  return z.NEVER
})

/** Lines added, deleted, or both together are as compared; of several comparisons, all. */
export const size = defineRule({
  name: 'size',
  about: 'The number of added, deleted or changed lines is as compared.',
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params: z
    .strictObject({ additions: comparison.optional(), deletions: comparison.optional(), total: comparison.optional() })
    .refine(({ additions, deletions, total }) => additions ?? deletions ?? total, {
      error: 'must have additions, deletions or total',
    }),
  asks: () => ({ files: ask.files }),
  check({ files }, given, { gate }) {
    const additions = files.reduce((sum, file) => sum + file.additions, 0)
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
    const lines = { additions, deletions, total: additions + deletions }
    const broken = (['additions', 'deletions', 'total'] as const).flatMap((which) => {
      const asked = given[which]
      return asked === undefined || asked.holds(lines[which]) ? [] : [`${which} ${asked.written}`]
    })
    if (broken.length === 0) return allow(lines)
    return (gate.kind === 'release' ? wait : deny)('size_not_allowed', { ...lines, broken })
  },
})
