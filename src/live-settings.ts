import { isDeepStrictEqual } from 'node:util'
import type { Settings } from './settings.js'

/** What a running server takes; everything else waits for its restart. */
export type LiveSettings = Pick<Settings, 'webhookSecrets' | 'privateKeys' | 'logLevel'>

type Compared = Exclude<keyof Settings, 'notices'>

const LIVE: Readonly<Record<keyof LiveSettings, string>> = {
  webhookSecrets: 'WEBHOOK_SECRET',
  privateKeys: 'PRIVATE_KEY',
  logLevel: 'LOG_LEVEL',
}

const AT_START: Readonly<Record<Exclude<Compared, keyof LiveSettings>, string>> = {
  appId: 'APP_ID',
  client: 'GITHUB_CLIENT_ID or GITHUB_CLIENT_SECRET',
  host: 'HOST',
  port: 'PORT',
  metricsPort: 'METRICS_PORT',
  baseUrl: 'BASE_URL',
  github: 'GHE_HOST or GHE_PROTOCOL',
  dataDir: 'DATA_DIR',
  databaseUrl: 'DATABASE_URL',
  retainDeliveries: 'RETAIN_DELIVERIES',
  retainFacts: 'RETAIN_FACTS',
  retainDecisions: 'RETAIN_DECISIONS',
  sessionSecrets: 'SESSION_SECRET',
  ledgerKeys: 'LEDGER_KEY',
  allowedOrganisations: 'ALLOWED_ORGANISATIONS',
  policyRepository: 'POLICY_REPOSITORY',
  organisationPolicy: 'ORGANISATION_POLICY',
}

/** Names of the variables that now say something else. */
export interface ChangedSettings {
  readonly live: readonly string[]
  /** Taken at the next start, and not before. */
  readonly atStart: readonly string[]
}

/** Without a port of its own, `/metrics` follows PORT, and nothing was said of METRICS_PORT. */
const hasOwnMetricsPort = ({ port, metricsPort }: Settings): boolean => port !== metricsPort

const isChanged = (key: Compared, running: Settings, next: Settings): boolean =>
  (key !== 'metricsPort' || hasOwnMetricsPort(running) || hasOwnMetricsPort(next)) &&
  !isDeepStrictEqual(running[key], next[key])

export const changedSettings = (running: Settings, next: Settings): ChangedSettings => {
  const changed = (names: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(names).flatMap(([key, variable]) => (isChanged(key as Compared, running, next) ? [variable] : []))
  return { live: changed(LIVE), atStart: changed(AT_START) }
}

/** The settings of a running server once it has taken what it can. */
export const withLive = (running: Settings, { webhookSecrets, privateKeys, logLevel }: LiveSettings): Settings => ({
  ...running,
  webhookSecrets,
  privateKeys,
  logLevel,
})
