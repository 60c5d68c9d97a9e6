import type { Coalesced, Delivery, Inbox, StoredDelivery } from '../gatekeeper/ports.js'
import type { Hint } from '../gatekeeper/subject.js'
import type { Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'
import type { GroupCommit } from './group-commit.js'
import { tookEffect, type StoredInbox } from './inbox.js'
import { backOff } from './back-off.js'
import type { Entry, Journal } from './journal/journal.js'
import { note } from './note.js'
import { refusing } from './refusals.js'

interface FolderParts {
  readonly engine: Engine
  readonly journal: Journal
  readonly commits: GroupCommit
  /** What was taken into the table: deliveries that failed once, and what an earlier version kept there. */
  readonly table: StoredInbox
  /** After so many failures a delivery is a dead letter. */
  readonly attempts: number
}

const keyOf = ({ guid, digest, event }: Pick<Entry, 'guid' | 'digest' | 'event'>): string =>
  JSON.stringify([guid, digest, event])

/**
 * The inbox of a folder. What comes in goes to the end of the journal and nowhere else; from there it is handled, in its
 * order. The table is told in the transaction that lets a delivery take effect, or that notes its first failure, so a
 * delivery has its effect once, also where it is read from the journal again after a crash.
 */
export class FolderInbox implements Inbox {
  readonly #parts: FolderParts
  /** What was handed out and is in the journal alone, by the number that it was given: below zero, unlike a row's. */
  readonly #handed = new Map<number, Entry>()
  readonly #numbers = new Map<Entry, number>()
  #last = 0

  constructor(parts: FolderParts) {
    this.#parts = parts
  }

  accept(delivery: Delivery): Promise<void> {
    return this.#parts.commits.accept(delivery)
  }

  /** As the table's; one that waits behind many others in the journal may not be known yet. */
  async knows(guid: string): Promise<boolean> {
    const { journal, table } = this.#parts
    return journal.atHand.some((entry) => entry.guid === guid) || table.knows(guid)
  }

  async undispatched(now: Instant, limit: number): Promise<readonly StoredDelivery[]> {
    const fresh = await this.#fresh(now, limit)
    const again = await this.#parts.table.undispatched(now, limit)
    return [...again, ...fresh.map((entry) => this.#handOut(entry))].slice(0, limit)
  }

  async dispatched(delivery: StoredDelivery, hints: readonly Hint[], now: Instant): Promise<readonly Coalesced[]> {
    if (delivery.row >= 0) return this.#parts.table.dispatched(delivery, hints, now)
    const entry = this.#handed.get(delivery.row)
    if (entry === undefined) return []
    const writes = this.#parts.engine.write(async (writing) => {
      const isNew = await note(writing, entry, { state: 'done', body: '', attempts: 0, retry_at: 0, error: null })
      return isNew ? tookEffect(writing, entry, hints, now) : []
    })
    const coalesced = await refusing(writes)
    await this.#taken([entry], now)
    return coalesced
  }

  async failed(delivery: StoredDelivery, error: string, now: Instant): Promise<void> {
    if (delivery.row >= 0) return this.#parts.table.failed(delivery, error, now)
    const entry = this.#handed.get(delivery.row)
    if (entry === undefined) return
    const { engine, attempts } = this.#parts
    const state = attempts <= 1 ? 'dead' : 'waiting'
    const failure = { state, body: entry.body, attempts: 1, retry_at: now + backOff(1) } as const
    await engine.write((writing) => note(writing, entry, { ...failure, error: error.replaceAll('\0', '\uFFFD') }))
    await this.#taken([entry], now)
  }

  async backlog(): Promise<{ readonly waiting: number; readonly oldest: Instant | null; readonly dead: number }> {
    const { journal, table } = this.#parts
    const kept = await table.backlog()
    const came = [...journal.atHand.map(({ receivedAt }) => receivedAt), ...(kept.oldest === null ? [] : [kept.oldest])]
    return {
      waiting: kept.waiting + journal.left,
      oldest: came.length === 0 ? null : Math.min(...came),
      dead: kept.dead,
    }
  }

  /** Those in the journal that the table does not know; what it knows is let go, and has its turn where it waits. */
  async #fresh(now: Instant, limit: number): Promise<readonly Entry[]> {
    for (;;) {
      const entries = await this.#parts.journal.next(limit)
      const known = await this.#known(entries)
      if (known.length === 0) return entries
      await this.#taken(known, now)
    }
  }

  async #known(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (entries.length === 0) return []
    const { db } = this.#parts.engine
    const rows = await db
      .selectFrom('deliveries')
      .select(['row', 'guid', 'digest', 'event', 'state'])
      .where('guid', 'in', [...new Set(entries.map(({ guid }) => guid))])
      .where('state', '<>', 'dead')
      .execute()
    const seen = new Set(rows.map(keyOf))
    const known = entries.filter((entry) => seen.has(keyOf(entry)) || !seen.add(keyOf(entry)))
    const again = new Set(known.map(keyOf))
    await this.#hurry(rows.filter((row) => row.state === 'waiting' && again.has(keyOf(row))).map(({ row }) => row))
    return known
  }

  /** One that waits out a failure and has come again gets its turn now. */
  async #hurry(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) return
    await this.#parts.engine.write((writing) =>
      writing
        .updateTable('deliveries')
        .set({ retry_at: 0 })
        .where('row', 'in', [...rows])
        .where('state', '=', 'waiting')
        .execute(),
    )
  }

  #handOut(entry: Entry): StoredDelivery {
    let row = this.#numbers.get(entry)
    if (row === undefined) {
      this.#last -= 1
      row = this.#last
      this.#numbers.set(entry, row)
      this.#handed.set(row, entry)
    }
    const { guid, event, body, receivedAt } = entry
    return { row, guid, event, body, receivedAt, attempts: 0 }
  }

  async #taken(entries: readonly Entry[], now: Instant): Promise<void> {
    for (const entry of entries) {
      const row = this.#numbers.get(entry)
      this.#numbers.delete(entry)
      if (row !== undefined) this.#handed.delete(row)
    }
    await this.#parts.journal.taken(entries, now)
  }
}
