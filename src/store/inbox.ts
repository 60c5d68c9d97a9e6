import { sql } from 'kysely'
import type { Coalesced, Delivery, Inbox, StoredDelivery } from '../gatekeeper/ports.js'
import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import { backOff, isItsTurn } from './back-off.js'
import type { Engine, Writing } from './engine.js'
import type { GroupCommit } from './group-commit.js'
import { coalescedBy } from './causes.js'
import { claim } from './claims.js'
import { applyHints, oldIn } from './hints.js'
import { append } from './ledger.js'
import { refusing } from './refusals.js'
import { SharedEffects, type Effect } from './shared-effects.js'

/** For the ledger: deliveries whose look is this one's. */
const inPlaceOf = (coalesced: readonly Coalesced[]): { readonly inPlaceOf?: readonly string[] } =>
  coalesced.length === 0 ? {} : { inPlaceOf: [...new Set(coalesced.map(({ delivery }) => delivery))] }

/** What a delivery means for the subjects, and that it came, written down together. */
export const tookEffect = async (
  writing: Writing,
  delivery: { readonly guid: string; readonly event: string; readonly digest: string; readonly receivedAt: Instant },
  hints: readonly Hint[],
  now: Instant,
): Promise<readonly Coalesced[]> => {
  const { guid, event, digest, receivedAt } = delivery
  const coalesced = await coalescedBy(writing, guid, hints)
  await applyHints(writing, hints, now, guid)
  const body = { guid, event, digest, receivedAt, hints: hints.length, ...oldIn(hints), ...inPlaceOf(coalesced) }
  await append(writing, { at: now, kind: 'delivery', installation: null, repository: null, subject: null, body })
  return coalesced
}

/** Once: a delivery that took effect before does nothing. */
const takesEffect = async (writing: Writing, { row, hints, now }: Effect): Promise<readonly Coalesced[]> => {
  const done = await writing
    .updateTable('deliveries')
    .set({ state: 'done', body: '', error: null })
    .where('row', '=', row)
    .where('state', '<>', 'done')
    .returning(['guid', 'event', 'digest', 'received_at'])
    .executeTakeFirst()
  if (done === undefined) return []
  return tookEffect(writing, { ...done, receivedAt: done.received_at }, hints, now)
}

/** Deliveries in a table, from the moment they are verified until their hints have taken effect. */
export class StoredInbox implements Inbox {
  readonly #engine: Engine
  readonly #commits: GroupCommit
  readonly #attempts: number
  readonly #effects: SharedEffects

  /** @param attempts after so many failures a delivery is a dead letter. */
  constructor(engine: Engine, commits: GroupCommit, attempts: number) {
    this.#engine = engine
    this.#commits = commits
    this.#attempts = attempts
    this.#effects = new SharedEffects(engine, takesEffect)
  }

  accept(delivery: Delivery): Promise<void> {
    return this.#commits.accept(delivery)
  }

  /** Whether a delivery of this GUID waits or was handled; one that was given up on does not count. */
  async knows(guid: string): Promise<boolean> {
    const found = await this.#engine.db
      .selectFrom('deliveries')
      .select('row')
      .where('guid', '=', guid)
      .where('state', '<>', 'dead')
      .limit(1)
      .executeTakeFirst()
    return found !== undefined
  }

  async undispatched(now: Instant, limit: number): Promise<readonly StoredDelivery[]> {
    if (this.#engine.shared) return claim(this.#engine, now, limit)
    const rows = await this.#engine.db
      .selectFrom('deliveries')
      .select(['row', 'guid', 'event', 'body', 'received_at', 'attempts'])
      .where('state', '=', 'waiting')
      .where(isItsTurn(now))
      .orderBy('row')
      .limit(limit)
      .execute()
    return rows.map(({ received_at, ...row }) => ({ ...row, receivedAt: received_at }))
  }

  dispatched({ row }: StoredDelivery, hints: readonly Hint[], now: Instant): Promise<readonly Coalesced[]> {
    const effect = { row, hints, now }
    if (this.#engine.shared) return refusing(this.#effects.take(effect))
    return refusing(this.#engine.write((writing) => takesEffect(writing, effect)))
  }

  async failed({ row }: StoredDelivery, error: string, now: Instant): Promise<void> {
    const state = sql<'dead' | 'waiting'>`case when attempts + 1 >= ${this.#attempts} then 'dead' else 'waiting' end`
    await this.#engine.write(async (writing) => {
      const found = await writing
        .updateTable('deliveries')
        .set({ attempts: sql<number>`attempts + 1`, state, error: error.replaceAll('\0', '\uFFFD') })
        .where('row', '=', row)
        .where('state', '=', 'waiting')
        .returning('attempts')
        .executeTakeFirst()
      if (found === undefined) return
      await writing
        .updateTable('deliveries')
        .set({ retry_at: now + backOff(found.attempts) })
        .where('row', '=', row)
        .execute()
    })
  }

  async backlog(): Promise<{ readonly waiting: number; readonly oldest: Instant | null; readonly dead: number }> {
    const rows = await this.#engine.db
      .selectFrom('deliveries')
      .select(({ fn }) => [
        'state',
        fn.countAll<number>().as('count'),
        sql<number | null>`min(case when attempts = 0 then received_at end)`.as('oldest'),
      ])
      .where('state', 'in', ['waiting', 'dead'])
      .groupBy('state')
      .execute()
    const waiting = rows.find(({ state }) => state === 'waiting')
    const dead = rows.find(({ state }) => state === 'dead')
    return { waiting: Number(waiting?.count ?? 0), oldest: waiting?.oldest ?? null, dead: Number(dead?.count ?? 0) }
  }
}
