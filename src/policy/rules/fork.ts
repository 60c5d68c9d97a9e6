import { ask } from '../facts.js'
import { flag } from '../parameters.js'
import { allow, defineRule, deny } from '../rule.js'

/** The code comes from a fork, or does not, as asked. */
export const fork = defineRule({
  name: 'fork',
  about: 'The code comes from a fork (`true`), or from this repository (`false`).',
  gates: ['merge', 'policy', 'release'],
  predicate: true,
  params: flag,
  asks: (_, gate) => ({ subject: gate.kind === 'release' ? ask.deployment : ask.change }),
  check: ({ subject }, wanted) =>
    subject.fork === wanted ? allow({ fork: wanted }) : deny('fork_not_allowed', { fork: subject.fork }),
})
