#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { systemClock } from './clock.js'
import { onHangUp, reload } from './reload.js'
import { readSettings, type RegistrationSettings } from './settings.js'
import { startProblem } from './start-problem.js'
import { VERSION } from './version.js'
import { createLog, startApp } from './wire.js'
import { writeEnvFile } from './web/env-file.js'
import { startRegistration } from './web/registration.js'

/** How long a stop may take before the process ends anyway; every acknowledged delivery is on disk, in milliseconds. */
const STOP_WITHIN = 10_000
const ENV_FILE = '.env'

/** Ends the process after `stop`, once, on the first signal; exit code 1 when it did not end in time. */
const stopOnSignal = (stop: () => Promise<void>): void => {
  let stopping = false
  const end = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_WITHIN).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

/** Whatever was begun ends with it: half a server would look like one to whoever restarts what has ended. */
const cannotStart = (...problems: readonly string[]): never => {
  const told = problems.length === 1 ? ` ${problems.join('')}\n` : `\n${problems.map((one) => `  - ${one}\n`).join('')}`
  process.stderr.write(`Release Gates cannot start:${told}`)
  process.exit(2)
}

const offerRegistration = async (settings: RegistrationSettings, problems: readonly string[]): Promise<void> => {
  const server = await startRegistration({
    settings,
    problems,
    appYml: readFileSync(new URL('../app.yml', import.meta.url), 'utf8'),
    version: VERSION,
    keep: (credentials) => writeEnvFile(ENV_FILE, credentials),
    log: createLog(settings.logLevel),
  }).catch((error: unknown) =>
    cannotStart(startProblem(error, { host: '127.0.0.1', port: settings.port, metricsPort: settings.port })),
  )
  stopOnSignal(() => server.close())
}

/** `npm start`: the app with its credentials; without any, only the page to register it; with some missing, neither. */
const main = async (): Promise<void> => {
  const given = { ...process.env }
  if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE)
  const read = readSettings(process.env)
  if (!read.ok && read.kind === 'unregistered') return offerRegistration(read.registration, read.problems)
  if (!read.ok) return cannotStart(...read.problems)
  const log = createLog(read.settings.logLevel)
  const hangUp = onHangUp(log)
  for (const notice of read.settings.notices) log.warn(notice)
  const app = await startApp({ settings: read.settings, clock: systemClock, log }).catch((error: unknown) =>
    cannotStart(startProblem(error, read.settings)),
  )
  log.info({ port: app.port, version: VERSION }, 'release gates are up')
  hangUp.does(() => reload({ given, file: ENV_FILE, app, log }))
  stopOnSignal(() => app.stop())
}

main().catch((error: unknown) => cannotStart(error instanceof Error ? error.message : String(error)))
