import { sql } from 'kysely'
import type { Judged, Lease, Lifetime, Subjects } from '../gatekeeper/ports.js'
import { laneOf, priorityOf, type Hint, type RepositoryAddress, type Subject } from '../gatekeeper/subject.js'
import type { Duration, InstallationId, Instant, RepositoryId } from '../policy/facts.js'
import { canonicalJson } from './canonical.js'
import type { Engine } from './engine.js'
import { bringBack } from './clock-back.js'
import { applyHints } from './hints.js'
import { expire, leaseDue, raiseDead, RELEASED } from './lease.js'
import { refuseNewer, versionOf } from './migrations/migrate.js'
import { restAfterLook } from './pauses.js'

const subjectOf = ({ document }: { readonly document: string }): Subject => JSON.parse(document) as Subject

const addressOf = (row: {
  repository: number
  installation: number
  owner: string
  name: string
}): RepositoryAddress => ({
  installation: row.installation as InstallationId,
  id: row.repository as RepositoryId,
  owner: row.owner,
  name: row.name,
})

/** What needs judging, and who is at it. A lease is known by its owner and the generation it was given. */
export class StoredSubjects implements Subjects {
  readonly #engine: Engine
  readonly #attempts: number

  /** @param attempts after so many failures in a row a subject is a dead letter. */
  constructor(engine: Engine, attempts: number) {
    this.#engine = engine
    this.#attempts = attempts
  }

  async hint(hints: readonly Hint[], now: Instant): Promise<void> {
    await this.#engine.write((writing) => applyHints(writing, hints, now))
  }

