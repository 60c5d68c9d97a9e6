import type { Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'

/** Rows that leave in one transaction, so that nobody waits long for it. */
const PAGE = 500

/** What has left: `done` were handled; `dead` were given up, and nobody can retry them any more. */
export interface Expired {
  readonly done: number
  readonly dead: number
}

/**
 * Removes deliveries that were received before an instant and do not wait. The ledger keeps the digest of each that was
 * handled, so the chain is as it was. One that waits stays, however old.
 */
export const expireDeliveries = async ({ write }: Engine, before: Instant): Promise<Expired> => {
  const gone = { done: 0, dead: 0 }
  for (let last = PAGE; last === PAGE;) {
    const rows = await write((writing) =>
      writing
        .deleteFrom('deliveries')
        .where('row', 'in', (eb) =>
          eb
            .selectFrom('deliveries')
            .select('row')
            .where('state', '<>', 'waiting')
            .where('received_at', '<', before)
            .orderBy('row')
            .limit(PAGE),
        )
        .where('state', '<>', 'waiting')
        .returning('state')
        .execute(),
    )
    for (const { state } of rows) gone[state === 'dead' ? 'dead' : 'done']++
    last = rows.length
  }
  return gone
}
