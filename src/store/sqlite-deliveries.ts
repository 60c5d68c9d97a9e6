import type Database from 'better-sqlite3'
import type { Delivery } from '../gatekeeper/ports.js'
import { sha256 } from './canonical.js'
import { refuseNul } from './no-nul.js'

type Outcome = Error | null

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

/** Inserts one delivery, unless the same one waits or was dispatched already. One that waits out a failure gets its turn now. */
const inserter = (raw: Database.Database): ((delivery: Delivery) => void) => {
  const same = raw.prepare<[string, string, string], { row: number; state: string }>(
    `select row, state from deliveries where guid = ? and digest = ? and event = ? and state <> 'dead'`,
  )
  const hurry = raw.prepare<[number]>(`update deliveries set retry_at = 0 where row = ? and state = 'waiting'`)
  const insert = raw.prepare<[string, string, string, string, number]>(
    `insert into deliveries (guid, event, body, digest, received_at, attempts, retry_at, state) values (?, ?, ?, ?, ?, 0, 0, 'waiting')`,
  )
  return ({ guid, event, body, receivedAt }) => {
    for (const text of [guid, event, body]) refuseNul(text)
    const digest = sha256(body)
    const known = same.get(guid, digest, event)
    if (known === undefined) insert.run(guid, event, body, digest, receivedAt)
    else hurry.run(known.row)
  }
}

/**
 * The inbox's hot path, on prepared statements: all rows in one commit; when that fails, each in a commit of its own, so
 * that a bad row fails alone. Returns after the commit, so an outcome of `null` means: on disk.
 */
export const deliveryWriter = (
  raw: Database.Database,
): (() => (deliveries: readonly Delivery[]) => readonly Outcome[]) => {
  let write: ((deliveries: readonly Delivery[]) => readonly Outcome[]) | null = null
  const prepare = () => {
    const insert = inserter(raw)
    const together = raw.transaction((deliveries: readonly Delivery[]) => deliveries.forEach(insert))
    const alone = (delivery: Delivery): Outcome => {
      try {
        together([delivery])
        return null
      } catch (error) {
        return asError(error)
      }
    }
    return (deliveries: readonly Delivery[]): readonly Outcome[] => {
      try {
        together(deliveries)
        return deliveries.map(() => null)
      } catch (error) {
        return deliveries.length === 1 ? [asError(error)] : deliveries.map(alone)
      }
    }
  }
  return () => (write ??= prepare())
}
