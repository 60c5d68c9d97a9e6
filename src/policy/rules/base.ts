import { ask } from '../facts.js'
import { allow, defineRule, deny } from '../rule.js'
import { fitsWhole, matching, asked } from './values.js'

/** The name of the pull request's base branch fits a pattern as a whole, and none of those it must not. */
export const base = defineRule({
  name: 'base',
  about: "The name of the pull request's base branch fits a pattern.",
  gates: ['merge', 'policy'],
  predicate: true,
  params: matching,
  asks: () => ({ change: ask.change }),
  check: ({ change }, given) =>
    fitsWhole(given, change.base)
      ? allow()
      : deny('pattern_not_met', { value: 'base', found: change.base, ...asked(given) }),
})
