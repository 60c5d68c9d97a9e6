import { sameEnvironment } from './environment.js'
import type { Deployment, Duration, Instant, Release } from './facts.js'
import type { Gate } from './gate.js'

const DAY = 86_400_000
/** Where no layer says how old a release may be to be rolled back to. */
const WITHIN = 90 * DAY

/** How old a release may be: the least of what the layers say. */
export const rollbackWithin = (gate: Gate): Duration =>
  Math.min(
    ...gate.layers.flatMap(({ rollback }) => (rollback === null ? [] : [rollback.within])),
    ...(declares(gate) ? [] : [WITHIN]),
  )

const declares = (gate: Gate): boolean => gate.layers.some(({ rollback }) => rollback !== null)

/** Everything that succeeded in this environment, through us or not. */
export const succeeded = (environment: string, released: readonly Release[], now: Instant): readonly Release[] =>
  released.filter(
    (release) => release.state === 'success' && release.at <= now && sameEnvironment(release.environment, environment),
  )

/**
 * A rollback: the SHA was released here through us, succeeded, not too long ago and not rejected since, and is an
 * ancestor of what is here now. The same SHA again is an ordinary release.
 */
export const isRollback = (
  { environment, sha }: Deployment,
  released: readonly Release[],
  within: Duration,
  now: Instant,
): boolean => {
  const here = succeeded(environment, released, now)
  const newest = Math.max(...here.map(({ at }) => at))
  const present = here.filter(({ at }) => at === newest)
  if (present.length === 0 || present.some((release) => release.sha === sha || !release.contains)) return false
  const before = here.filter((release) => release.sha === sha && release.throughUs && now < release.at + within)
  const rejections = released.flatMap((release) =>
    release.sha === sha && release.rejectedAt !== null && sameEnvironment(release.environment, environment)
      ? [release.rejectedAt]
      : [],
  )
  return before.some(({ at }) => rejections.every((rejected) => rejected < at))
}
