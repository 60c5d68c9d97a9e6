import { readFileSync } from 'node:fs'
import type { Clock, Records } from '../gatekeeper/ports.js'
import { personalView, type PersonalView } from '../github/personal.js'

export interface PersonOptions {
  readonly tokenStdin?: boolean
  readonly appId?: string
}

/** A person's look at GitHub, and as which app it reads the app's own checks. */
export interface Person {
  readonly view: PersonalView
  /** `null`: nobody told which app is meant, so that its own check cannot be told from another's. */
  readonly appId: number | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws {Error} when there is no token. */
const tokenOf = ({ tokenStdin = false }: PersonOptions, env: Environment): string => {
  const token = (tokenStdin ? readFileSync(0, 'utf8') : (env['GH_TOKEN'] ?? env['GITHUB_TOKEN'] ?? '')).trim()
  if (token !== '') return token
  throw new Error('there is no token; set GH_TOKEN or GITHUB_TOKEN, or give one on standard input with --token-stdin')
}

/** @throws {Error} when the id is no number. */
const appIdOf = ({ appId }: PersonOptions, env: Environment): number | null => {
  const written = appId ?? env['APP_ID'] ?? ''
  if (written === '') return null
  const id = Number(written)
  if (Number.isSafeInteger(id) && id > 0) return id
  throw new Error(`${appId === undefined ? 'APP_ID' : '--app-id'} is ${written}; it must be the app's number`)
}

/** Names are pinned for one look only: a person's look leaves nothing behind. */
const unpinned: Pick<Records, 'pin'> = { pin: async (_scope, _name, id) => id }

const NOTHING: Omit<Parameters<typeof personalView>[0]['records'], 'pin'> = {
  mergeGate: async () => 'none',
  approvedRuns: async () => [],
  rejectedAt: async () => null,
  locks: async () => [],
}

/**
 * GitHub as the person sees it whose token stands in `GH_TOKEN` or `GITHUB_TOKEN`, or comes on standard input.
 * @throws {Error} when there is no token.
 */
export const personOf = (options: PersonOptions, records: Records | null, clock: Clock): Person => {
  const env: Environment = process.env
  const appId = appIdOf(options, env)
  const known = records ?? NOTHING
  const view = personalView({
    token: tokenOf(options, env),
    host: env['GHE_HOST'],
    protocol: env['GHE_PROTOCOL'],
    appId: appId ?? 0,
    policyRepository: env['POLICY_REPOSITORY'] ?? '.github',
    records: {
      ...unpinned,
      mergeGate: (repository, number, head) => known.mergeGate(repository, number, head),
      approvedRuns: (repository, environment) => known.approvedRuns(repository, environment),
      rejectedAt: (repository, environment, sha) => known.rejectedAt(repository, environment, sha),
      locks: (repository) => known.locks(repository),
    },
    clock,
  })
  return { view, appId }
}
