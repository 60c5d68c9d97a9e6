import { createLog, startApp, type RunningApp } from '../../src/wire.js'
import { GITHUB_LIMITS, type Limits } from '../../src/github/limiting/limits.js'
import { readSettings } from '../../src/settings.js'
import type { World } from '../world/world.js'

export interface Flow {
  readonly app: RunningApp
  /** From now on the webhooks come to this one. */
  hears(): void
  /** Whether this one works when the world settles; it does until it is told not to. */
  works(does: boolean): void
  /** Stops the app alone; the world goes on, and another can be started in it. */
  stops(): Promise<void>
  /** Stops the app and the world; throws when anything was not as GitHub describes it. */
  end(): Promise<void>
}

/** In a world whose clock stands still no minute ever passes: only what GitHub itself says of limits holds there. */
const STANDING: Limits = {
  ...GITHUB_LIMITS,
  points: { core: { most: Infinity, window: 0 }, graphql: { most: Infinity, window: 0 } },
  creations: [],
}

export interface FlowOptions {
  readonly dataDir?: string
  /** PostgreSQL instead of the folder. Several flows in one world may share it. */
  readonly databaseUrl?: string
  readonly env?: Record<string, string>
  readonly limits?: Limits
  /** Whether it works by itself, as a server does, and not only when the world settles. */
  readonly byItself?: boolean
  readonly grace?: number
  /** Hears every line of the log, the finest too. */
  readonly log?: (line: Readonly<Record<string, unknown>>) => void
}

/** The real app in this process, on a free port, with the world's clock, deaf and idle until something is asked of it. */
export const startFlow = async (
  world: World,
  { dataDir = ':memory:', databaseUrl, env = {}, limits = STANDING, byItself = false, grace, log }: FlowOptions = {},
): Promise<Flow> => {
  const read = readSettings({
    ...world.env(),
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env['FLOW_LOG'] ?? 'silent',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...env,
  })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const app = await startApp({
    settings: read.settings,
    clock: world.clock,
    log: log
      ? createLog('debug', { write: (line) => log(JSON.parse(line) as Record<string, unknown>) })
      : createLog(read.settings.logLevel),
    byItself,
    limits,
    ...(grace === undefined ? {} : { grace }),
  })
  const hears = () => world.sendsWebhooksTo(`http://127.0.0.1:${app.port}/api/github/webhooks`)
  hears()
  let working = !byItself
  world.onSettled(() => (working ? app.untilIdle() : undefined))
  const stops = async (): Promise<void> => {
    working = false
    await app.stop()
  }
  return {
    app,
    hears,
    works: (does) => (working = does),
    stops,
    async end() {
      await stops()
      await world.close()
    },
  }
}
