import { ask } from '../facts.js'
import { allow, defineRule, deny } from '../rule.js'
import { fitsWhole, matching, asked } from './values.js'

/** The name of the pull request's head branch fits a pattern as a whole, and none of those it must not. */
export const head = defineRule({
  name: 'head',
  about: "The name of the pull request's head branch fits a pattern.",
  gates: ['merge', 'policy'],
  predicate: true,
  params: matching,
  asks: () => ({ change: ask.change }),
  check: ({ change }, given) =>
    fitsWhole(given, change.head)
      ? allow()
      : deny('pattern_not_met', { value: 'head', found: change.head, ...asked(given) }),
})
