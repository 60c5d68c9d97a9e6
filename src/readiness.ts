import type { Clock, GitHub } from './gatekeeper/ports.js'
import type { Store } from './store/store.js'
import type { ReadyPart } from './web/pages.js'

/** A delivery that has waited longer than this for its dispatch means that the app does not keep up, in milliseconds. */
const BACKLOG_LIMIT = 5 * 60 * 1000
/** Beyond this, windows and freezes are undecided. */
const CLOCK_LIMIT = 30 * 1000

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`

/** What must be well before the app can do its work: the store, the backlog, the clock against GitHub's. */
export const readiness =
  ({ store, github, clock }: { readonly store: Store; readonly github: GitHub; readonly clock: Clock }) =>
  async (): Promise<readonly ReadyPart[]> => {
    const { ok, problem, backlog } = await store.health()
    const waited = backlog?.oldest == null ? 0 : clock.now() - backlog.oldest
    const offset = github.clockOffset()
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
    ]
  }
