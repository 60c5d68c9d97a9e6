import { readFileSync } from 'node:fs'
import { clientOf, CREDENTIALS, credentialsOf, missingCredentials } from './settings-credentials.js'
import { keysOf } from './settings-keys.js'
import { createReader, RANDOM_SECRET, shown, tooShort, type Environment, type Reader } from './settings-reader.js'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const ORGANISATION_POLICIES = ['auto', 'required', 'none'] as const

/** Which GitHub: github.com, or a GitHub Enterprise Server. Addresses have no slash at the end. */
export interface GitHubServer {
  /** `GHE_HOST`, perhaps with a port; `null`: github.com. */
  readonly host: string | null
  readonly protocol: 'https' | 'http'
  readonly apiUrl: string
  readonly webUrl: string
}

/** What the process needs before the app is registered: enough to show the registration page. */
export interface RegistrationSettings {
  readonly port: number
  /** Where GitHub and people reach the app, without a slash at the end; `null`: not known. */
  readonly baseUrl: string | null
  readonly github: GitHubServer
  readonly logLevel: LogLevel
  /** Lower-case logins; empty: every organisation that installs the app. */
  readonly allowedOrganisations: readonly string[]
}

export interface Settings extends RegistrationSettings {
  readonly appId: number
  /** PEM, newest first. GitHub accepts every key of an app until it is deleted there. */
  readonly privateKeys: readonly string[]
  /** Newest first. A delivery signed with any of them is accepted. */
  readonly webhookSecrets: readonly string[]
  /** For people signing in; `null`: nobody can. */
  readonly client: { readonly id: string; readonly secrets: readonly string[] } | null
  readonly host: string
  /** Where `/metrics` is served; the same as `port`: beside everything else. */
  readonly metricsPort: number
  readonly dataDir: string
  /** PostgreSQL instead of the folder; `null`: the folder. Holds a password: never shown. */
  readonly databaseUrl: string | null
  /** How long deliveries are kept that were handled or given up, in milliseconds. */
  readonly retainDeliveries: number
  /** How long the facts of decisions are kept, in milliseconds. */
  readonly retainFacts: number
  /** How long the ledger's entries are kept, in milliseconds; not shorter than the facts. */
  readonly retainDecisions: number
  readonly sessionSecrets: readonly string[]
  /** Ed25519 keys as PEM, newest first; none: nothing is signed, as in this version anyway. */
  readonly ledgerKeys: readonly string[]
  readonly policyRepository: string
  readonly organisationPolicy: (typeof ORGANISATION_POLICIES)[number]
  /** Variables that are set and change nothing in this version, a sentence each. */
  readonly notices: readonly string[]
}

/**
 * `unregistered`: none of the app's credentials is set, and everything else is fine; the problems name what is missing.
 * `invalid`: every problem at once, each with its variable, the value found (never a secret's) and what to do.
 */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | {
      readonly ok: false
      readonly kind: 'unregistered'
      readonly problems: readonly string[]
      readonly registration: RegistrationSettings
    }
  | { readonly ok: false; readonly kind: 'invalid'; readonly problems: readonly string[] }

const SHORTEST_SESSION_SECRET = 32

/** Reads and checks the whole environment. Touches nothing but the key file that `PRIVATE_KEY_PATH` names. */
export const readSettings = (
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): SettingsResult => {
  const reader = createReader(env)
  const registration = registrationOf(reader)
  const settings: Settings = {
    ...registration,
    ...credentialsOf(reader, readFile),
    client: clientOf(reader),
    host: reader.fitting('HOST', '0.0.0.0', hostName, 'it must be a host name or an address to listen on.'),
    metricsPort: reader.fitting('METRICS_PORT', portOf(reader), port, PORT_RANGE),
    ...storageOf(reader),
    sessionSecrets: reader.secrets('SESSION_SECRET', tooShort(SHORTEST_SESSION_SECRET), RANDOM_SECRET),
    ...policyOf(reader),
    notices: noticesOf(reader),
  }
  const missing = missingCredentials(reader)
  if (reader.problems.length === 0 && missing.length === 0) return { ok: true, settings }
  if (reader.problems.length === 0 && missing.length === CREDENTIALS) {
    return { ok: false, kind: 'unregistered', problems: missing, registration }
  }
  return { ok: false, kind: 'invalid', problems: [...missing, ...reader.problems] }
}

