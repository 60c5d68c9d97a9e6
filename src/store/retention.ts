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
export const expireDeliveries = async (engine: Engine, before: Instant): Promise<Expired> => ({
  done: await expireIn(engine, 'done', before),
  dead: await expireIn(engine, 'dead', before),
})

/** The oldest rows are looked at, and no more once some of them are to stay: rows are numbered as deliveries came. */
const expireIn = async ({ write }: Engine, state: 'done' | 'dead', before: Instant): Promise<number> => {
  let all = 0
  for (let last = PAGE; last === PAGE;) {
    const gone = await write((writing) =>
      writing
        .deleteFrom('deliveries')
        .where('row', 'in', (eb) =>
          eb.selectFrom('deliveries').select('row').where('state', '=', state).orderBy('row').limit(PAGE),
        )
        .where('state', '=', state)
        .where('received_at', '<', before)
        .returning('row')
        .execute(),
    )
    last = gone.length
    all += last
  }
  return all
}
