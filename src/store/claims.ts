import type { StoredDelivery } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import { isItsTurn } from './back-off.js'
import type { Engine, Writing } from './engine.js'
import { refuseNewer, versionOf } from './migrations/migrate.js'

/** How long an instance that took deliveries is left alone with them, in milliseconds; their effect is one in any case. */
const CLAIM = 5_000

/** A claim that lasts longer was made by a clock that was ahead. */
const STRAY = 12 * CLAIM

/** What nobody else has claimed; what another instance is claiming at this moment is passed over. */
const free = (writing: Pick<Writing, 'selectFrom'>, { name }: Engine, now: Instant, limit: number) =>
  writing
    .selectFrom('deliveries')
    .select('row')
    .where('state', '=', 'waiting')
    .where(isItsTurn(now))
    .where((eb) =>
      eb.or([
        eb('claimed_by', 'is', null),
        eb('claimed_by', '=', name),
        eb('claimed_until', '<=', now),
        eb('claimed_until', '>', now + STRAY),
      ]),
    )
    .orderBy('row')
    .limit(limit)
    .forUpdate()
    .skipLocked()

/**
 * Waiting deliveries whose turn has come and that no other instance has claimed, oldest first, claimed for this one. A
 * claim saves double work and nothing else: one that runs out, or is not respected, does no harm.
 * @throws {StoreUnusable} beside an instance that has moved the schema on: that one sorts from then on.
 */
export const claim = async (engine: Engine, now: Instant, limit: number): Promise<readonly StoredDelivery[]> => {
  const rows = await engine.write(async (writing) => {
    refuseNewer(await versionOf(writing, engine.dialect), 'the database')
    return writing
      .with('free', (db) => free(db, engine, now, limit))
      .updateTable('deliveries')
      .set({ claimed_by: engine.name, claimed_until: now + CLAIM })
      .where('row', 'in', (eb) => eb.selectFrom('free').select('free.row'))
      .returning(['row', 'guid', 'event', 'body', 'received_at', 'attempts'])
      .execute()
  })
  return rows.map(({ received_at, ...row }) => ({ ...row, receivedAt: received_at })).sort((a, b) => a.row - b.row)
}
