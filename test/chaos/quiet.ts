import type { Store } from '../../src/store/store.js'
import type { World } from '../world/world.js'
import { sleep } from './pace.js'
import type { Place } from './place.js'

/** What is still to do; empty: nothing. */
type Left = readonly string[]

/** Deliveries that are not in the ledger, by what the app answered to them; 0: nothing. */
const undelivered = async ({ ledger }: Store, world: World): Promise<Readonly<Record<string, number>>> => {
  const done = new Set<unknown>()
  for await (const { body } of ledger.entries({ kinds: ['delivery'] })) done.add(body['guid'])
  const counts: Record<string, number> = {}
  for (const { guid, statusCode } of world.webhooks.delivered) {
    const what = `deliveries that were answered ${statusCode} never came to the ledger`
    if (!done.has(guid)) counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

const leftIn = async (store: Store, world: World): Promise<Left> => {
  const { waiting: deliveries, dead: deadDeliveries } = await store.inbox.backlog()
  const subjects = await store.waiting(world.clock.now())
  const intents = await store.records.unsettled()
  return Object.entries({
    'deliveries wait': deliveries,
    'deliveries are dead': deadDeliveries,
    'subjects wait': subjects.waiting,
    'subjects are dead': subjects.dead,
    'intents are open': intents.length,
    ...(await undelivered(store, world)),
    'webhooks are under way': world.webhooks.waiting.length,
  }).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
}

const LOOK_EVERY = 250
/** In which something must come nearer to its end: real milliseconds, for a machine with much else to do, … */
const PATIENCE = 60_000
/** … and of fast time, more than the longest pause after a failure and the one between two looks around together. */
const FAST_PATIENCE = 15 * 60_000
/** Looks again and again may go on for ever: in real milliseconds, the end of all patience. */
const LONGEST = 10 * 60_000
/** Longer than the second look at a start, which comes two minutes after it; milliseconds of fast time. */
const STAYS_QUIET = 125_000

/**
 * Until there is nothing to do, and for a while nothing comes.
 * @param pace how many times as fast as here time runs there.
 * @returns what was left when nothing had changed for long; empty: it is quiet.
 */
export const untilQuiet = async (place: Place, world: World, pace: number): Promise<Left> => {
  const beganAt = Date.now()
  let changedAt = beganAt
  let quietSince: number | null = null
  let before = ''
  for (;;) {
    const left = await place.reads((store) => leftIn(store, world))
    const now = [world.repository().checkRuns.length, world.webhooks.delivered.length, ...left].join()
    if (now !== before) changedAt = Date.now()
    if (left.length > 0 || now !== before) quietSince = null
    before = now
    if (left.length === 0) quietSince ??= Date.now()
    if (quietSince !== null && Date.now() - quietSince >= STAYS_QUIET / pace) return []
    const standsStill = Date.now() - changedAt > Math.max(PATIENCE, FAST_PATIENCE / pace)
    if (standsStill || Date.now() - beganAt > LONGEST) return [...left, ...(await place.unfinished(world.clock.now()))]
    await sleep(LOOK_EVERY)
  }
}
