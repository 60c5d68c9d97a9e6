import { z } from 'zod'
import { sameEnvironment } from '../composing/environment.js'
import { ask } from '../facts.js'
import { allow, defineRule, wait } from '../rule.js'
import { listed, sorted } from './values.js'

/** No other deployment to this environment is running, by our own lock and by what GitHub shows. */
export const oneAtATime = defineRule({
  name: 'one_at_a_time',
  about: 'No other deployment to this environment is running.',
  gates: ['release'],
  predicate: false,
  params: z.strictObject({}),
  asks: () => ({ deployment: ask.deployment, running: ask.running, released: ask.released }),
  check({ deployment, running, released }) {
    const here = (other: { readonly environment: string }) => sameEnvironment(other.environment, deployment.environment)
    const itself = (other: { readonly sha: string; readonly requestedAt: number }) =>
      other.sha === deployment.sha && other.requestedAt === deployment.requestedAt
    const inProgress = released.filter(
      (release) => release.state === 'in_progress' && here(release) && !itself(release),
    )
    const others = [...running.filter(here), ...inProgress].map(({ sha }) => sha)
    return others.length === 0
      ? allow()
      : wait('busy', { environment: deployment.environment, running: listed(sorted(others)) })
  },
})
