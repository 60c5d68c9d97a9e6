import { readFileSync } from 'node:fs'
import { Unreadable, type Clock, type Records } from '../gatekeeper/ports.js'
import { personalView, type PersonalView } from '../github/personal.js'
import { valueIn, type Environment } from './environment.js'

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

/** @throws {Error} when there is no token. */
const tokenOf = ({ tokenStdin = false }: PersonOptions, env: Environment): string => {
  const token = tokenStdin
    ? readFileSync(0, 'utf8').trim()
    : (valueIn(env, 'GH_TOKEN') ?? valueIn(env, 'GITHUB_TOKEN') ?? '')
  if (token !== '') return token
  throw new Error('there is no token; set GH_TOKEN or GITHUB_TOKEN, or give one on standard input with --token-stdin')
}

/** What GitHub refuses a person's token for is told as theirs: it is they who can mend it. */
export const withToken = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Unreadable && error.status === 401)) throw error
    throw new Error(
      'GitHub refuses your token (401): it has expired, was withdrawn, or is of another server; give another one in GH_TOKEN or GITHUB_TOKEN, or with --token-stdin',
      { cause: error },
    )
  }
}

/** @throws {Error} when the id is no number. */
const appIdOf = ({ appId }: PersonOptions, env: Environment): number | null => {
  const written = appId ?? valueIn(env, 'APP_ID')
  if (written === null) return null
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

/** The organisation's policy repository. */
export const policyRepositoryIn = (env: Environment): string => valueIn(env, 'POLICY_REPOSITORY') ?? '.github'

/**
 * GitHub as the person sees it whose token stands in `GH_TOKEN` or `GITHUB_TOKEN`, or comes on standard input. Unlike the
 * store's commands this reads no `.env`: a file in a repository that is looked at could send the token elsewhere.
 * @throws {Error} when there is no token.
 */
export const personOf = (options: PersonOptions, records: Records | null, clock: Clock): Person => {
  const env: Environment = process.env
  const appId = appIdOf(options, env)
  const known = records ?? NOTHING
  const view = personalView({
    token: tokenOf(options, env),
    host: valueIn(env, 'GHE_HOST') ?? undefined,
    protocol: valueIn(env, 'GHE_PROTOCOL') ?? undefined,
    appId: appId ?? 0,
    policyRepository: policyRepositoryIn(env),
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
