import { randomUUID } from 'node:crypto'
import { pino, type DestinationStream, type Logger as Pino } from 'pino'
import { Probot, ProbotOctokit } from 'probot'
import type { Gatekeeper } from './gatekeeper/gatekeeper.js'
import { Unreadable, type Clock, type Inbox, type Lease, type Logger } from './gatekeeper/ports.js'
import { settleOpenIntents } from './gatekeeper/settle.js'
import { missedDeliveries } from './gatekeeper/missed.js'
import { sweeper } from './gatekeeper/sweep.js'
import { Worker } from './gatekeeper/worker.js'
import { appKeys, type AppKeys } from './github/app-keys.js'
import { githubGateway, type Gateway } from './github/gateway.js'
import type { Limits } from './github/limiting/limits.js'
import { octokitOptions } from './github/octokit.js'
import { createCollector } from './handlers/collector.js'
import { dispatcher } from './handlers/dispatch.js'
import { EVENTS, handlersFor } from './handlers/index.js'
import { Pace } from './handlers/pace.js'
import app from './index.js'
import { forgetWhatIsOld, lifetimeAmongInstances } from './instances.js'
import { changedSettings, withLive, type ChangedSettings } from './live-settings.js'
import { counting, noteNamed, standing } from './metering.js'
import { keepingFor } from './retention.js'
import { readiness } from './readiness.js'
import { each, every } from './schedule.js'
import type { Settings } from './settings.js'
import { openStore, type Store } from './store/store.js'
import { VERSION } from './version.js'
import { webhookInbox } from './web/inbox.js'
import { createMetrics, type Metrics } from './web/metrics.js'
import { startServer } from './web/server.js'

/** Lanes judged at once by one process, and those of one installation: the others need not wait for a slow one. */
const CONCURRENCY = 12
const FOR_ONE = 8
const SWEEP_EVERY = 5 * 60 * 1000
/** How long what is under way may still take at a stop before GitHub's answers are not waited for any more, in milliseconds. */
const GRACE = 5_000
/** GitHub keeps failed deliveries for about three days. */
const MISSED_SINCE = 3 * 24 * 60 * 60 * 1000

export interface RunningApp {
  readonly port: number
  readonly metricsPort: number
  /** Until nothing that arrived or fell due is left to judge at this instant. */
  untilIdle(): Promise<void>
  /** Looks for what no event told, as it does by itself at start and every five minutes. */
  sweep(): Promise<void>
  /**
   * Takes what can change while it runs: webhook secrets, private keys, the log's level. Private keys of which GitHub
   * takes none are a problem, and then nothing is taken.
   */
  take(next: Settings): Promise<Taken>
  /** Stops taking deliveries, finishes what ends within the grace, hands back what does not, and lets the store go. */
  stop(): Promise<void>
}

export type Taken =
  ({ readonly ok: true } & ChangedSettings) | { readonly ok: false; readonly problems: readonly string[] }

export interface AppOptions {
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Pino
  /** False: nothing runs by itself; tests call `untilIdle` and `sweep`. */
  readonly byItself?: boolean
  /** How much may be asked of GitHub; as GitHub documents it where absent. */
  readonly limits?: Limits
  /** Milliseconds; see {@link RunningApp.stop}. */
  readonly grace?: number
}

/** An error as a log tells it: what GitHub did not let us read in its own words, a bug with the place it came from. */
const loggedError = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof Unreadable) return error
  const { name, message, stack, cause } = error
  return { name, message, stack, ...(cause instanceof Error ? { cause: cause.message } : {}) }
}

/** The app's log without what must not be in one: tokens and payloads never reach a field that is logged. */
export const createLog = (level: string, to?: DestinationStream): Pino =>
  pino(
    {
      level,
      base: { app: 'release-gates' },
      serializers: { error: loggedError },
      redact: {
        paths: ['*.headers.authorization', '*.request', '*.event.payload', 'payload', '*.payload', 'token', '*.token'],
        remove: true,
      },
    },
    to,
  )

