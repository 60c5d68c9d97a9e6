import { sql } from 'kysely'
import type { Instant } from '../policy/facts.js'
import type { Reading, Writing } from './engine.js'
import { append } from './ledger.js'

/** A delivery that was given up, without its text. */
export interface DeadDelivery {
  readonly row: number
  readonly guid: string
  readonly event: string
  readonly receivedAt: Instant
  readonly attempts: number
  readonly error: string | null
}

/** A subject that was given up: what it is about is shut until it is judged again. */
export interface DeadSubject {
  readonly key: string
  readonly touchedAt: Instant
  readonly attempts: number
  readonly error: string | null
}

export interface DeadLetters {
  readonly deliveries: readonly DeadDelivery[]
  readonly subjects: readonly DeadSubject[]
}

/** Everything that was given up, oldest first. */
export const deadLettersIn = async (db: Reading): Promise<DeadLetters> => {
  const deliveries = await db
    .selectFrom('deliveries')
    .select(['row', 'guid', 'event', 'received_at as receivedAt', 'attempts', 'error'])
    .where('state', '=', 'dead')
    .orderBy('row')
    .execute()
  const subjects = await db
    .selectFrom('subjects')
    .select(['key', 'touched_at as touchedAt', 'attempts', 'error'])
    .where('dead', '=', 1)
    .orderBy('touched_at')
    .orderBy('key')
    .execute()
  return { deliveries, subjects }
}

/** It has come again meanwhile, and waits or was handled: there is nothing left to do about it. */
const cameAgain = async (writing: Writing, row: number): Promise<boolean> => {
  const again = await writing
    .selectFrom('deliveries as dead')
    .innerJoin('deliveries as live', (join) =>
      join
        .onRef('live.guid', '=', 'dead.guid')
        .onRef('live.digest', '=', 'dead.digest')
        .onRef('live.event', '=', 'dead.event')
        .on('live.state', '<>', 'dead'),
    )
    .select('live.row')
    .where('dead.row', '=', row)
    .executeTakeFirst()
  return again !== undefined
}

const retryDelivery = async (writing: Writing, { row }: DeadDelivery): Promise<void> => {
  if (await cameAgain(writing, row)) {
    await writing.deleteFrom('deliveries').where('row', '=', row).execute()
    return
  }
  await writing
    .updateTable('deliveries')
    .set({ state: 'waiting', attempts: 0, retry_at: 0, claimed_by: null, claimed_until: null })
    .where('row', '=', row)
    .where('state', '=', 'dead')
    .execute()
}

const retrySubject = (writing: Writing, { key }: DeadSubject, now: Instant): Promise<unknown> =>
  writing
    .updateTable('subjects')
    .set({ dead: 0, attempts: 0, retry_at: now, generation: sql<number>`generation + 1` })
    .where('key', '=', key)
    .where('dead', '=', 1)
    .execute()

/**
 * Gives dead letters their attempts again, and notes it in the ledger. The running server takes them up within a second.
 * @param wanted `null`: all; else GUIDs of deliveries and keys of subjects.
 * @returns those that were dead and are tried again, or had come again meanwhile; fewer than wanted where one is not dead.
 */
export const retryDeadLetters = async (
  writing: Writing,
  wanted: readonly string[] | null,
  now: Instant,
): Promise<DeadLetters> => {
  const dead = await deadLettersIn(writing)
  const isWanted = (name: string): boolean => wanted === null || wanted.includes(name)
  const deliveries = dead.deliveries.filter(({ guid }) => isWanted(guid))
  const subjects = dead.subjects.filter(({ key }) => isWanted(key))
  if (deliveries.length + subjects.length === 0) return { deliveries, subjects }
  for (const delivery of deliveries) await retryDelivery(writing, delivery)
  for (const subject of subjects) await retrySubject(writing, subject, now)
  const body = { retried: { deliveries: deliveries.map(({ guid }) => guid), subjects: subjects.map(({ key }) => key) } }
  await append(writing, { at: now, kind: 'settings', installation: null, repository: null, subject: null, body })
  return { deliveries, subjects }
}
