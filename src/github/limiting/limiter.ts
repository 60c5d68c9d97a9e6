import type { Clock, Urgency } from '../../gatekeeper/ports.js'
import type { Instant } from '../../policy/facts.js'
import { isRequestError, Limited } from '../errors.js'
import { whole, type Headers } from '../headers.js'
import { GITHUB_LIMITS, type Limits, type Resource, type Weight } from './limits.js'
import { createQueue } from './queue.js'
import { resetAt, retryAfter } from './resets.js'
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

/** As it was heard; `reset` is GitHub's own number, by which two replies are of one hour. */
interface Heard extends Budget {
  readonly reset: number
  readonly heardAt: Instant
}

/** Nothing is sent in this time. Where the clock has gone back to before it began, it is over: GitHub would say so again. */
interface Pause {
  readonly since: Instant
  readonly until: Instant
  readonly length: number
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
  const budgets = new Map<Resource, Heard>()
  const queue = createQueue(limits.concurrent)
  const points = { core: windowOf(limits.points.core), graphql: windowOf(limits.points.graphql) }
  const creations = limits.creations.map(windowOf)
  let pause: Pause | null = null
  const held = (now: Instant): Pause | null =>
    pause !== null && pause.since <= now && now < pause.until ? pause : null

  const note = (of: Resource, told: Pick<Heard, 'limit' | 'remaining' | 'reset'>, headers: Headers): void => {
    const heardAt = clock.now()
    budgets.set(of, { ...told, heardAt, resetAt: resetAt(headers, heardAt) ?? heardAt })
  }

  /** GitHub tells of budgets only where it limits: a server of one's own may not, and then nothing is counted against it. */
  const learn = (resource: Resource, headers: Headers): void => {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
      whole(headers[`x-ratelimit-${name}`]),
    )
    if (limit === null || limit === undefined || remaining === null || remaining === undefined || !reset) return
    const named = headers['x-ratelimit-resource']
    const of = isResource(named) ? named : resource
    const known = budgets.get(of)
    // Replies overtake each other: within one hour the smallest number is the newest.
    const left = known?.reset === reset ? Math.min(known.remaining, remaining) : remaining
    if (known === undefined || reset >= known.reset) note(of, { limit, remaining: left, reset }, headers)
  }

  /** Refusals of calls that were under way together are one; a pause right after a pause is twice as long. */
  const hold = (asked: Instant | null): void => {
    const now = clock.now()
    const holds = held(now) !== null
    if (holds && asked === null) return
    const length =
      pause === null ? limits.pause.first : holds ? pause.length : Math.min(limits.pause.longest, pause.length * 2)
    const until = asked ?? now + length
    pause = { since: now, until: Math.max(until, held(now)?.until ?? until), length }
  }

  /** A limit that GitHub says was reached: of the hourly budget until its reset, of anything else for a pause. */
  const reached = (resource: Resource, headers: Headers): void => {
    const after = retryAfter(headers, clock.now())
    const reset = whole(headers['x-ratelimit-reset'])
    if (after === null && reset !== null && whole(headers['x-ratelimit-remaining']) === 0) {
      const limit = whole(headers['x-ratelimit-limit']) ?? budgets.get(resource)?.limit ?? 0
      note(resource, { limit, remaining: 0, reset }, headers)
    } else hold(after)
  }

  const check = ({ resource, points: cost, creates }: Weight, urgency: Urgency): void => {
    const now = clock.now()
    const holding = held(now)
    if (holding !== null) throw new Limited('GitHub asked this app to wait', holding.until)
    const budget = budgets.get(resource)
    if (budget === undefined) return
    const lasts = budget.heardAt <= now && now < budget.resetAt
    if (lasts && budget.remaining <= Math.floor(budget.limit * limits.reserve[urgency]))
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
    pausedUntil: () => held(clock.now())?.until ?? null,
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
        if (held(clock.now()) === null) pause = null
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