const PORT_RANGE = 'it must be a whole number from 0 to 65535.'

const port = (value: string) => (/^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : null)
const hostName = (value: string) => (/^[\w.:-]+$/.test(value) ? value : null)
const oneOf =
  <T extends string>(allowed: readonly T[]) =>
  (value: string): T | null =>
    allowed.find((one) => one === value.toLowerCase()) ?? null
const portOf = ({ value }: Reader) => port(value('PORT') ?? '') ?? 3000

const registrationOf = (reader: Reader): RegistrationSettings => ({
  port: reader.fitting('PORT', 3000, port, PORT_RANGE),
  baseUrl: reader.fitting<string | null>('BASE_URL', null, webAddress, ADDRESS),
  github: githubOf(reader),
  logLevel: reader.fitting('LOG_LEVEL', 'info', oneOf(LOG_LEVELS), `it must be one of ${LOG_LEVELS.join(', ')}.`),
  allowedOrganisations: reader.fitting<readonly string[]>(
    'ALLOWED_ORGANISATIONS',
    [],
    logins,
    'it must be a list of organisations’ logins, separated by commas.',
  ),
})

const ADDRESS = 'it must be the address people and GitHub use, like https://gates.example.org, without user or query.'

const webAddress = (value: string): string | null => {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return null
  const { username, password, search, hash, origin, pathname } = new URL(value)
  return username || password || search || hash ? null : `${origin}${pathname}`.replace(/\/+$/, '')
}

const githubOf = (reader: Reader): GitHubServer => {
  const host = reader.fitting<string | null>(
    'GHE_HOST',
    null,
    (value) => (/^[\w.-]+(?::\d{1,5})?$/.test(value) || /^\[[\da-f:]+\](?::\d{1,5})?$/i.test(value) ? value : null),
    'it must be a host, perhaps with a port, like github.example.org:8443, without https:// and without a path.',
  )
  const protocol = reader.fitting<'https' | 'http'>(
    'GHE_PROTOCOL',
    'https',
    oneOf(['https', 'http']),
    'it must be https or http.',
  )
  const webUrl = `${protocol}://${host}`
  return host === null
    ? { host, protocol: 'https', apiUrl: 'https://api.github.com', webUrl: 'https://github.com' }
    : { host, protocol, apiUrl: `${webUrl}/api/v3`, webUrl }
}

const isDatabase = (value: string): boolean => {
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value)) return false
  const { hostname, pathname, searchParams } = new URL(value)
  return (hostname !== '' || searchParams.has('host')) && pathname.length > 1
}

/** Those that the driver knows; with another one it would do as it likes. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

const isKnownMode = (mode: string | null): boolean => mode === null || SSL_MODES.includes(mode)

/** What is wrong is told without the value, which holds a password. */
const databaseOf = (reader: Reader): string | null => {
  const given = reader.value('DATABASE_URL')
  if (given === null) return given
  if (isDatabase(given)) {
    const mode = new URL(given).searchParams.get('sslmode')
    if (!isKnownMode(mode))
      reader.problems.push(`DATABASE_URL has sslmode=${shown(mode ?? '')}; it must be one of ${SSL_MODES.join(', ')}.`)
    return given
  }
  reader.problems.push(
    'DATABASE_URL is not the address of a PostgreSQL database; it must be like postgres://USER:PASSWORD@HOST:5432/DATABASE, with characters such as / # ? @ in the password written as %2F %23 %3F %40.',
  )
  return null
}

/**
 * The database that commands work on beside the server; `null`: none is set.
 * @throws {Error} when it is no address.
 */
