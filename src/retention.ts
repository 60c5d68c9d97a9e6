import type { Clock, Logger } from './gatekeeper/ports.js'
import type { Duration } from './policy/facts.js'
import type { Settings } from './settings.js'
import type { Store } from './store/store.js'

const HOUR: Duration = 60 * 60 * 1000

/** How long each is kept, in milliseconds. */
export type Kept = Pick<Settings, 'retainDeliveries' | 'retainFacts' | 'retainDecisions'>

/**
 * Lets go of what is older than the settings keep it: once an hour, by one instance for all. A failure is logged: judging
 * goes on, and what else is old still goes.
 */
export const keepingFor =
  (kept: Kept, { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Logger }) =>
  async (): Promise<void> => {
    const now = clock.now()
    const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
      try {
        return await work()
      } catch (error) {
        log.error({ error }, 'what is older than the settings keep it could not be removed; the next hour tries again')
        return null
      }
    }
    if ((await attempt(() => store.round('retention', now, HOUR))) !== true) return
    const { dead = 0 } = (await attempt(() => store.expireDeliveries(now - kept.retainDeliveries))) ?? {}
    if (dead > 0) log.warn({ dead }, 'dead deliveries were older than RETAIN_DELIVERIES and are gone')
    await attempt(() => store.expireSubjects(now - kept.retainFacts))
    const facts = await attempt(() => store.expireFacts(now - kept.retainFacts, now))
    const entries = await attempt(() => store.cutLedger(now - kept.retainDecisions, now))
    if (facts || entries)
      log.info({ facts, entries }, 'facts and entries of the ledger were kept long enough and are gone')
  }
