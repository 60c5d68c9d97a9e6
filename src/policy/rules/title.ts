import { ask } from '../facts.js'
import { allow, defineRule, deny } from '../rule.js'
import { fitsSomewhere, matching, asked } from './values.js'

/** The pull request's title holds a pattern, and none of those it must not. */
export const title = defineRule({
  name: 'title',
  about: "A pattern is found in the pull request's title.",
  gates: ['merge', 'policy'],
  predicate: true,
  params: matching,
  asks: () => ({ change: ask.change }),
  check: ({ change }, given) =>
    fitsSomewhere(given, change.title)
      ? allow()
      : deny('pattern_not_met', { value: 'title', found: change.title, ...asked(given) }),
})
