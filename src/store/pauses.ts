import { sql, type RawBuilder } from 'kysely'
import { PRIORITY } from '../gatekeeper/subject.js'
import type { Duration, Instant } from '../policy/facts.js'

/** A subject that is touched once in so many milliseconds, and no more often, is never made to wait. */
const EACH = 1_000
/** So much more often than that, and it is flooded: thirty touches at once are a busy day, not a flood. */
const FLOOD = 30 * EACH
/** A flood is over for good so long after its last touch, however many there were. */
const MOST = 40 * EACH
/** While it is flooded, what has not been touched for this long has settled: it is looked at before its pause ends. */
const SETTLED = 2_000

/** What may close a gate waits no longer than this. In milliseconds. */
const CLOSING = 1_000

/** Pauses after the first look of a row, the second one, …; the last one holds for all that follow. In milliseconds. */
const CLOSED: readonly Duration[] = [0, 1_000, 8_000, 60_000]
/** Of what a gate stands open for: it is never left so for long. */
const OPEN: readonly Duration[] = [0, 1_000, 8_000, 16_000]
/** Somebody waits for these. */
const SHORT: readonly Duration[] = [0, 1_000]

/** PostgreSQL would take a number among numbers that are not in a table for a small one. */
const big = (value: number) => sql<number>`cast(${value} as bigint)`

const earlier = (one: RawBuilder<number>, other: RawBuilder<number>) =>
  sql<number>`case when ${one} < ${other} then ${one} else ${other} end`

/**
 * What a touch, or a waking, adds: how busy the subject is, as an instant that each touch moves on (a bucket that leaks,
 * in one number); a new row of looks where it was calm; and in a pause, a look as soon as it has settled.
 */
export const touchedAgain = (now: Instant, closes = false) => ({
  busy_until: sql<number>`case
    when subjects.busy_until <= ${big(now)} then ${big(now + EACH)}
    when subjects.busy_until >= ${big(now + MOST - EACH)} then ${big(now + MOST)}
    else subjects.busy_until + ${big(EACH)} end`,
  looks: sql<number>`case when subjects.busy_until <= ${big(now)} then 0 else subjects.looks end`,
  ...(closes ? { rest_until: earlier(sql`subjects.rest_until`, big(now + CLOSING)) } : {}),
  not_before: sql<number>`case when subjects.rest_until <= ${big(now)} then 0
    else ${earlier(sql`subjects.rest_until`, big(now + (closes ? CLOSING : SETTLED)))} end`,
})

/** How busy a subject is that was not known. */
export const touchedFirst = (now: Instant) =>
  ({ busy_until: now + EACH, looks: 0, rest_until: 0, not_before: 0 }) as const

/** The end of the pause after a look that ends now. */
const pauseEnds = (pauses: readonly Duration[], now: Instant) => {
  const [last, ...others] = [...pauses].reverse()
  const cases = others
    .reverse()
    .map((pause, looks) => sql`when subjects.looks = ${big(looks)} then ${big(now + pause)}`)
  return sql<number>`case ${sql.join(cases, sql` `)} else ${big(now + (last ?? 0))} end`
}

/** What the end of a look adds: in a flood, a pause before what happens next is looked at. It delays no timer. */
export const restAfterLook = (priority: number, now: Instant) => {
  const open = sql<boolean>`exists (select 1 from verdicts where verdicts.subject = subjects.key and verdicts.decision = 'allow')`
  const ends =
    priority <= PRIORITY.act
      ? pauseEnds(SHORT, now)
      : sql<number>`case when ${open} then ${pauseEnds(OPEN, now)} else ${pauseEnds(CLOSED, now)} end`
  const rest = sql<number>`case when subjects.busy_until > ${big(now + FLOOD)} then ${ends} else 0 end`
  return {
    looks: sql<number>`subjects.looks + 1`,
    rest_until: rest,
    not_before: earlier(rest, big(now + SETTLED)),
  }
}
