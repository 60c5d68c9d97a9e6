import { DeliveryRefused, type Clock, type Inbox, type Logger, type StoredDelivery } from '../gatekeeper/ports.js'
import { keyOf, type Hint } from '../gatekeeper/subject.js'
import type { Collector } from './collector.js'
import { EVENTS, type EventName } from './index.js'
import { StorePauses } from './store-pauses.js'
import type { Pace } from './pace.js'

/** What the dispatcher needs of Probot. */
export interface Receiver {
  receive(event: { readonly id: string; readonly name: EventName; readonly payload: object }): Promise<unknown>
}

export interface Dispatcher {
  /**
   * Hands the oldest waiting deliveries to their handlers and tells the inbox what came of each; how many were handled,
   * 0: none waits. One that fails is put back or becomes a dead letter and holds nobody up; one that the store fails to
   * write stays as it was, for a later turn. Calls made meanwhile share one more turn. @throws when the store cannot be
   * read.
   */
  readonly drain: () => Promise<number>
}

export interface DispatcherParts {
  readonly probot: Receiver
  readonly collector: Collector
  readonly inbox: Inbox
  readonly clock: Clock
  readonly log: Logger
  readonly pace: Pick<Pace, 'rest'>
}

/** Handled in one turn, and in one commit: few, so that what comes in meanwhile is acknowledged soon. */
const TURN = 16
const HANDLED: ReadonlySet<string> = new Set(EVENTS)
const isHandled = (event: string): event is EventName => HANDLED.has(event)

export const dispatcher = (parts: DispatcherParts): Dispatcher => {
  let running: Promise<number> | null = null
  let next: Promise<number> | null = null
  const pauses = new StorePauses()
  const start = (): Promise<number> => {
    running = takeTurn(parts, pauses).finally(() => (running = null))
    return running
  }
  const afterwards = async (current: Promise<number>) => {
    await Promise.allSettled([current]) // its own caller hears of a failure
    next = null
    return start()
  }
  return { drain: () => (running === null ? start() : (next ??= afterwards(running))) }
}

const takeTurn = async (parts: DispatcherParts, pauses: StorePauses): Promise<number> => {
  const start = performance.now()
  const now = parts.clock.now()
  const waiting = firstOfEach(await parts.inbox.undispatched(now, TURN)).filter(({ row }) => pauses.isOver(row, now))
  const handled = await Promise.all(waiting.map((delivery) => dispatchOrLeave(parts, pauses, delivery)))
  await parts.pace.rest(performance.now() - start)
  return handled.filter(Boolean).length
}

/** Those to be handled at once, so that they share a commit: one of each GUID, by which its hints are collected. */
const firstOfEach = (deliveries: readonly StoredDelivery[]): readonly StoredDelivery[] => {
  const seen = new Set<string>()
  return deliveries.filter(({ guid }) => !seen.has(guid) && seen.add(guid))
}

/** Names in one line of the log. */
const NAMED = 20

const touchedBy = (hints: readonly Hint[]): readonly string[] =>
  hints.flatMap((hint) => (hint.kind === 'touch' ? [keyOf(hint.subject)] : [])).slice(0, NAMED)

/** @returns false: the store failed, and the delivery waits as before. */
const dispatchOrLeave = async (
  parts: DispatcherParts,
  pauses: StorePauses,
  delivery: StoredDelivery,
): Promise<boolean> => {
  try {
    await dispatchOne(parts, delivery)
    pauses.forget(delivery.row)
    return true
  } catch (error) {
    const { guid, event, row } = delivery
    parts.log.error({ delivery: guid, event, error }, 'the store failed a delivery, which waits for another try')
    pauses.leave(row, parts.clock.now())
    return false
  }
}

const dispatchOne = async (parts: DispatcherParts, delivery: StoredDelivery): Promise<void> => {
  const { inbox, clock, log } = parts
  const about = { delivery: delivery.guid, event: delivery.event }
  const fails = async (error: unknown): Promise<void> => {
    const problem = error instanceof Error ? error.message : String(error)
    log.error({ ...about, attempts: delivery.attempts + 1, problem }, 'delivery could not be dispatched')
    await inbox.failed(delivery, problem, clock.now())
  }
  const hints = await hintsOf(parts, delivery).catch(fails)
  if (hints === undefined) return
  try {
    const coalesced = await inbox.dispatched(delivery, hints, clock.now())
    log.info({ ...about, hints: hints.length, subjects: touchedBy(hints) }, 'delivery dispatched')
    for (const earlier of coalesced)
      log.info({ ...earlier, into: delivery.guid }, 'delivery coalesced into a later one')
  } catch (error) {
    if (!(error instanceof DeliveryRefused)) throw error
    await fails(error)
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
