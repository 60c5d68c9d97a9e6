import type { Clock } from './gatekeeper/ports.js'
import type { Gateway } from './github/gateway.js'
import type { Store } from './store/store.js'
import type { ReadyPart } from './web/pages.js'

/** A delivery that has waited longer than this for its dispatch means that the app does not keep up, in milliseconds. */
const BACKLOG_LIMIT = 5 * 60 * 1000
/** Beyond this, windows and freezes are undecided. */
const CLOCK_LIMIT = 30 * 1000

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`

const CREDENTIALS = {
  accepted: 'GitHub takes the app’s key',
  refused: 'GitHub refuses the app’s key (401): check APP_ID and PRIVATE_KEY',
  unheard: 'GitHub was not asked yet',
} as const

/**
 * What must be well before the app can do its work: the store, the backlog, the clock against GitHub's, and the app's own
 * key. GitHub is not asked here; what counts is what it said last, at start and every five minutes.
 */
export const readiness =
  ({ store, github, clock }: { readonly store: Store; readonly github: Gateway; readonly clock: Clock }) =>
  async (): Promise<readonly ReadyPart[]> => {
    const { ok, problem, backlog } = await store.health()
    const waited = backlog?.oldest == null ? 0 : clock.now() - backlog.oldest
    const offset = github.clockOffset()
    const accepted = github.credentials()
    return [
      { name: 'store', ok, says: problem ?? 'open' },
      {
        name: 'backlog',
        ok: waited < BACKLOG_LIMIT,
        says: `${backlog?.waiting ?? 0} waiting, the oldest for ${seconds(waited)}; ${backlog?.dead ?? 0} dead`,
      },
      {
        name: 'clock',
        ok: offset === null || Math.abs(offset) <= CLOCK_LIMIT,
        says: offset === null ? 'GitHub was not heard yet' : `${seconds(offset)} off GitHub’s`,
      },
      {
        name: 'credentials',
        ok: accepted !== false,
        says: CREDENTIALS[accepted === null ? 'unheard' : accepted ? 'accepted' : 'refused'],
      },
    ]
  }
