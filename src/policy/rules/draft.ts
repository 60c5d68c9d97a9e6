import { ask } from '../facts.js'
import { flag } from '../parameters.js'
import { allow, defineRule, wait } from '../rule.js'

/** The pull request is a draft, or is not, as asked. */
export const draft = defineRule({
  name: 'draft',
  about: 'The pull request is a draft (`true`), or is not (`false`).',
  gates: ['merge', 'policy'],
  predicate: true,
  params: flag,
  asks: () => ({ change: ask.change }),
  check: ({ change }, wanted) =>
    change.draft === wanted ? allow({ draft: wanted }) : wait('draft', { draft: change.draft }),
})
