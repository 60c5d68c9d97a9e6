import type { Clock } from './gatekeeper/ports.js'
import type { AppKeys } from './github/app-keys.js'
import type { Gateway } from './github/gateway.js'
import type { Store } from './store/store.js'
import type { ReadyPart } from './web/pages.js'

/** A delivery that has waited longer than this for its dispatch means that the app does not keep up, in milliseconds. */
const BACKLOG_LIMIT = 5 * 60 * 1000
/**
 * A store that could not take a delivery is not ready for so long, in milliseconds, or until it takes one: a full disk is
 * seen by nothing else. Not for ever: whoever sends it nothing any more would never know better.
 */
const REFUSAL_LASTS = 60 * 1000
/** Beyond this, windows and freezes are undecided. */
const CLOCK_LIMIT = 30 * 1000

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`

interface Parts {
  readonly store: Store
  readonly github: Pick<Gateway, 'clockOffset' | 'credentials'>
  readonly keys: Pick<AppKeys, 'inUse'>
  readonly clock: Clock
}

/** An older key that GitHub takes keeps the app at work; which one it refuses is said all the same. */
const credentialsOf = ({ github, keys }: Parts): ReadyPart => {
  const accepted = github.credentials()
  const { name, refused } = keys.inUse()
  const taken =
    refused.length === 0
      ? 'GitHub takes the app’s key'
      : `GitHub refuses ${refused.join(' and ')} (401); ${name} is used instead: check PRIVATE_KEY`
  const says =
    accepted === null
      ? 'GitHub has not answered yet'
      : 'GitHub refuses the app’s key (401): check APP_ID and PRIVATE_KEY'
  return { name: 'credentials', ok: accepted !== false, says: accepted === true ? taken : says }
}

/**
 * What must be well before the app can do its work: the store, the backlog, the clock against GitHub's, and the app's own
 * key. GitHub is not asked here; what counts is what it said last, at start and every five minutes.
 */
export const readiness = (parts: Parts) => async (): Promise<readonly ReadyPart[]> => {
  const { store, github, clock } = parts
  const { ok, problem, backlog, refused } = await store.health()
  const refuses = refused !== null && clock.now() - refused.at < REFUSAL_LASTS
  const waited = backlog?.oldest == null ? 0 : clock.now() - backlog.oldest
  const offset = github.clockOffset()
  return [
    {
      name: 'store',
      ok: ok && !refuses,
      says: problem ?? (refuses ? `a delivery could not be stored: ${refused.problem}` : 'open'),
    },
    {
      name: 'backlog',
      ok: waited < BACKLOG_LIMIT,
      says: `${backlog?.waiting ?? 0} waiting, the oldest for ${seconds(waited)}; ${backlog?.dead ?? 0} dead`,
    },
    {
      name: 'clock',
      ok: offset === null || Math.abs(offset) <= CLOCK_LIMIT,
      says: offset === null ? 'GitHub has not answered yet' : `${seconds(offset)} off GitHub’s`,
    },
    credentialsOf(parts),
  ]
}
