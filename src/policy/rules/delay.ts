import { sameEnvironment } from '../composing/environment.js'
import { ask } from '../facts.js'
import { duration } from '../parameters.js'
import { allow, defineRule, wait } from '../rule.js'

/** So long has passed since this SHA first asked for this environment, as far as this app saw it ask. */
export const delay = defineRule({
  name: 'delay',
  about: 'So long has passed since this commit first asked for this environment.',
  gates: ['release'],
  predicate: false,
  params: duration,
  asks: () => ({ deployment: ask.deployment, released: ask.released }),
  check({ deployment, released }, length, { now }) {
    const earlier = released.flatMap(({ environment, sha, throughUs, requestedAt }) =>
      sha === deployment.sha && throughUs && sameEnvironment(environment, deployment.environment) ? [requestedAt] : [],
    )
    const since = Math.min(deployment.requestedAt, ...earlier)
    const until = since + length
    return now >= until ? allow({ since }) : wait('delayed', { since, until }, { lookAgainAt: until })
  },
})
