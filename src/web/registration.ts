import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../gatekeeper/ports.js'
import { answer, refuse, SECURITY_HEADERS, type FrontHandler } from './answer.js'
import { WEBHOOK_PATH } from './inbox.js'
import { LIMITS } from './limits.js'
import { escaped, manifestOf } from './manifest.js'
import { loadProbotSetup, type Credentials, type ProbotSetup } from './probot-setup.js'
import { guarded } from './registration-guard.js'
import { listening, running, type RunningServer } from './server.js'

/** Only this machine may register the app: whoever does becomes its owner. */
const LOOPBACK = '127.0.0.1'

export interface RegistrationParts {
  readonly settings: {
    readonly port: number
    readonly baseUrl: string | null
    readonly github: { readonly webUrl: string }
    /** The first will own the app; none: the person who registers it. A private app serves its owner alone. */
    readonly allowedOrganisations: readonly string[]
  }
  /** What is missing, a sentence each. */
  readonly problems: readonly string[]
  /** The text of `app.yml`. */
  readonly appYml: string
  readonly version: string
  /** Keeps the new credentials, for example in `.env`. */
  readonly keep: (credentials: Credentials) => void
  readonly log: Logger
}

/** Offers Probot's registration page on 127.0.0.1, and nothing else: no delivery is taken. Says so in one line. */
export const startRegistration = async (parts: RegistrationParts): Promise<RunningServer> => {
  const probot = await loadProbotSetup()
  const state = randomBytes(16).toString('hex')
  const setup = await probotHandler(probot, parts)
  const server = createServer({ headersTimeout: LIMITS.headers, requestTimeout: LIMITS.request })
  const local = () => `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`
  const handler = guarded(state, async (request, response) => {
    const page = pageFor(probot, parts, local(), state)[request.url?.split('?', 1)[0] ?? '']
    if (request.method === 'GET' && page) return show(response, page())
    return (await probot.staticFilesHandler(request, response)) || setup(request, response)
  })
  server.on('request', (request, response) => {
    serve(handler, parts, request, response).catch(() => response.destroy())
  })
  await listening(server, { host: LOOPBACK, port: parts.settings.port })
  const page = `${local()}/probot`
  parts.log.warn({ page }, `not registered: only ${page} is offered, to register. ${parts.problems.join(' ')}`)
  return running(server, LIMITS)
}

const serve = async (
  handler: FrontHandler,
  { log, settings: { github } }: RegistrationParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  for (const [name, value] of Object.entries(headersFor(github.webUrl))) response.setHeader(name, value)
  try {
    if (await handler(request, response)) return
    refuse(request, response, 404, { error: 'not_found' }, { linger: LIMITS.linger })
  } catch (error) {
    log.error({ problem: error instanceof Error ? error.message : String(error) }, 'registration failed')
    if (response.headersSent) response.destroy()
    else
      answer(response, 502, { error: 'registration_failed', message: 'GitHub did not register the app; see the log.' })
  }
}

/** Probot's pages load their own style, image and script, and post their manifest to GitHub. */
const headersFor = (github: string) => ({
  ...SECURITY_HEADERS,
  'content-security-policy': [
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'self'; img-src 'self'",
    `script-src 'unsafe-inline'; connect-src 'self'; form-action ${github}`,
  ].join('; '),
})

const show = (response: ServerResponse, html: string): true => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
  return true
}

const probotHandler = ({ setupAppFactory }: ProbotSetup, { keep, log, settings }: RegistrationParts) =>
  setupAppFactory({
    host: LOOPBACK,
    port: settings.port,
    log: { info: () => undefined, error: (error) => log.error({ problem: String(error) }, 'registration failed') },
    SmeeClient: { createChannel: () => Promise.resolve(undefined) },
    updateEnv: (credentials) => {
      if (credentials['APP_ID'] === undefined) return credentials // the answer of the absent smee.io
      keep(credentials)
      log.info({ app: credentials['APP_ID'] }, 'registered: the credentials are kept; start the server again')
      return credentials
    },
  })()

/** The two pages whose addresses Probot gets wrong. */
const pageFor = (
  { setupView, importView }: ProbotSetup,
  { settings, appYml, version }: RegistrationParts,
  localUrl: string,
  state: string,
): Readonly<Record<string, (() => string) | undefined>> => {
  const { baseUrl, github } = settings
  const [organisation] = settings.allowedOrganisations
  const publicUrl = baseUrl ?? localUrl
  const owner = organisation === undefined ? '' : `/organizations/${encodeURIComponent(organisation)}`
  const name = 'Release Gates'
  return {
    '/probot': () =>
      setupView({
        name,
        version,
        description: escaped(`GitHub will deliver events to ${publicUrl}${WEBHOOK_PATH}.`),
        createAppUrl: escaped(`${github.webUrl}${owner}/settings/apps/new?state=${state}`),
        manifest: escaped(JSON.stringify(manifestOf(appYml, { publicUrl, localUrl, webhookPath: WEBHOOK_PATH }))),
      }),
    '/probot/import': () =>
      importView({ name, WEBHOOK_PROXY_URL: escaped(`${publicUrl}${WEBHOOK_PATH}`), GH_HOST: github.webUrl }),
  }
}
