import { sameEnvironment } from '../composing/environment.js'
import type { Deployment, Duration, Instant, Release } from '../facts.js'
import type { Gate } from '../gate.js'
import { isOrganisation } from '../composing/layer-names.js'

const DAY = 86_400_000
/** Where no layer says how old a release may be to be rolled back to. */
const WITHIN = 90 * DAY

/** How old a release may be to be rolled back to. */
export interface RollbackWithin {
  /** The least of what all layers say. */
  readonly all: Duration
  /** The least of what the organisation's say; the same where no organisation binds the gate. */
  readonly organisation: Duration
}

/**
 * How old a release may be: the least of what the layers say. An organisation that binds the gate and says nothing means
 * the usual: else a repository could name what it likes a rollback, and be free of the organisation's freezes and `newest`.
 */
export const rollbackWithin = ({ layers, freezes }: Gate): RollbackWithin => {
  let all = Infinity
  let organisation = Infinity
  let bound = false
  for (const { name, rollback } of layers) {
    if (isOrganisation(name)) bound = true
    if (rollback === null) continue
    if (isOrganisation(name)) organisation = Math.min(organisation, rollback.within)
    all = Math.min(all, rollback.within)
  }
  for (const { layer } of freezes) if (isOrganisation(layer)) bound = true
  if (bound && organisation === Infinity) organisation = WITHIN
  if (bound) all = Math.min(all, organisation)
  if (all === Infinity) all = WITHIN
  return { all, organisation: bound ? organisation : all }
}

/** It succeeded in this environment, through us or not. */
const succeeded = (release: Release, environment: string, now: Instant): boolean =>
  release.state === 'success' && release.at <= now && sameEnvironment(release.environment, environment)

/** This SHA is the environment's present release: the newest that succeeded, through us or not. */
export const isPresent = ({ environment, sha }: Deployment, released: readonly Release[], now: Instant): boolean => {
  const here = released.filter((release) => succeeded(release, environment, now))
  const newest = Math.max(...here.map(({ at }) => at))
  const present = here.filter(({ at }) => at === newest)
  return present.length > 0 && present.every((release) => release.sha === sha)
}

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
  let newest = -Infinity
  let wasHere = false
  for (const release of released) {
    if (!succeeded(release, environment, now)) continue
    if (release.at > newest) newest = release.at
    if (release.sha === sha) wasHere = true
  }
  if (!wasHere) return false
  const here = released.filter((release) => succeeded(release, environment, now))
  const present = here.filter(({ at }) => at === newest)
  if (present.some((release) => release.sha === sha || !release.contains)) return false
  const before = here.filter((release) => release.sha === sha && release.throughUs && now < release.at + within)
  const rejections = released.flatMap((release) =>
    release.sha === sha && release.rejectedAt !== null && sameEnvironment(release.environment, environment)
      ? [release.rejectedAt]
      : [],
  )
  return before.some(({ at }) => rejections.every((rejected) => rejected < at))
}
