import { z } from 'zod'
import { ask } from '../facts.js'
import { duration, text } from '../parameters.js'
import { sameEnvironment } from '../environment.js'
import { allow, defineRule, wait } from '../rule.js'

/** This SHA was released to an earlier environment through this app, and has soaked there since it was last. */
export const deployed = defineRule({
  name: 'deployed',
  about: 'The same commit runs in an earlier environment, for long enough.',
  gates: ['release'],
  predicate: false,
  params: z.strictObject({ to: text, for: duration.prefault('0s') }),
  asks: () => ({ deployment: ask.deployment, released: ask.released }),
  check({ deployment, released }, { to, for: soak }, { now }) {
    const times = released.flatMap(({ environment, sha, state, throughUs, at }) =>
      sha === deployment.sha && state === 'success' && throughUs && at <= now && sameEnvironment(environment, to)
        ? [at]
        : [],
    )
    if (times.length === 0) return wait('not_deployed_before', { to, sha: deployment.sha })
    const since = Math.max(...times)
    const ripe = since + soak
    return now >= ripe ? allow({ to, since }) : wait('soaking', { to, since, until: ripe }, { lookAgainAt: ripe })
  },
})
