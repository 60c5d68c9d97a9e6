import type { Sha, ShippedCommit, Shipment } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { commitsBetween } from './compare.js'
import { originsOf } from './origins.js'
import { readArrivals } from './arrivals.js'
import { commitsOf } from './commits.js'
import { withSquashed } from './squashed.js'

/** Every commit that is reachable from `to` and not from `since`, with the merged pull request that it came by. */
export const readShipped = async (scope: Scope, since: Sha, to: Sha): Promise<readonly ShippedCommit[]> => {
  const steps = await commitsBetween(scope, since, to)
  if (steps.length === 0) return []
  if (!steps.some(({ sha }) => sha === to))
    throw unreadable(`commits from ${since} to ${to}`, 'the last is not among them')
  const arrivals = await readArrivals(
    scope,
    steps.map(({ sha }) => sha),
  )
  const commits = await commitsOf(
    scope,
    arrivals.map(({ parts }) => parts),
  )
  const pulls = new Map(arrivals.map(({ parts, pulls: found }) => [parts.oid, found]))
  return withSquashed(scope, await originsOf(scope, to, commits, pulls), pulls)
}

/** Where what ships begins: the present release, else what the policy says, else the tip on record before the request. */
export interface Beginning {
  readonly present: Sha | null
  readonly since: Sha | undefined
  readonly recordedTip: Sha | null
}

export const readShipment = async (
  scope: Scope,
  sha: Sha,
  { present, since, recordedTip }: Beginning,
): Promise<Shipment> => {
  const from = present ?? since ?? recordedTip
  if (from === null) return { since: null, commits: [] }
  return { since: from, commits: await readShipped(scope, from, sha) }
}
