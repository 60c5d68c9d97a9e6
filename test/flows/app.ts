import { createLog, startApp, type RunningApp } from '../../src/wire.js'
import { readSettings } from '../../src/settings.js'
import type { World } from '../world/world.js'

export interface Flow {
  readonly app: RunningApp
  /** Stops the app alone; the world goes on, and another can be started in it. */
  stops(): Promise<void>
  /** Stops the app and the world; throws when anything was not as GitHub describes it. */
  end(): Promise<void>
}

/** The real app in this process, on a free port, with the world's clock, deaf and idle until something is asked of it. */
export const startFlow = async (
  world: World,
  { dataDir = ':memory:', env = {} }: { readonly dataDir?: string; readonly env?: Record<string, string> } = {},
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