/** Probot tells of every request and event; that is for tracing. */
const quieter = (log: Pino): Pino =>
  log.child({ part: 'probot' }, log.isLevelEnabled('trace') || !log.isLevelEnabled('warn') ? {} : { level: 'warn' })

const placeOf = ({ github }: Settings) => ({ host: github.host ?? undefined, protocol: github.protocol })

/** Probot hands events to their handlers. It asks GitHub nothing, so that its key and secret may grow old. */
const probotOf = (settings: Settings, log: Pino): Probot => {
  const [secret] = settings.webhookSecrets
  const [privateKey] = settings.privateKeys
  if (secret === undefined || privateKey === undefined)
    throw new Error('settings without a secret or a key were not refused')
  const Octokit = ProbotOctokit.defaults(octokitOptions(placeOf(settings)))
  return new Probot({ appId: settings.appId, privateKey, secret, Octokit, log: quieter(log) })
}

/** What an event says has changed is forgotten before the subjects that asked it are judged. */
const forgetting = (inbox: Inbox, github: Gateway, metrics: Metrics): Inbox => ({
  accept: (delivery) => inbox.accept(delivery),
  undispatched: (now, limit) => inbox.undispatched(now, limit),
  async dispatched(delivery, hints, now) {
    for (const hint of hints) if (hint.kind === 'wake') github.forget(hint.scope, hint.about)
    noteNamed(metrics, delivery, hints)
    return inbox.dispatched(delivery, hints, now)
  },
  failed: (delivery, error, now) => inbox.failed(delivery, error, now),
  backlog: () => inbox.backlog(),
})

/** What GitHub makes of the app's key, for `/readyz`: the rest of the round fails by itself where it is refused. */
const checkKey = async (keys: AppKeys, github: Gateway, log: Logger): Promise<void> => {
  try {
    keys.retryNewest()
    await github.checkCredentials()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    log.warn({ error: error.message }, 'GitHub did not say that it takes the app’s key')
  }
}

const refusedKey = (name: string, appId: number): string =>
  `PRIVATE_KEY: GitHub refuses ${name} (401); give one that the page of app ${appId} at GitHub lists.`

/** Composes the app out of its parts and starts it. @throws {StoreInUse} when another server has the data folder. */
export const startApp = async (options: AppOptions): Promise<RunningApp> => {
  const { settings, log } = options
  const store = await openStore({ dataDir: settings.dataDir, databaseUrl: settings.databaseUrl, log })
  try {
    return await startOn(store, options)
  } catch (error) {
    await store.close()
    throw error
  }
}

