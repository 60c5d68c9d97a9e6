import type { Clock, Urgency } from '../../gatekeeper/ports.js'
import type { Instant } from '../../policy/facts.js'
import { isRequestError, Limited, whole, type Headers } from '../errors.js'
import { GITHUB_LIMITS, type Limits, type Resource, type Weight } from './limits.js'
import { createQueue } from './queue.js'
import { windowOf } from './window.js'

/** What GitHub last said of one budget; the rest of it is whole again at `resetAt`. */
export interface Budget {
  readonly limit: number
  readonly remaining: number
  readonly resetAt: Instant
}

export interface Reply {
  readonly headers: Headers
}

/**
 * Keeps one installation within GitHub's limits. A call that they do not allow now is refused at once, with the time when
 * it may be made: nobody waits in here for a limit, only for one of the calls under way to end.
 */
export interface Limiter {
  /** @throws {Limited} instead of sending. */
  run<T extends Reply>(weight: Weight, urgency: Urgency, send: () => Promise<T>): Promise<T>
  /** GitHub refused for a limit where no status tells so: in the body of a GraphQL reply. */
  exhausted(resource: Resource, headers: Headers): void
  /** What GitHub has said of its budgets so far. */
  budgets(): ReadonlyMap<Resource, Budget>
  /** Until when nothing is sent, whatever its urgency; `null`: GitHub asked for no pause. */
  pausedUntil(): Instant | null
}

const RESOURCES: readonly string[] = ['core', 'graphql'] satisfies readonly Resource[]
const isResource = (name: unknown): name is Resource => typeof name === 'string' && RESOURCES.includes(name)

const isLimit = (status: number, message: string, headers: Headers): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers['retry-after'] !== undefined ||
      whole(headers['x-ratelimit-remaining']) === 0 ||
      /rate limit|abuse detection/i.test(message)))

export const createLimiter = (clock: Clock, limits: Limits = GITHUB_LIMITS): Limiter => {
  const budgets = new Map<Resource, Budget>()
  const queue = createQueue(limits.concurrent)
  const points = { core: windowOf(limits.points.core), graphql: windowOf(limits.points.graphql) }
  const creations = limits.creations.map(windowOf)
  let pause: { readonly until: Instant; readonly length: number } | null = null

  /** GitHub tells of budgets only where it limits: a server of one's own may not, and then nothing is counted against it. */
  const learn = (resource: Resource, headers: Headers): void => {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
      whole(headers[`x-ratelimit-${name}`]),
    )
    if (limit === null || limit === undefined || remaining === null || remaining === undefined || !reset) return
    const named = headers['x-ratelimit-resource']
    const of = isResource(named) ? named : resource
    const resetAt = reset * 1_000
    const known = budgets.get(of)
    // Replies overtake each other: within one hour the smallest number is the newest.
    const left = known?.resetAt === resetAt ? Math.min(known.remaining, remaining) : remaining
    if (known === undefined || resetAt >= known.resetAt) budgets.set(of, { limit, remaining: left, resetAt })
  }

  /** Refusals of calls that were under way together are one; a pause right after a pause is twice as long. */
  const hold = (asked: Instant | null): void => {
    const now = clock.now()
    const holds = pause !== null && now < pause.until
    if (holds && asked === null) return
    const length =
      pause === null ? limits.pause.first : holds ? pause.length : Math.min(limits.pause.longest, pause.length * 2)
    const until = asked ?? now + length
    pause = { until: Math.max(until, pause?.until ?? until), length }
  }

  /** A limit that GitHub says was reached: of the hourly budget until its reset, of anything else for a pause. */
  const reached = (resource: Resource, headers: Headers): void => {
    const after = whole(headers['retry-after'])
    const reset = whole(headers['x-ratelimit-reset'])
    if (after === null && reset !== null && whole(headers['x-ratelimit-remaining']) === 0) {
      const limit = whole(headers['x-ratelimit-limit']) ?? budgets.get(resource)?.limit ?? 0
      budgets.set(resource, { limit, remaining: 0, resetAt: reset * 1_000 })
    } else hold(after === null ? null : clock.now() + after * 1_000)
  }

  const check = ({ resource, points: cost, creates }: Weight, urgency: Urgency): void => {
    const now = clock.now()
    if (pause !== null && now < pause.until) throw new Limited('GitHub asked this app to wait', pause.until)
    const budget = budgets.get(resource)
    if (budget === undefined) return
    if (now < budget.resetAt && budget.remaining <= Math.floor(budget.limit * limits.reserve[urgency]))
      throw new Limited(
        `GitHub allows ${budget.remaining} more of ${budget.limit} requests an hour${budget.remaining > 0 ? ', kept for deployments' : ''}`,
        budget.resetAt,
      )
    const room = [points[resource].roomAt(now, cost, limits.share[urgency])]
    if (creates) room.push(...creations.map((window) => window.roomAt(now, 1, limits.share[urgency])))
    const at = Math.max(...room)
    if (at > now) throw new Limited('this app has asked GitHub as often as it may at once', at)
  }

  const failed = (resource: Resource, error: unknown): void => {
    if (!isRequestError(error) || !error.response) return
    const { headers } = error.response
    learn(resource, headers)
    if (isLimit(error.status, error.message, headers)) reached(resource, headers)
  }

  return {
    budgets: () => budgets,
    pausedUntil: () => (pause !== null && clock.now() < pause.until ? pause.until : null),
    exhausted: reached,
    async run(weight, urgency, send) {
      check(weight, urgency)
      const leave = await queue.enter(urgency)
      try {
        check(weight, urgency) // while this call stood in line, others may have used up what there was
        const now = clock.now()
        points[weight.resource].add(now, weight.points)
        if (weight.creates) for (const window of creations) window.add(now, 1)
        const reply = await send()
        learn(weight.resource, reply.headers)
        if (pause !== null && clock.now() >= pause.until) pause = null
        return reply
      } catch (error) {
        failed(weight.resource, error)
        throw error
      } finally {
        leave()
      }
    },
  }
}
