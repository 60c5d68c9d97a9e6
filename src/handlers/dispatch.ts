import type { Clock, Inbox, Logger, StoredDelivery } from '../gatekeeper/ports.js'
import type { Hint } from '../gatekeeper/subject.js'
import type { Collector } from './collector.js'
import { EVENTS, type EventName } from './index.js'

/** What the dispatcher needs of Probot. */
export interface Receiver {
  receive(event: { readonly id: string; readonly name: EventName; readonly payload: object }): Promise<unknown>
}

export interface Dispatcher {
  /**
   * Hands every waiting delivery to its handler, oldest first, and tells the inbox what came of it. One that fails is
   * put back or becomes a dead letter and holds nobody up. How many were handled. Calls made meanwhile share one more
   * round. @throws when the store itself fails.
   */
  readonly drain: () => Promise<number>
}

export interface DispatcherParts {
  readonly probot: Receiver
  readonly collector: Collector
  readonly inbox: Inbox
  readonly clock: Clock
  readonly log: Logger
}

const BATCH = 100
const HANDLED: ReadonlySet<string> = new Set(EVENTS)
const isHandled = (event: string): event is EventName => HANDLED.has(event)

export const dispatcher = (parts: DispatcherParts): Dispatcher => {
  let running: Promise<number> | null = null
  let next: Promise<number> | null = null
  const start = (): Promise<number> => {
    running = drainAll(parts).finally(() => (running = null))
    return running
  }
  const afterwards = async (current: Promise<number>) => {
    await Promise.allSettled([current]) // its own caller hears of a failure
    next = null
    return start()
  }
  return { drain: () => (running === null ? start() : (next ??= afterwards(running))) }
}

const drainAll = async (parts: DispatcherParts): Promise<number> => {
  let handled = 0
  for (;;) {
    const waiting = await parts.inbox.undispatched(parts.clock.now(), BATCH)
    for (const delivery of waiting) await dispatchOne(parts, delivery)
    handled += waiting.length
    if (waiting.length < BATCH) return handled
  }
}

const dispatchOne = async (parts: DispatcherParts, delivery: StoredDelivery): Promise<void> => {
  const { inbox, clock, log } = parts
  const about = { delivery: delivery.guid, event: delivery.event }
  try {
    const hints = await hintsOf(parts, delivery)
    await inbox.dispatched(delivery, hints, clock.now())
    log.debug({ ...about, hints: hints.length }, 'delivery dispatched')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    log.error({ ...about, attempts: delivery.attempts + 1, problem }, 'delivery could not be dispatched')
    await inbox.failed(delivery, problem, clock.now())
  }
}

/** Events that no handler knows never reach Probot: their name is not signed, and `error` has a meaning there. */
const hintsOf = async (
  { probot, collector }: DispatcherParts,
  { guid, event, body }: StoredDelivery,
): Promise<readonly Hint[]> => {
  if (!isHandled(event)) return []
  const payload = parse(body)
  collector.open(guid)
  try {
    await probot.receive({ id: guid, name: event, payload })
  } catch (error) {
    collector.discard(guid)
    throw error
  }
  return collector.close(guid)
}

/** @throws {Error} unless the body is a JSON object; the message never quotes it. */
const parse = (body: string): object => {
  let payload: unknown
  try {
    payload = JSON.parse(body)
  } catch (cause) {
    throw new Error('the body is not JSON', { cause })
  }
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return payload
  throw new Error('the body is not a JSON object')
}
