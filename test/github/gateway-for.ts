import { Probot, ProbotOctokit } from 'probot'
import { pino } from 'pino'
import { githubGateway, type Gateway } from '../../src/github/gateway.js'
import { octokitOptions } from '../../src/github/octokit.js'
import type { ReaderRecords, Repository } from '../../src/gatekeeper/ports.js'
import { installationId, repositoryId } from '../../src/policy/facts.js'
import type { World } from '../world/world.js'

/** Records that remember pins only; a test says what else was on record. */
export const someRecords = (known: Partial<ReaderRecords> = {}): ReaderRecords => {
  const pins = new Map<string, number>()
  return {
    mergeGate: async () => 'none',
    approvedRuns: async () => [],
    rejectedAt: async () => null,
    locks: async () => [],
    async pin(scope, name, id) {
      const key = `${scope}/${name}`
      const pinned = pins.get(key) ?? id
      pins.set(key, pinned)
      return pinned
    },
    ...known,
  }
}

export interface GatewayOptions {
  readonly records?: Partial<ReaderRecords>
  /** Stands between Octokit, which then has a token of the installation at hand, and the world. */
  readonly fetch?: typeof fetch
}

/** The gateway against a world, as the app has it: Probot's Octokit with this app's options. */
export const gatewayFor = async (
  world: World,
  { records = {}, fetch }: GatewayOptions = {},
): Promise<{ readonly gateway: Gateway; readonly repository: Repository }> => {
  const env = world.env()
  const log = pino({ level: 'silent' })
  const options = octokitOptions({ host: env.GHE_HOST, protocol: env.GHE_PROTOCOL })
  const Octokit = ProbotOctokit.defaults((given: Parameters<typeof options>[0]) => ({
    ...options(given),
    ...(fetch ? { request: { fetch } } : {}),
  }))
  const probot = new Probot({
    appId: env.APP_ID,
    privateKey: env.PRIVATE_KEY,
    secret: env.WEBHOOK_SECRET,
    Octokit,
    log,
  })
  const withToken = async () => new Octokit({ auth: { token: world.token() } })
  const gateway = githubGateway({
    appId: Number(env.APP_ID),
    policyRepository: '.github',
    ...(fetch ? { octokitFor: withToken } : {}),
    appOctokit: () => probot.auth(),
    records: someRecords(records),
    clock: { now: () => world.clock.now() },
    log,
  })
  const { id, owner, name } = world.repository()
  const repository = await gateway.repository({
    installation: installationId(world.installation.id),
    id: repositoryId(id),
    owner: owner.login,
    name,
  })
  return { gateway, repository }
}

/** Where a request goes. */
export const urlOf = (input: Parameters<typeof fetch>[0]): string =>
  typeof input === 'string' ? input : input instanceof URL ? input.href : input.url

/** A reply as GitHub sends it. */
export const jsonReply = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
