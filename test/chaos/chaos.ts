import { frontOf } from '../flows/front.js'
import { anAct } from './acts.js'
import { judgedAfresh } from './afresh.js'
import { brokenLedger, falseIncidents, wronglyShown } from './ending.js'
import { saidTwice } from './twice.js'
import { badDays } from './faults.js'
import { Instance, lastingPort } from './instance.js'
import { fastClock, sleep } from './pace.js'
import { placeOf, type Engine, type Place } from './place.js'
import { untilQuiet } from './quiet.js'
import { Random } from './random.js'
import { chaosShop, type Shop } from './shop.js'
import type { World } from '../world/world.js'
import { aWitness, type Witness } from './witness.js'

export interface ChaosOptions {
  readonly engine: Engine
  readonly seed: number
  readonly kills: number
  /** Part of GitHub's answers that go wrong. */
  readonly faults: number
  /** How many times as fast as here time runs for GitHub and the servers; 10 where absent. */
  readonly pace?: number
  /** The built server. */
  readonly program?: string
  readonly progress?: (line: string) => void
}

export interface ChaosResult {
  /** What must never be, the first one first; empty: all is well. */
  readonly broken: readonly string[]
  readonly figures: Readonly<Record<string, number>>
  /** The end of what every server wrote. */
  readonly logs: readonly string[]
}

/** Real milliseconds between two acts, and from a start to a kill in the middle of it. */
const ACT_EVERY = [20, 150] as const
const STARTS = [50, 1_500] as const
/** Requests that a server makes of GitHub between being up and being killed, and how long (ms) it is waited for them. */
const LIVES = [1, 60] as const
const LONGEST_LIFE = 10_000
/** The part of acts that nobody hears of, while all servers are away: GitHub keeps them for later. */
const UNHEARD = 0.05
/** The part of kills that come before the server is up. */
const EARLY = 0.2

const counted = (acts: Map<string, number>, name: string) => acts.set(name, (acts.get(name) ?? 0) + 1)

/** Until one of them is up, or nobody wants to know any more. */
const oneIsUp = async (servers: readonly Instance[], isOver: () => boolean): Promise<void> => {
  while (!isOver() && !(await Promise.all(servers.map((server) => server.answers()))).includes(true)) await sleep(50)
}

/** People and programs act until they are told to stop. */
const actsUntil = async (
  servers: readonly Instance[],
  shop: Shop,
  witness: Witness,
  random: Random,
  isOver: () => boolean,
): Promise<Map<string, number>> => {
  const acts = new Map<string, number>()
  while (!isOver() && witness.broken.length === 0) {
    if (!random.chance(UNHEARD)) await oneIsUp(servers, isOver)
    witness.remembers()
    counted(acts, await anAct(shop, random))
    await sleep(random.between(...ACT_EVERY))
  }
  return acts
}

/** A server does its work, until it has asked GitHub for so much: it may be in the middle of anything then. */
const lives = async (server: Instance, { github }: World, requests: number): Promise<void> => {
  await server.isUp()
  const [until, deadline] = [github.requests.length + requests, Date.now() + LONGEST_LIFE]
  while (github.requests.length < until && Date.now() < deadline) await sleep(2)
}

/** One of the servers dies and is started again, so many times. @throws {Error} when one ended by itself. */
const kills = async (
  servers: readonly Instance[],
  { world }: Shop,
  witness: Witness,
  random: Random,
  { kills, progress }: ChaosOptions,
) => {
  for (let killed = 0; killed < kills && witness.broken.length === 0; killed += 1) {
    const server = random.of(servers)
    if (server === undefined) return
    const isEarly = random.chance(EARLY)
    if (isEarly) await sleep(random.between(...STARTS))
    else await lives(server, world, Math.floor(random.between(...LIVES)))
    if (server.fell) throw new Error(`a server ended by itself:\n${server.log.join('')}`)
    await server.ends()
    progress?.(`killed ${killed + 1} of ${kills}`)
    server.start()
  }
}

/** Ends every job and freeze, so that nothing waits for anybody but people. */
const tidies = async (shop: Shop): Promise<void> => {
  if (shop.frozen) await shop.freezes(false)
}

const atTheEnd = async (
  servers: readonly Instance[],
  place: Place,
  shop: Shop,
  witness: Witness,
  pace: number,
): Promise<readonly string[]> => {
  shop.world.github.recovers()
  await tidies(shop)
  const left = await untilQuiet(place, shop.world, pace)
  if (left.length > 0) return left
  return [
    ...wronglyShown(shop),
    ...(await judgedAfresh(servers, place, shop, pace)),
    ...saidTwice(shop, witness.wasOpen),
    ...(await place.reads((store) => falseIncidents(shop, store))),
    ...(await place.reads(brokenLedger)),
  ]
}

/** Servers are killed under load while GitHub has bad days; then all that must hold is held against what there is. */
export const chaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { engine, seed, faults, pace = 10, program = 'dist/server.js' } = options
  const random = new Random(seed)
  const clock = fastClock(pace)
  const shop = await chaosShop(clock)
  const { world } = shop
  // Nobody was there to hear of how the world was made.
  world.webhooks.delivered.length = 0
  const place = await placeOf(engine)
  const env = { ...world.env(), ...clock.env, ...place.env }
  const ports = [await lastingPort(), ...(engine === 'postgres' ? [await lastingPort()] : [])]
  const servers = ports.map((port) => new Instance(port, env, program))
  const front = await frontOf(ports)
  const broken: string[] = []
  try {
    for (const server of servers) {
      server.start()
      await server.isUp()
    }
    world.sendsWebhooksTo(`${front.url}/api/github/webhooks`)
    const witness = aWitness(shop)
    const faulty = badDays(world, random.fork(), faults)
    let isOver = false
    const acting = actsUntil(servers, shop, witness, random.fork(), () => isOver)
    await kills(servers, shop, witness, random.fork(), options).finally(() => (isOver = true))
    const acts = await acting
    options.progress?.('quiet')
    for (const server of servers) await server.isUp()
    const requests = world.github.requests.length
    if (witness.broken.length === 0) broken.push(...(await atTheEnd(servers, place, shop, witness, pace)))
    broken.unshift(...witness.broken)
    return {
      broken,
      figures: {
        kills: options.kills,
        ...Object.fromEntries(acts),
        deliveries: world.webhooks.delivered.length,
        requests,
        faults: faulty(),
        greens: witness.greens,
        releases: witness.releases,
        bypasses: shop.bypassed.size,
      },
      logs: servers.map(({ log }) => log.join('')),
    }
  } finally {
    for (const server of servers) await server.ends()
    await front.close()
    await world.close()
    place.remove()
  }
}