const startOn = async (store: Store, options: AppOptions): Promise<RunningApp> => {
  const { settings, clock, log, byItself = true, limits, grace = GRACE } = options
  const probot = probotOf(settings, log)
  const { appId, privateKeys } = settings
  const keys = appKeys({ ...placeOf(settings), appId, privateKeys, log, octokitLog: quieter(log) })
  let live = settings
  const metrics = createMetrics({
    version: VERSION,
    clock,
    events: EVENTS,
    standing: () => standing({ store, github, clock }),
  })
  const github: Gateway = githubGateway({
    appId: settings.appId,
    appOctokit: async () => keys.octokit,
    records: store.records,
    clock,
    log,
    policyRepository: settings.policyRepository,
    heard: (call) => metrics.called(call),
    ...(limits === undefined ? {} : { limits }),
  })
  const { organisationPolicy, allowedOrganisations } = settings
  const gatekeeper: Gatekeeper = {
    github,
    records: counting(store.records, metrics),
    subjects: store.subjects,
    clock,
    log: log satisfies Logger,
    settings: { organisationPolicy, allowedOrganisations },
  }
  const collector = createCollector()
  const hintsOf = handlersFor({
    appId: settings.appId,
    policyRepository: settings.policyRepository,
    allowedOrganisations,
  })
  await probot.load(app({ hintsOf, collector, clock }))
  const pace = new Pace()
  const { drain } = dispatcher({
    probot: { receive: (event) => probot.receive(event as never) },
    collector,
    inbox: forgetting(store.inbox, github, metrics),
    clock,
    log,
    pace,
  })
  const alone = {
    owner: randomUUID(),
    concurrency: CONCURRENCY,
    each: FOR_ONE,
    recordsUnder: (lease: Lease) => counting(store.recordsUnder(lease), metrics),
    looked: ({ subject, key }: Lease, isJudged: boolean) => metrics.looked(subject.kind, key, isJudged),
  }
  const among = {
    lifetime: lifetimeAmongInstances,
    beforeLook: forgetWhatIsOld(store, (scope, about) => github.forget(scope, about)),
  }
  const worker = new Worker(gatekeeper, store.shared ? { ...alone, ...among } : alone, drain)
  const inbox = {
    accept: async (delivery: Parameters<typeof store.inbox.accept>[0]) => {
      await store.inbox.accept(delivery)
      pace.arrived()
      worker.nudge()
    },
    knows: (guid: string) => store.inbox.knows(guid),
  }
  // Where others are at work, what is open may be theirs, and under way.
  const leftOver = new Set(store.shared ? [] : (await store.records.unsettled()).map(({ id }) => id))
  const fetchMissed = missedDeliveries(gatekeeper, inbox)
  const sweep = sweeper(gatekeeper)
  const letGo = keepingFor(settings, { store, clock, log })
  const lookAround = async (): Promise<void> => {
    try {
      await each(
        letGo,
        () => checkKey(keys, github, log),
        () => settleOpenIntents(gatekeeper, leftOver),
        () => fetchMissed(clock.now() - MISSED_SINCE),
        sweep,
        () => store.subjects.raiseDead(clock.now() - MISSED_SINCE, clock.now()),
      )
    } finally {
      worker.nudge()
    }
  }
  const lookAroundInTurn = async (): Promise<void> => {
    const turn = !store.shared || (await store.round('look around', clock.now(), SWEEP_EVERY))
    await (turn ? lookAround() : checkKey(keys, github, log))
  }
  const shown = {
    health: () => ({ version: VERSION, uptimeSeconds: Math.floor(process.uptime()) }),
    ready: readiness({ store, github, keys, clock }),
    log,
  }
  const apart = settings.metricsPort !== settings.port
  const server = await startServer({
    settings: { host: settings.host, port: settings.port },
    front: [
      webhookInbox({
        get secrets() {
          return live.webhookSecrets
        },
        inbox,
        clock,
        log,
        heard: (event, outcome) => metrics.delivered(event, outcome),
      }),
    ],
    ...shown,
    ...(apart ? {} : { metrics: () => metrics.render() }),
  })
  const besides = apart
    ? await startServer({
        settings: { host: settings.host, port: settings.metricsPort },
        front: [],
        ...shown,
        metrics: () => metrics.render(),
      }).catch(async (error: unknown) => {
        await server.close()
        throw error
      })
    : null
  const timer = byItself ? every(SWEEP_EVERY, lookAroundInTurn, log) : null
  if (byItself) {
    store.onWork(() => worker.nudge())
    worker.start()
  }
  return {
    port: server.port,
    metricsPort: besides?.port ?? server.port,
    untilIdle: () => worker.untilIdle(),
    sweep: lookAround,
    async take(next) {
      const changed = changedSettings(live, next)
      const standings = changed.live.includes('PRIVATE_KEY') ? await keys.standing(next.privateKeys) : []
      if (standings.length > 0 && standings.every(({ state }) => state === 'refused'))
        return { ok: false, problems: standings.map(({ name }) => refusedKey(name, settings.appId)) }
      live = withLive(live, next)
      log.level = live.logLevel
      if (changed.live.includes('PRIVATE_KEY')) keys.replace(live.privateKeys)
      await checkKey(keys, github, log)
      return { ok: true, ...changed }
    },
    stop: once(async () => {
      const patience = setTimeout(() => github.abandon(), grace)
      try {
        await Promise.all([timer?.stop(), server.close(), besides?.close(), worker.stop()])
      } finally {
        clearTimeout(patience)
        metrics.close()
        await store.close()
      }
    }),
  }
}

/** However often it is asked for, it is done one time. */
const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
