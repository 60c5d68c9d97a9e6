import type { World } from '../world/world.js'
import type { Random } from './random.js'

type Fault = Parameters<World['github']['fails']>[0]

interface Weighed {
  readonly weight: number
  readonly fault: Fault
}

/** What GitHub does on a bad day. */
const TROUBLE: readonly [Weighed, ...Weighed[]] = [
  { weight: 20, fault: { status: 500 } },
  { weight: 20, fault: { status: 502 } },
  { weight: 15, fault: { status: 503 } },
  { weight: 8, fault: { status: 404, message: 'Not Found' } },
  { weight: 4, fault: { status: 403, message: 'Forbidden' } },
  { weight: 15, fault: { connection: 'reset' } },
  { weight: 15, fault: { connection: 'half' } },
  { weight: 3, fault: { connection: 'never' } },
  { weight: 10, fault: { slow: 200 } },
  { weight: 2, fault: { rateLimit: 'secondary', retryAfter: 5 } },
  { weight: 10, fault: { field: 'repository.pullRequest.reviews' } },
]

/** Every request goes wrong with this chance, from now on; the returned function counts those that did. */
export const badDays = (world: World, random: Random, part: number): (() => number) => {
  let count = 0
  world.github.troubles(() => {
    if (!random.chance(part)) return null
    count += 1
    return random.weighed(TROUBLE).fault
  })
  return () => count
}