  /** @throws {StoreUnusable} beside an instance that has moved the schema on: that one judges from then on. */
  lease(owner: string, now: Instant, limit: number, ttl: Lifetime, each = limit): Promise<readonly Lease[]> {
    const { dialect, shared } = this.#engine
    return this.#engine.write(async (writing) => {
      if (shared) refuseNewer(await versionOf(writing, dialect), 'the database')
      await expire(writing, now, this.#attempts)
      return leaseDue(writing, { owner, now, limit, ttl, each })
    })
  }

  async renew(lease: Lease, now: Instant, ttl: Duration): Promise<boolean> {
    return this.#engine.write(async (writing) => {
      const renewed = await writing
        .updateTable('subjects')
        .set({ lease_until: now + ttl })
        .where('key', '=', lease.key)
        .where('lease_owner', '=', lease.owner)
        .where('leased_generation', '=', lease.generation)
        .where('lease_until', '>', now)
        .returning('key')
        .executeTakeFirst()
      return renewed !== undefined
    })
  }

  async holds(lease: Lease, now: Instant): Promise<boolean> {
    const held = await this.#engine.db
      .selectFrom('subjects')
      .select('key')
      .where('key', '=', lease.key)
      .where('lease_owner', '=', lease.owner)
      .where('leased_generation', '=', lease.generation)
      .where('lease_until', '>', now)
      .executeTakeFirst()
    return held !== undefined
  }

  async judged(lease: Lease, { lookAgainAt, asked, sha, finished }: Judged, now: Instant): Promise<void> {
    const again = sql<boolean>`generation > ${lease.generation}`
    const moved = sql<boolean>`${again} and sha is distinct from ${lease.sha}`
    const about = sha ?? lease.sha
    await this.#engine.write((writing) =>
      writing
        .updateTable('subjects')
        .set({
          ...RELEASED,
          ...restAfterLook(priorityOf(lease.subject), now),
          judged_generation: lease.generation,
          look_again_at: finished ? null : lookAgainAt,
          asked: canonicalJson(asked),
          sha: sql<string | null>`case when ${moved} then sha else ${about} end`,
          lane: sql<string>`case when ${moved} then next_lane else ${laneOf(lease.subject, about)} end`,
          next_lane: sql<string>`case when ${moved} then next_lane else ${laneOf(lease.subject, about)} end`,
          finished: sql<0 | 1>`case when ${again} or wake_at is not null then 0 else ${finished ? 1 : 0} end`,
          priority: sql<number>`case when ${again} then priority else ${priorityOf(lease.subject)} end`,
          turn: sql<number>`case when ${again} then turn else ${lookAgainAt ?? now} end`,
          attempts: 0,
          retry_at: 0,
          error: null,
        })
        .where('key', '=', lease.key)
        .where('lease_owner', '=', lease.owner)
        .where('leased_generation', '=', lease.generation)
        .where('lease_until', '>', now)
        .execute(),
    )
  }

  async failed(lease: Lease, error: string, retryAt: Instant, now: Instant): Promise<void> {
    await this.#engine.write((writing) =>
      writing
        .updateTable('subjects')
        .set({
          ...RELEASED,
          attempts: sql<number>`attempts + 1`,
          dead: sql<0 | 1>`case when attempts + 1 >= ${this.#attempts} then 1 else 0 end`,
          retry_at: retryAt,
          error: error.replaceAll('\0', '\uFFFD'),
        })
        .where('key', '=', lease.key)
        .where('lease_owner', '=', lease.owner)
        .where('leased_generation', '=', lease.generation)
        .where('lease_until', '>', now)
        .execute(),
    )
  }

  async clockWentBack(from: Instant, to: Instant): Promise<void> {
    await this.#engine.write((writing) => bringBack(writing, from, to))
  }

  async handBack(owner: string): Promise<void> {
    await this.#engine.write((writing) =>
      writing.updateTable('subjects').set(RELEASED).where('lease_owner', '=', owner).execute(),
    )
  }

  async raiseDead(since: Instant, now: Instant): Promise<void> {
    await this.#engine.write((writing) => raiseDead(writing, since, now))
  }

  async inLane(lane: string): Promise<readonly Subject[]> {
    const rows = await this.#engine.db
      .selectFrom('subjects')
      .select('document')
      .where('lane', '=', lane)
      .where('finished', '=', 0)
      .orderBy('key')
      .execute()
    return rows.map(subjectOf)
  }

  async waiting(repository: RepositoryId): Promise<readonly Subject[]> {
    const rows = await this.#engine.db
      .selectFrom('subjects')
      .select('document')
      .where('repository', '=', repository)
      .where('kind', 'in', ['deployment', 'api_deployment'])
      .where('finished', '=', 0)
      .orderBy('key')
      .execute()
    return rows.map(subjectOf)
  }

  async groups(repository: RepositoryId): Promise<readonly Extract<Subject, { readonly kind: 'group' }>[]> {
    const rows = await this.#engine.db
      .selectFrom('subjects')
      .select('document')
      .where('repository', '=', repository)
      .where('kind', '=', 'group')
      .where('finished', '=', 0)
      .orderBy('key')
      .execute()
    return rows.map(subjectOf).filter((subject) => subject.kind === 'group')
  }

  /** What waits behind a leased lane is not counted: it falls due when that lease ends, at the latest when it runs out. */
  async nextDue(_now: Instant): Promise<Instant | null> {
    const { rows } = await sql<{ due: number | null }>`
      select min(at) as due from (
        select at from (select due_at as at from subjects as s where due_at is not null and lease_owner is null
          and not exists (select 1 from subjects as l where l.lane = s.lane and l.lease_owner is not null)
          order by due_at limit 1) as first
        union all select lease_until as at from subjects where lease_owner is not null) as times`.execute(
      this.#engine.db,
    )
    return rows[0]?.due ?? null
  }

  async address(repository: RepositoryId): Promise<RepositoryAddress | null> {
    const row = await this.#engine.db
      .selectFrom('addresses')
      .selectAll()
      .where('repository', '=', repository)
      .executeTakeFirst()
    return row ? addressOf(row) : null
  }

  async addresses(): Promise<readonly RepositoryAddress[]> {
    return (await this.#engine.db.selectFrom('addresses').selectAll().orderBy('repository').execute()).map(addressOf)
  }
}
