import { sql, type Insertable } from 'kysely'
import { keyOf, laneOf, priorityOf, type Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import { canonicalJson } from './canonical.js'
import type { Writing } from './engine.js'
import { touchedAgain, touchedFirst } from './pauses.js'
import type { SubjectsTable } from './tables.js'

type Touch = Extract<Hint, { readonly kind: 'touch' }>

const isLater = ({ notBefore }: Touch, now: Instant): boolean => notBefore !== undefined && notBefore > now

/** A subject that was not known. */
const firstSeen = (hint: Touch, now: Instant, delivery: string | null): Insertable<SubjectsTable> => {
  const { subject, sha = null, installation, notBefore = null } = hint
  const later = isLater(hint, now)
  const lane = laneOf(subject, sha)
  return {
    key: keyOf(subject),
    kind: subject.kind,
    repository: subject.repository,
    installation,
    document: canonicalJson(subject),
    sha,
    lane,
    next_lane: lane,
    generation: later ? 0 : 1,
    judged_generation: 0,
    look_again_at: null,
    wake_at: later ? notBefore : null,
    priority: priorityOf(subject),
    turn: now,
    lease_owner: null,
    lease_until: null,
    leased_generation: null,
    attempts: 0,
    retry_at: 0,
    asked: null,
    finished: 0,
    dead: 0,
    error: null,
    touched_at: now,
    delivery,
    ...touchedFirst(now),
  }
}

/** A leased subject keeps its lane until its lease ends. */
const moved = (sha: string, lane: string) => ({
  sha,
  next_lane: lane,
  lane: sql<string>`case when subjects.lease_owner is null then excluded.lane else subjects.lane end`,
})

const EARLIER = sql<number>`case when subjects.wake_at < excluded.wake_at then subjects.wake_at else excluded.wake_at end`
const ONE_UP = sql<number>`subjects.generation + 1`
const IN_LINE = sql<boolean>`subjects.generation > subjects.judged_generation and subjects.priority <= excluded.priority`
const ATTEMPTS = sql<number>`case when subjects.dead = 1 then 0 else subjects.attempts end`
/** What failed waits no longer than this once something new happens to it: the trouble may be over. In milliseconds. */
const FRESH = 5_000
const retryAt = (now: Instant) =>
  sql<number>`case
    when subjects.dead = 1 then 0
    when subjects.retry_at > cast(${now + FRESH} as bigint) then cast(${now + FRESH} as bigint)
    else subjects.retry_at end`

/** What a touch changes in a subject that is known. */
const seenAgain = (hint: Touch, now: Instant, delivery: string | null) => {
  const { subject, sha, installation } = hint
  return {
    document: canonicalJson(subject),
    installation,
    ...(sha === undefined ? {} : moved(sha, laneOf(subject, sha))),
    ...(isLater(hint, now) ? { wake_at: EARLIER } : { generation: ONE_UP, ...touchedAgain(now, hint.closes) }),
    priority: priorityOf(subject),
    turn: sql<number>`case when ${IN_LINE} then subjects.turn else excluded.turn end`,
    attempts: ATTEMPTS,
    retry_at: isLater(hint, now)
      ? sql<number>`case when subjects.dead = 1 then 0 else subjects.retry_at end`
      : retryAt(now),
    finished: 0,
    dead: 0,
    touched_at: now,
    ...(delivery === null ? {} : { delivery }),
  } as const
}

/** One generation up, or, with `notBefore` ahead, a look at that time; a finished or dead subject is back in either case. */
export const touch = async (
  writing: Writing,
  hint: Touch,
  now: Instant,
  delivery: string | null = null,
): Promise<void> => {
  await writing
    .insertInto('subjects')
    .values(firstSeen(hint, now, delivery))
    .onConflict((conflict) => conflict.column('key').doUpdateSet(seenAgain(hint, now, delivery)))
    .execute()
}
