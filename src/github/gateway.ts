import { z } from 'zod'
import type { Clock, GitHub, Logger, Purpose, ReaderRecords } from '../gatekeeper/ports.js'
import type { RepositoryAddress } from '../gatekeeper/subject.js'
import { installationId, repositoryId, type InstallationId, type Instant, type RepositoryId } from '../policy/facts.js'
import { apiOf, type Api, type Call } from './api.js'
import { cacheOf, type Cache } from './cache.js'
import { createEnding } from './ending.js'
import { deliveryBody, failedSince } from './deliveries.js'
import { createLimiter, type Budget, type Limiter } from './limiting/limiter.js'
import type { Limits, Resource } from './limiting/limits.js'
import { asInstallation, type Octokit } from './octokit.js'
import { readGlances } from './readers/glance.js'
import { repositoryOf } from './repository.js'
import { filled, positive, text } from './shapes.js'

export interface GatewaySettings {
  readonly appId: number
  /** The organisation's policy repository; `.github` where nothing else is said. */
  readonly policyRepository: string
  /** An Octokit authenticated as the app itself. */
  readonly appOctokit: () => Promise<Octokit>
  /** An Octokit authenticated as an installation; absent: made of the app's. */
  readonly octokitFor?: (installation: InstallationId) => Promise<Octokit>
  readonly records: ReaderRecords
  readonly clock: Clock
  readonly log: Logger
  /** GitHub's, where absent. */
  readonly limits?: Limits
  /** Hears of every call; `installation` is `null` for the app's own. */
  readonly heard?: (call: Call & { readonly installation: InstallationId | null }) => void
}

/** What GitHub has left to one installation. */
export interface Allowance {
  readonly installation: InstallationId
  readonly budgets: ReadonlyMap<Resource, Budget>
  readonly pausedUntil: Instant | null
}

/** Which part of what is kept an event has made old. */
export type Forget = { readonly repository: RepositoryId } | { readonly installation: InstallationId }

export interface Gateway extends GitHub {
  /**
   * Forgets what an event says has changed, before the subjects that asked it are judged: facts by the beginning of their
   * keys (`teams/appsec`, `protection`, `policy`). People are forgotten together, for a team gives roles too.
   */
  forget(scope: Forget, about: readonly string[]): void
  /** Asks GitHub whether it takes the app's key, and remembers. @throws {Unreadable} where it does not, or does not say. */
  checkCredentials(): Promise<void>
  /** Whether GitHub took the app's key when it was used last; `null`: not used yet. */
  credentials(): boolean | null
  /** Gives up every call under way and makes no further one: what waits for GitHub fails at once, and nothing is said. */
  abandon(): void
  /** Of every installation that was asked for since the start. */
  allowances(): readonly Allowance[]
}

const PEOPLE = ['teams', 'users', 'roles', 'organizations']
const isAboutPeople = (about: string) => PEOPLE.some((topic) => about === topic || about.startsWith(`${topic}/`))

/** Whether a key (`installation/1/teams/appsec/all`, `repository/7/1/roles`) is of this scope, and of one of these topics. */
const isOld = (key: string, scope: Forget, topics: readonly string[]): boolean => {
  const [kind, id, ...rest] = key.split('/')
  const [installation, ...within] = kind === 'repository' ? rest : [id, ...rest]
  const isWithin =
    'installation' in scope
      ? installation === String(scope.installation)
      : kind === 'repository' && id === String(scope.repository)
  return isWithin && topics.some((topic) => within.join('/').startsWith(topic))
}

const installation = z.object({
  id: positive,
  account: z.union([z.object({ login: filled }), z.object({ slug: filled })]).nullable(),
  suspended_at: text.nullable(),
})

const UNSAID: Purpose = { urgency: 'change', about: 'other' }
const SWEEP: Purpose = { urgency: 'background', about: 'sweep' }
/** The app's own calls: they bring what was missed, and are few. */
const OWN: Purpose = { urgency: 'release', about: 'app' }

const repository = z.object({ id: positive, name: filled, owner: z.object({ login: filled }) })

/** GitHub's clock minus ours, from the `Date` of the newest reply, which tells whole seconds. */
const offsetWatch = (clock: Clock) => {
  let offset: number | null = null
  const watched = new WeakSet<Octokit>()
  return {
    get: () => offset,
    watch(octokit: Octokit): Octokit {
      if (watched.has(octokit)) return octokit
      watched.add(octokit)
      octokit.hook.after('request', ({ headers }) => {
        const at = Date.parse(headers.date ?? '')
        if (!Number.isNaN(at)) offset = at - clock.now()
      })
      return octokit
    },
  }
}

