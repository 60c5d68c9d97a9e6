import { sql } from 'kysely'
import type { Duration, Instant } from '../policy/facts.js'
import type { Writing } from './engine.js'

/** What a look or an event asks for within this time is reckoned from the clock, in milliseconds; beyond it, from facts. */
const NEAR: Duration = 10 * 60_000

type Column = 'look_again_at' | 'wake_at'

/**
 * The clock went back: waits that began by the time it had shown would last as much longer. What was to be looked at soon
 * still is; what a fact says about a later time stands.
 */
export const bringBack = async (writing: Writing, from: Instant, to: Instant): Promise<void> => {
  const isNear = (column: Column) => sql<boolean>`${sql.ref(column)} > ${from} and ${sql.ref(column)} <= ${from + NEAR}`
  const nearer = (column: Column) =>
    sql<number | null>`case when ${isNear(column)} then ${sql.ref(column)} - ${from - to} else ${sql.ref(column)} end`
  const over = (column: 'retry_at' | 'rest_until' | 'not_before' | 'busy_until') =>
    sql<number>`case when ${sql.ref(column)} > ${to} then 0 else ${sql.ref(column)} end`
  await writing
    .updateTable('subjects')
    .set({
      look_again_at: nearer('look_again_at'),
      wake_at: nearer('wake_at'),
      retry_at: over('retry_at'),
      rest_until: over('rest_until'),
      not_before: over('not_before'),
      busy_until: over('busy_until'),
    })
    .where('finished', '=', 0)
    .where((eb) =>
      eb.or([
        isNear('look_again_at'),
        isNear('wake_at'),
        eb('retry_at', '>', to),
        eb('not_before', '>', to),
        eb('busy_until', '>', to),
      ]),
    )
    .execute()
}
