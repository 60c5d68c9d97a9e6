import { ask } from '../facts.js'
import { allow, defineRule, deny } from '../rule.js'
import { fitsWhole, matching, asked } from './values.js'

/** The repository's full name (`owner/name`) fits a pattern as a whole, and none of those it must not. */
export const repository = defineRule({
  name: 'repository',
  about: "The repository's full name fits a pattern.",
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params: matching,
  asks: () => ({ repository: ask.repository }),
  check: ({ repository: { fullName } }, given) =>
    fitsWhole(given, fullName)
      ? allow()
      : deny('pattern_not_met', { value: 'repository', found: fullName, ...asked(given) }),
})
