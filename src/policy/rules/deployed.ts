import { z } from 'zod'
import { ask } from '../facts.js'
import { duration, text } from '../parameters.js'
import { sameEnvironment } from '../composing/environment.js'
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
    let since = -Infinity
    for (const { environment, sha, state, throughUs, at } of released)
      if (sha === deployment.sha && state === 'success' && throughUs && at <= now && sameEnvironment(environment, to))
        since = Math.max(since, at)
    if (since === -Infinity) return wait('not_deployed_before', { to, sha: deployment.sha })
    const ripe = since + soak
    return now >= ripe ? allow({ to, since }) : wait('soaking', { to, since, until: ripe }, { lookAgainAt: ripe })
  },
})
