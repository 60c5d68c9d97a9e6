import { createLog, startApp, type RunningApp } from '../../src/wire.js'
import { GITHUB_LIMITS, type Limits } from '../../src/github/limiting/limits.js'
import { readSettings } from '../../src/settings.js'
import type { World } from '../world/world.js'

export interface Flow {
  readonly app: RunningApp
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
  readonly env?: Record<string, string>
  readonly limits?: Limits
}

/** The real app in this process, on a free port, with the world's clock, deaf and idle until something is asked of it. */
export const startFlow = async (
  world: World,
  { dataDir = ':memory:', env = {}, limits = STANDING }: FlowOptions = {},
): Promise<Flow> => {
  const read = readSettings({
    ...world.env(),
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env['FLOW_LOG'] ?? 'silent',
    ...env,
  })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const app = await startApp({
    settings: read.settings,
    clock: world.clock,
    log: createLog(read.settings.logLevel),
    byItself: false,
    limits,
  })
  world.sendsWebhooksTo(`http://127.0.0.1:${app.port}/api/github/webhooks`)
  let running = true
  world.onSettled(() => (running ? app.untilIdle() : undefined))
  const stops = async (): Promise<void> => {
    running = false
    await app.stop()
  }
  return {
    app,
    stops,
    async end() {
      await stops()
      await world.close()
    },
  }
}