export const readDatabaseUrl = (env: Environment): string | null => {
  const reader = createReader(env)
  const url = databaseOf(reader)
  const [problem] = reader.problems
  if (problem !== undefined) throw new Error(problem)
  return url
}

const DAY = 24 * 60 * 60 * 1000
const DAYS_IN_YEAR = 365.25
/** GitHub is asked for missed deliveries as far back as three days; what came must be known that long. */
const DELIVERIES = { shortest: 4, longest: 3650, usual: '7d' }
const FACTS = { shortest: 7, longest: 36_500, usual: '400d' }
const DECISIONS = { shortest: 30, longest: 36_500, usual: '7y' }

interface Range {
  readonly shortest: number
  readonly longest: number
  readonly usual: string
}

/** Whole days or years, like `7d` or `7y`, in milliseconds; years are rounded up to days. */
const days =
  ({ shortest, longest }: Range) =>
  (value: string): number | null => {
    const [, count, unit] = /^(\d{1,5})([dy])$/.exec(value) ?? []
    const whole = Math.ceil(Number(count ?? Number.NaN) * (unit === 'y' ? DAYS_IN_YEAR : 1))
    return whole >= shortest && whole <= longest ? whole * DAY : null
  }

const retained = (reader: Reader, name: string, range: Range): number => {
  const { shortest, longest, usual } = range
  const problem = `it must be days or years, from ${shortest}d to ${longest}d, like ${usual}.`
  return reader.fitting(name, days(range)(usual) ?? 0, days(range), problem)
}

const retentionOf = (reader: Reader) => {
  const kept = {
    retainDeliveries: retained(reader, 'RETAIN_DELIVERIES', DELIVERIES),
    retainFacts: retained(reader, 'RETAIN_FACTS', FACTS),
    retainDecisions: retained(reader, 'RETAIN_DECISIONS', DECISIONS),
  }
  if (kept.retainFacts > kept.retainDecisions)
    reader.problems.push('RETAIN_FACTS is longer than RETAIN_DECISIONS; facts go with their decision at the latest.')
  return kept
}

const storageOf = (reader: Reader) => ({
  dataDir: reader.value('DATA_DIR') ?? './data',
  databaseUrl: databaseOf(reader),
  ...retentionOf(reader),
  ledgerKeys: keysOf(reader, 'LEDGER_KEY', 'ed25519', 'Make one with `openssl genpkey -algorithm ed25519`.'),
})

const policyOf = (reader: Reader) => ({
  policyRepository: reader.fitting(
    'POLICY_REPOSITORY',
    '.github',
    (value) => (/^[\w.-]{1,100}$/.test(value) && value !== '.' && value !== '..' ? value : null),
    'it must be a repository’s name, without its owner.',
  ),
  organisationPolicy: reader.fitting(
    'ORGANISATION_POLICY',
    'auto',
    oneOf(ORGANISATION_POLICIES),
    `it must be one of ${ORGANISATION_POLICIES.join(', ')}.`,
  ),
})

const logins = (value: string) => {
  const all = value.split(',').map((one) => one.trim().toLowerCase())
  return all.every((one) => /^[a-z\d](?:[a-z\d_-]{0,99})$/.test(one)) ? all : null
}

/** Ours that wait for a later version, and Probot's that another part of this app decides. */
const WITHOUT_EFFECT = {
  SESSION_SECRET: 'signing in comes in a later version',
  GITHUB_CLIENT_ID: 'signing in comes in a later version',
  GITHUB_CLIENT_SECRET: 'signing in comes in a later version',
  WEBHOOK_PATH: 'deliveries always come to /api/github/webhooks',
  WEBHOOK_PROXY_URL: 'deliveries come from GitHub itself',
  REDIS_URL: 'nothing is shared through Redis',
} as const

const noticesOf = ({ value }: Reader): readonly string[] =>
  Object.entries(WITHOUT_EFFECT).flatMap(([name, why]) =>
    value(name) === null ? [] : [`${name} is set and has no effect: ${why}.`],
  )
