import type { Clock, Logger } from './gatekeeper/ports.js'
import type { Duration } from './policy/facts.js'
import type { Store } from './store/store.js'

const HOUR: Duration = 60 * 60 * 1000

/** Lets go of what is older than the settings keep it: once an hour, by one instance for all. A failure is logged: judging goes on. */
export const keepingFor =
  (
    deliveries: Duration,
    { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Logger },
  ) =>
  async (): Promise<void> => {
    try {
      const now = clock.now()
      if (!(await store.round('retention', now, HOUR))) return
      const { dead } = await store.expireDeliveries(now - deliveries)
      if (dead > 0) log.warn({ dead }, 'dead deliveries were older than RETAIN_DELIVERIES and are gone')
    } catch (error) {
      log.error({ error }, 'what is older than the settings keep it could not be removed; the next hour tries again')
    }
  }
