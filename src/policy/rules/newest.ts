import { z } from 'zod'
import { sameEnvironment } from '../composing/environment.js'
import { ask, type Deployment, type Release } from '../facts.js'
import { isPresent, isRollback, rollbackWithin } from '../judging/rollback.js'
import { allow, defineRule, deny } from '../rule.js'
import { listed, sorted } from './values.js'

/** Has this SHA as an ancestor or, where neither has, was requested later. */
const isNewer = (release: Release, deployment: Deployment): boolean =>
  release.contains || (!release.contained && release.requestedAt > deployment.requestedAt)

/** Nothing newer has been released here. What is here now may come again, also after a rollback, which is exempt. */
export const newest = defineRule({
  name: 'newest',
  about: 'Nothing newer has been released to this environment; a rollback is exempt.',
  gates: ['release'],
  predicate: false,
  params: z.strictObject({ waiting: z.enum(['keep', 'reject_older']).prefault('keep') }),
  asks: () => ({ deployment: ask.deployment, released: ask.released }),
  check({ deployment, released }, { waiting }, { gate, now }) {
    if (isRollback(deployment, released, rollbackWithin(gate).all, now)) return allow({ rollback: true })
    const isHere = isPresent(deployment, released, now)
    const settled = ({ state }: Release) =>
      (state === 'success' && !isHere) || (state === 'in_progress' && waiting === 'reject_older')
    const newer = released.filter(
      (release) =>
        settled(release) &&
        release.sha !== deployment.sha &&
        sameEnvironment(release.environment, deployment.environment) &&
        isNewer(release, deployment),
    )
    if (newer.length === 0) return allow({ sha: deployment.sha })
    return deny('outdated', { sha: deployment.sha, newer: listed(sorted(newer.map(({ sha }) => sha))) })
  },
})
