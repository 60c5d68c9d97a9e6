import { createHash, createPublicKey } from 'node:crypto'
import { ProbotOctokit } from 'probot'
import type { Logger } from '../gatekeeper/ports.js'
import { isRequestError } from './errors.js'
import { octokitOptions, type Octokit, type OctokitSettings } from './octokit.js'

export interface AppKeysSettings extends OctokitSettings {
  readonly appId: number
  /** PEM, newest first. */
  readonly privateKeys: readonly string[]
  readonly log: Logger
  /** What Octokit itself has to say. */
  readonly octokitLog?: object
}

/** Which private key GitHub took last; before it was asked, the newest. */
export interface KeyInUse {
  /** 1: the newest. */
  readonly place: number
  /** As a message names it: its place, and the fingerprint that the app's page at GitHub shows. */
  readonly name: string
  /** The newer ones, which GitHub refuses. */
  readonly refused: readonly string[]
}

/** The app's private keys, newest first. The first one that GitHub does not refuse is used. */
export interface AppKeys {
  /** Authenticated as the app. It stays the same when the keys change. */
  readonly octokit: Octokit
  inUse(): KeyInUse
  /** The next call tries the newest one again. */
  retryNewest(): void
  /** Uses these from the next call on. */
  replace(privateKeys: readonly string[]): void
  /** Asks GitHub about each of these. */
  standing(privateKeys: readonly string[]): Promise<readonly KeyStanding[]>
}

export interface KeyStanding {
  /** As {@link KeyInUse.name}. */
  readonly name: string
  /** `unheard`: GitHub did not say. */
  readonly state: 'taken' | 'refused' | 'unheard'
}

interface Key {
  readonly pem: string
  readonly name: string
  readonly client: Octokit
}

/** The two ways in which Octokit asks its authentication for something: a token, or a request with one. */
interface AppAuth {
  (options: object): Promise<unknown>
  hook(request: unknown, route: unknown, parameters?: unknown): Promise<unknown>
}

/** How GitHub's page calls a private key: the digest of its public half. */
export const fingerprintOf = (pem: string): string => {
  const publicHalf = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  return `SHA256:${createHash('sha256').update(publicHalf).digest('base64')}`
}

const isRefusal = (error: unknown): boolean => isRequestError(error) && error.status === 401

/** @throws {Error} without any key. */
export const appKeys = (settings: AppKeysSettings): AppKeys => {
  const { log, octokitLog } = settings
  const options = octokitOptions(settings)
  const Client = ProbotOctokit.defaults((given: Parameters<typeof options>[0]) => ({
    ...options(given),
    ...(octokitLog === undefined ? {} : { log: octokitLog }),
  })) as unknown as new (options: object) => Octokit
  const clientOf = (privateKey: string) => new Client({ auth: { appId: settings.appId, privateKey } })
  /** A key that stays keeps its client, and with it the tokens that it has got. */
  const keysOf = (privateKeys: readonly string[], known: readonly Key[] = []): readonly Key[] =>
    privateKeys.map((pem, index) => ({
      pem,
      name: `private key ${index + 1} of ${privateKeys.length} (${fingerprintOf(pem)})`,
      client: known.find((one) => one.pem === pem)?.client ?? clientOf(pem),
    }))
  const ring = keyRing(keysOf(settings.privateKeys), log)
  const auth = Object.assign((options: object) => ring.first(({ client }) => authOf(client)(options)), {
    hook: (request: unknown, route: unknown, parameters: unknown) =>
      ring.first(({ client }) => authOf(client).hook(request, route, parameters)),
  })
  return {
    octokit: new Client({ authStrategy: () => auth, auth: {} }),
    inUse: ring.inUse,
    retryNewest: ring.retryNewest,
    replace: (privateKeys) => ring.replace((known) => keysOf(privateKeys, known)),
    standing: (privateKeys) =>
      Promise.all(keysOf(privateKeys).map(async ({ name, client }) => ({ name, state: await stateOf(client) }))),
  }
}

const authOf = (client: Octokit): AppAuth => client.auth as unknown as AppAuth

const stateOf = async (client: Octokit): Promise<KeyStanding['state']> => {
  try {
    await client.request('GET /app')
    return 'taken'
  } catch (error) {
    if (!isRequestError(error)) throw error
    return isRefusal(error) ? 'refused' : 'unheard'
  }
}

const keyRing = (given: readonly Key[], log: Logger) => {
  let keys = given
  const newest = (): Key => {
    const [key] = keys
    if (key === undefined) throw new Error('an app needs a private key')
    return key
  }
  /** Tried first by the next call; taken last. */
  let start = newest()
  let used = start
  const inUse = (): KeyInUse => {
    const place = keys.indexOf(used)
    return { place: place + 1, name: used.name, refused: keys.slice(0, place).map(({ name }) => name) }
  }
  const taken = (key: Key): void => {
    start = key
    if (used === key) return
    used = key
    const { name, refused } = inUse()
    if (refused.length === 0) log.info({ key: name }, 'GitHub takes the newest private key again')
    else log.warn({ key: name, refused }, `GitHub refuses ${refused.join(' and ')} (401); ${name} is used instead`)
  }
  return {
    inUse,
    retryNewest: () => void (start = newest()),
    replace(next: (known: readonly Key[]) => readonly Key[]): void {
      keys = next(keys)
      start = used = newest()
    },
    /** Asks with one key after the other until one is not refused. @throws what GitHub said of the first, where all are. */
    async first<T>(ask: (key: Key) => Promise<T>): Promise<T> {
      const among = keys
      const from = start
      const refusals: unknown[] = []
      for (const key of [from, ...among.filter((other) => other !== from)])
        try {
          const answer = await ask(key)
          if (among === keys) taken(key)
          return answer
        } catch (error) {
          if (!isRefusal(error)) throw error
          refusals.push(error)
        }
      throw refusals[0]
    },
  }
}
