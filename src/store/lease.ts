import { sql } from 'kysely'
import type { Lease } from '../gatekeeper/ports.js'
import type { Subject } from '../gatekeeper/subject.js'
import type { InstallationId, Instant } from '../policy/facts.js'
import type { Writing } from './engine.js'
import type { SubjectRow } from './tables.js'

/** A lease's end, however it comes: the subject moves to the lane that it was touched into meanwhile. */
export const RELEASED = {
  lease_owner: null,
  lease_until: null,
  leased_generation: null,
  lane: sql<string>`next_lane`,
} as const

/** Takes leases back that ran out. That counts as a failure, so that a subject which kills its worker ends as a dead letter. */
export const expire = async (writing: Writing, now: Instant, attempts: number): Promise<void> => {
  await writing
    .updateTable('subjects')
    .set({
      ...RELEASED,
      attempts: sql<number>`attempts + 1`,
      dead: sql<0 | 1>`case when attempts + 1 >= ${attempts} then 1 else 0 end`,
      error: 'its worker did not come back',
    })
    .where('lease_owner', 'is not', null)
    .where('lease_until', '<=', now)
    .execute()
}

interface Wish {
  readonly owner: string
  readonly now: Instant
  readonly until: Instant
  readonly limit: number
}

/** The first due subject of every free lane. The one query that PostgreSQL needs in a form of its own (`skip locked`). */
const dueKeys = async (writing: Writing, { now, limit }: Wish): Promise<readonly string[]> => {
  const { rows } = await sql<{ key: string }>`
    select key from (
      select key, priority, turn, row_number() over (partition by lane order by priority, turn, key) as place
      from subjects as s
      where due_at <= ${now} and lease_owner is null
        and not exists (select 1 from subjects as l where l.lane = s.lane and l.lease_owner is not null)
    ) as due
    where place = 1 order by priority, turn, key limit ${limit}`.execute(writing)
  return rows.map(({ key }) => key)
}

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
})

/**
 * Every lease raises the generation: the number names this lease alone, and a subject that is handed back unjudged is
 * due again whatever had made it due.
 */
const take = async (writing: Writing, key: string, { owner, now, until }: Wish): Promise<Lease | null> => {
  const row = await writing
    .updateTable('subjects')
    .set({
      lease_owner: owner,
      lease_until: until,
      generation: sql<number>`generation + 1`,
      leased_generation: sql<number>`generation + 1`,
      wake_at: sql<number | null>`case when wake_at <= ${now} then null else wake_at end`,
    })
    .where('key', '=', key)
    .where('lease_owner', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row ? leaseOf(row, owner) : null
}

export const leaseDue = async (writing: Writing, wish: Wish): Promise<readonly Lease[]> => {
  const leases: Lease[] = []
  for (const key of await dueKeys(writing, wish)) {
    const lease = await take(writing, key, wish)
    if (lease) leases.push(lease)
  }
  return leases
}
