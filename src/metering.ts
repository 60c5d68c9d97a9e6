import type { Clock, Debts, Records, StoredDelivery } from './gatekeeper/ports.js'
import { keyOf, type Hint } from './gatekeeper/subject.js'
import type { Gateway } from './github/gateway.js'
import type { Store } from './store/store.js'
import type { Standing } from './web/gauges.js'
import type { Metrics } from './web/metrics.js'

interface Places {
  readonly store: Store
  readonly github: Gateway
  readonly clock: Clock
}

/** How everything stands, for a scrape: what the store cannot tell is left out, and said to be. */
export const standing = async ({ store, github, clock }: Places): Promise<Standing> => {
  const { backlog } = await store.health()
  return {
    deliveries: backlog,
    subjects: backlog === null ? null : await store.waiting(clock.now()),
    allowances: github.allowances(),
    clockOffset: github.clockOffset(),
    credentials: github.credentials(),
  }
}

/** The records, which also tell what every gate decides anew. */
export const counting = (records: Records & Debts, metrics: Pick<Metrics, 'decided'>): Records & Debts => ({
  ...records,
  async verdict(record, now) {
    const recorded = await records.verdict(record, now)
    const { kind, decision } = record.verdict
    if (recorded.changed) metrics.decided(kind, decision)
    return recorded
  },
})

/** A delivery's subjects wait for their answer from now on. */
export const noteNamed = (metrics: Pick<Metrics, 'named'>, delivery: StoredDelivery, hints: readonly Hint[]): void =>
  metrics.named(
    hints.flatMap((hint) => (hint.kind === 'touch' && hint.notBefore === undefined ? [keyOf(hint.subject)] : [])),
    delivery.receivedAt,
  )
