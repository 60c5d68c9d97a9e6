import { z } from 'zod'
import { ask } from '../facts.js'
import { oneOrMore, text } from '../parameters.js'
import { allow, defineRule, wait } from '../rule.js'

const names = oneOrMore(text, 'label').optional()
const key = (label: string) => label.toLowerCase()

/** The pull request's labels are as asked, case-blind: all of these, any of those, none of the others. */
export const labels = defineRule({
  name: 'labels',
  about: 'The pull request has all, any or none of some labels.',
  gates: ['merge', 'policy'],
  predicate: true,
  params: z
    .strictObject({ all: names, any: names, none: names })
    .refine(({ all, any, none }) => all ?? any ?? none, { error: 'must have all, any or none' }),
  asks: () => ({ change: ask.change }),
  check({ change }, { all = [], any = [], none = [] }) {
    const present = new Set(change.labels.map(key))
    const missing = all.filter((label) => !present.has(key(label)))
    const unwanted = none.filter((label) => present.has(key(label)))
    const oneOf = any.length === 0 || any.some((label) => present.has(key(label))) ? [] : any
    if (missing.length + unwanted.length + oneOf.length === 0) return allow()
    return wait('label_missing', { missing, oneOf, unwanted })
  },
})
