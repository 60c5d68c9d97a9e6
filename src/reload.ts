import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import type { Logger } from './gatekeeper/ports.js'
import { readSettings, type SettingsResult } from './settings.js'
import type { RunningApp } from './wire.js'

type Environment = Readonly<Record<string, string | undefined>>

/** What a start now would read: the variables that the process was given, and those that a file adds to them. */
export const environmentNow = (given: Environment, file: string): Environment =>
  existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...given } : given

export interface ReloadParts {
  /** The environment as the process was given it, before `.env` was read. */
  readonly given: Environment
  /** The path of `.env`. */
  readonly file: string
  readonly app: Pick<RunningApp, 'take'>
  readonly log: Logger
}

/** The settings as they stand now; a file that cannot be read is a problem like any other. */
const settingsNow = ({ given, file }: ReloadParts): SettingsResult => {
  try {
    return readSettings(environmentNow(given, file))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, kind: 'invalid', problems: [`${file} cannot be read: ${reason}`] }
  }
}

/** Reads the settings again, takes what a running server can take, and tells what came of it. Shows no secret. */
export const reload = async (parts: ReloadParts): Promise<void> => {
  const { app, log } = parts
  const read = settingsNow(parts)
  const taken = read.ok ? await app.take(read.settings) : read
  if (!taken.ok) {
    log.error({ problems: taken.problems }, 'the settings were read again and do not fit: nothing was changed')
    return
  }
  log.info({ changed: taken.live }, 'the settings were read again')
  if (taken.atStart.length > 0)
    log.warn({ needRestart: taken.atStart }, `changed, and taken only by a restart: ${taken.atStart.join(', ')}`)
}

/**
 * Listens to SIGHUP from now on, so that it no longer ends the process. What `does` is set to runs for each signal, one
 * after the other; signals that come meanwhile, or before it is set, are one.
 */
export const onHangUp = (log: Logger): { does(act: () => Promise<void>): void } => {
  let act: (() => Promise<void>) | null = null
  let asked = false
  let running = false
  const run = async (): Promise<void> => {
    if (act === null || running) return
    running = true
    while (asked) {
      asked = false
      await act().catch((error: unknown) => log.error({ error }, 'the settings could not be read again'))
    }
    running = false
  }
  process.on('SIGHUP', () => {
    asked = true
    void run()
  })
  return {
    does(given) {
      act = given
      void run()
    },
  }
}