export const isGitHubDotCom = (octokit: Octokit): boolean => {
  const { host } = new URL(octokit.request.endpoint.DEFAULTS.baseUrl)
  return host === 'api.github.com' || host.endsWith('.ghe.com')
}

/** GitHub as the gatekeeper knows it. One client per installation, one memory for all. */
export const githubGateway = (settings: GatewaySettings): Gateway => {
  const { clock, appId, policyRepository, records, log } = settings
  const cache: Cache = cacheOf(clock)
  const offset = offsetWatch(clock)
  const ending = createEnding()
  const octokitFor = settings.octokitFor ?? (async (id) => asInstallation(await settings.appOctokit(), id))
  const clients = new Map<InstallationId, Promise<Octokit>>()
  const limiters = new Map<InstallationId, Limiter>()
  const limiterOf = (id: InstallationId): Limiter => {
    const known = limiters.get(id) ?? createLimiter(clock, settings.limits)
    limiters.set(id, known)
    return known
  }
  const client = (id: InstallationId): Promise<Octokit> => {
    const known = clients.get(id)
    if (known) return known
    const made = octokitFor(id).then((octokit) => offset.watch(octokit))
    made.catch(() => clients.delete(id))
    clients.set(id, made)
    return made
  }
  const heard = (installation: InstallationId | null) => (call: Call) => {
    settings.heard?.({ ...call, installation })
    const { delivery, about, route, status } = call
    log.debug({ ...(delivery === null ? {} : { delivery }), installation, about, route, status }, 'GitHub was asked')
  }
  const apiFor = async (id: InstallationId, purpose: Purpose): Promise<Api> => {
    const octokit = await client(id)
    const renew = () => octokit.auth({ type: 'installation', refresh: true })
    return apiOf({ octokit, clock, limiter: limiterOf(id), ending, purpose, heard: heard(id), renew })
  }
  let accepted: boolean | null = null
  /** Only a 401 is about the key; trouble of any other kind leaves what is known of it. */
  const heardOwn = (call: Call): void => {
    if (call.status === 401) accepted = false
    else if (call.status >= 200 && call.status < 300) accepted = true
    heard(null)(call)
  }
  const ownLimiter = createLimiter(clock, settings.limits)
  const app = async (): Promise<Api> => {
    const octokit = offset.watch(await settings.appOctokit())
    return apiOf({ octokit, clock, limiter: ownLimiter, ending, purpose: OWN, heard: heardOwn })
  }

  return {
    async repository(address: RepositoryAddress, purpose = UNSAID) {
      const octokit = await client(address.installation)
      return repositoryOf({
        api: await apiFor(address.installation, purpose),
        address,
        id: address.id,
        owner: address.owner,
        repo: address.name,
        appId,
        policyRepository,
        records,
        cache,
        clock,
        log,
        signsWebCommits: isGitHubDotCom(octokit),
      })
    },
    async installations() {
      const rows = await (await app()).all('installations', 'GET /app/installations', {}, installation)
      return rows.map(({ id, account, suspended_at: suspended }) => ({
        id: installationId(id),
        account: account === null ? '' : 'login' in account ? account.login : account.slug,
        suspended: suspended !== null,
      }))
    },
    async repositories(id) {
      const api = await apiFor(id, SWEEP)
      const what = `repositories of installation ${id}`
      const rows = await api.all(what, 'GET /installation/repositories', {}, repository, { rows: 'repositories' })
      return rows.map(({ id: found, name, owner }) => ({
        installation: id,
        id: repositoryId(found),
        owner: owner.login,
        name,
      }))
    },
    glances: async (id, addresses) => readGlances(await apiFor(id, SWEEP), log, addresses),
    clockOffset: () => offset.get(),
    failedDeliveries: async (since) => failedSince(await app(), since),
    deliveryBody: async (id) => deliveryBody(await app(), id, clock),
    async checkCredentials() {
      await (await app()).get('this app', 'GET /app', {}, z.object({ id: positive }))
    },
    credentials: () => accepted,
    abandon: () => ending.come(),
    allowances: () =>
      [...limiters].map(([id, limiter]) => ({
        installation: id,
        budgets: limiter.budgets(),
        pausedUntil: limiter.pausedUntil(),
      })),
    forget(scope, about) {
      const topics = about.some(isAboutPeople) ? [...about, ...PEOPLE] : about
      cache.forget((key) => isOld(key, scope, topics))
    },
  }
}
