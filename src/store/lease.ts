import { sql } from 'kysely'
import type { Lease, Lifetime } from '../gatekeeper/ports.js'
import { PRIORITY, type Subject } from '../gatekeeper/subject.js'
import type { InstallationId, Instant } from '../policy/facts.js'
import { hasRivals, type Writing } from './engine.js'
import type { SubjectRow } from './tables.js'

/** A lease's end, however it comes: the subject moves to the lane that it was touched into meanwhile. */
export const RELEASED = {
  lease_owner: null,
  lease_until: null,
  leased_generation: null,
  lane: sql<string>`next_lane`,
} as const

/** No lease is given for so long, in milliseconds: it was by a clock that was ahead, and its owner may be gone. */
const STRAY = 10 * 60_000

/** Leases that ran out; where others take them back too, what they are at is left to them. */
const runOut = (writing: Writing, now: Instant) => {
  const found = writing
    .selectFrom('subjects')
    .select('key')
    .where('lease_owner', 'is not', null)
    .where((eb) => eb.or([eb('lease_until', '<=', now), eb('lease_until', '>', now + STRAY)]))
  return (hasRivals(writing) ? found.forUpdate().skipLocked() : found).execute()
}

/** What is told of a subject whose worker was gone when its lease ran out. */
const WORKER_GONE = 'its worker did not come back'

/**
 * Gives up on nothing that was touched since: dead letters have their attempts again; one that may have taken its worker
 * with it has a single one, for it may do so again.
 */
export const raiseDead = async (writing: Writing, since: Instant, now: Instant): Promise<void> => {
  await writing
    .updateTable('subjects')
    .set({
      dead: 0,
      attempts: sql<number>`case when error = ${WORKER_GONE} then attempts - 1 else 0 end`,
      retry_at: now,
      generation: sql<number>`generation + 1`,
    })
    .where('dead', '=', 1)
    .where('finished', '=', 0)
    .where('touched_at', '>=', since)
    .execute()
}

/** Takes leases back that ran out. That counts as a failure, so that a subject which kills its worker ends as a dead letter. */
export const expire = async (writing: Writing, now: Instant, attempts: number): Promise<void> => {
  for (const { key } of await runOut(writing, now))
    await writing
      .updateTable('subjects')
      .set({
        ...RELEASED,
        attempts: sql<number>`attempts + 1`,
        dead: sql<0 | 1>`case when attempts + 1 >= ${attempts} then 1 else 0 end`,
        error: WORKER_GONE,
      })
      .where('key', '=', key)
      .execute()
}

interface Wish {
  readonly owner: string
  readonly now: Instant
  readonly ttl: Lifetime
  readonly limit: number
  /** Of one installation, those counted that the owner has; deployments and people's acts go beyond. */
  readonly each: number
}

interface Due {
  readonly key: string
  readonly kind: Subject['kind']
}

/**
 * The first due subject of every free lane: by priority, and among equals each installation in its turn, so that one with
 * much to do, or of which GitHub is slow to tell, leaves room for the others; what somebody waits for takes what room
 * there is. `+ 0` keeps SQLite from reading all subjects
 * in the order of an index instead of the few that are leased.
 */
const firsts = ({ now, owner, each }: Wish, limit: number) => sql<Due>`
  select key, kind, priority, nth, turn from (
    select key, kind, priority, turn, coalesce(held, 0)
      + row_number() over (partition by due.installation order by priority, turn, key) as nth
    from (
      select key, kind, installation, priority, turn,
        row_number() over (partition by lane order by priority, turn, key) as place
      from subjects as s
      where due_at <= ${now} and lease_owner is null
        and not exists (select 1 from subjects as l where l.lane = s.lane and l.lease_owner is not null)
    ) as due
    left join (
      select installation + 0 as installation, count(*) as held from subjects
      where lease_owner is not null and lease_owner = ${owner} group by installation + 0
    ) as leased on leased.installation = due.installation
    where place = 1
  ) as turns
  where nth <= ${each} or priority <= ${PRIORITY.act} order by priority, nth, turn, key limit ${limit}`

/** Marks the locks of lanes among all others that are taken in the database. */
const LANE = 7_273_372
/** Others may be taking the same ones: a look at more than is wished for finds what they leave. */
const SPARE = 4

/**
 * Where others lease too: what they are taking at this moment is passed over, and each lane is locked until the commit,
 * so that two of its subjects are not leased by two, each of whom sees it free.
 */
const firstsAmongRivals = (wish: Wish) => sql<Due>`
  with due as materialized (${firsts(wish, wish.limit * SPARE)}),
  free as materialized (
    select s.key, s.kind, s.lane, due.priority, due.nth, due.turn from subjects as s join due on due.key = s.key
    where s.due_at <= ${wish.now} and s.lease_owner is null
    order by s.key for update of s skip locked)
  select key, kind from free where pg_try_advisory_xact_lock(${LANE}, hashtext(lane))
  order by priority, nth, turn, key limit ${wish.limit}`

/** The one query that each engine needs in a form of its own. */
const dueNow = async (writing: Writing, wish: Wish): Promise<readonly Due[]> =>
  (await (hasRivals(writing) ? firstsAmongRivals(wish) : firsts(wish, wish.limit)).execute(writing)).rows

const leaseOf = (row: SubjectRow, owner: string): Lease => ({
  key: row.key,
  subject: JSON.parse(row.document) as Subject,
  installation: row.installation as InstallationId,
  lane: row.lane,
  owner,
  generation: row.generation,
  attempts: row.attempts,
  priority: row.priority,
  sha: row.sha,
  delivery: row.delivery,
})

/**
 * Every lease raises the generation: the number names this lease alone, and a subject that is handed back unjudged is
 * due again whatever had made it due.
 */
const take = async (writing: Writing, { key, kind }: Due, { owner, now, ttl }: Wish): Promise<Lease | null> => {
  const row = await writing
    .updateTable('subjects')
    .set({
      lease_owner: owner,
      lease_until: now + (typeof ttl === 'number' ? ttl : ttl(kind)),
      generation: sql<number>`generation + 1`,
      leased_generation: sql<number>`generation + 1`,
      wake_at: sql<number | null>`case when wake_at <= ${now} then null else wake_at end`,
    })
    .where('key', '=', key)
    .where('lease_owner', 'is', null)
    .where(
      sql<boolean>`not exists (select 1 from subjects as l where l.lane = subjects.lane and l.lease_owner is not null)`,
    )
    .returningAll()
    .executeTakeFirst()
  return row ? leaseOf(row, owner) : null
}

export const leaseDue = async (writing: Writing, wish: Wish): Promise<readonly Lease[]> => {
  const leases: Lease[] = []
  for (const due of await dueNow(writing, wish)) {
    const lease = await take(writing, due, wish)
    if (lease) leases.push(lease)
  }
  return leases
}
