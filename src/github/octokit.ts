import { createRequire } from 'node:module'
import type { ProbotOctokit } from 'probot'
import { timedFetch } from './timed-fetch.js'

/** Probot's Octokit: authenticated as the app or as one installation; the token's renewal is its own business. */
export type Octokit = InstanceType<typeof ProbotOctokit>

/** How long one request may take, its body included, in milliseconds. */
export const REQUEST_TIMEOUT = 10_000

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string }

export interface OctokitSettings {
  /** `GHE_HOST`, with its port where it has one; absent: github.com. */
  readonly host?: string | undefined
  /** `GHE_PROTOCOL`; `https` where absent. */
  readonly protocol?: string | undefined
  readonly timeout?: number | undefined
}

/** Where the API is: as Probot finds it. */
export const baseUrlOf = ({ host, protocol }: OctokitSettings): string =>
  host === undefined || host === '' ? 'https://api.github.com' : `${protocol ?? 'https'}://${host}/api/v3`

/** Octokit's request as its authentication strategies get it. */
interface Asking {
  (endpoint: object): Promise<unknown>
  readonly endpoint: { merge(route: string, parameters: object): { readonly headers: object } }
}

/** Sets the token that is at hand, whoever keeps it, and asks once. */
const tokenStrategy = ({ app, installation }: { readonly app: Octokit; readonly installation: number }) => {
  const auth = (options: object = {}) =>
    app.auth({ ...options, type: 'installation', installationId: installation }) as Promise<{ readonly token: string }>
  return Object.assign(auth, {
    async hook(request: Asking, route: string, parameters: object) {
      const endpoint = request.endpoint.merge(route, parameters)
      const { token } = await auth()
      return request({ ...endpoint, headers: { ...endpoint.headers, authorization: `token ${token}` } })
    },
  })
}

/**
 * An installation's client. Octokit's own waits up to six seconds and more on a 401, in case the token is too new to be
 * known everywhere; here a look that fails for it is simply made again, a second later.
 */
export const asInstallation = (app: Octokit, installation: number): Octokit => {
  const Client = app.constructor as new (options: object) => Octokit
  return new Client({ authStrategy: tokenStrategy, auth: { app, installation } })
}

type Defaulted = { defaults(more: object): Defaulted }
type Auth = { readonly request?: Defaulted }

/** Probot's own way to ask for tokens knows github.com alone: tokens of a server of one's own come from that server. */
const askingAt = (auth: Auth, more: object): Auth =>
  auth.request === undefined ? auth : { ...auth, request: auth.request.defaults(more) }

/**
 * Octokit's defaults for this app, as the function that Probot's shallow merge needs: a plain object loses
 * `throttle.enabled: false` and every write then waits a second. Limits are kept by this app's own limiter instead, and
 * nothing is retried behind our back: a write must happen once, and a read is asked again by its own look.
 */
export const octokitOptions =
  (settings: OctokitSettings) =>
  (given: { readonly throttle?: object; readonly auth?: Auth } = {}) => {
    const baseUrl = baseUrlOf(settings)
    const request = { fetch: timedFetch(settings.timeout ?? REQUEST_TIMEOUT) }
    return {
      ...given,
      ...(given.auth === undefined ? {} : { auth: askingAt(given.auth, { baseUrl, request }) }),
      baseUrl,
      userAgent: `release-gates/${version}`,
      throttle: { ...given.throttle, enabled: false },
      retry: { enabled: false },
      request,
    }
  }
