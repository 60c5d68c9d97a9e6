import type { Delivery } from '../gatekeeper/ports.js'
import { sha256 } from './canonical.js'
import { refuseNulIn } from './no-nul.js'
import { isAboutTheRow, mayTryAgain } from './postgres-errors.js'

type Outcome = Error | null

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

interface Row extends Delivery {
  readonly digest: string
}

/** One statement takes no row twice. */
const eachOnce = (deliveries: readonly Delivery[]): readonly Row[] => {
  const rows = deliveries.map((delivery) => ({ ...delivery, digest: sha256(delivery.body) }))
  return [...new Map(rows.map((row) => [JSON.stringify([row.guid, row.digest, row.event]), row])).values()]
}

/** Sends one statement, in a transaction of its own. */
export type Query = (text: string, values: readonly unknown[]) => Promise<unknown>

const COLUMNS = 5

const placeholders = (row: number): string =>
  `(${Array.from({ length: COLUMNS }, (_, column) => `$${row * COLUMNS + column + 1}`).join(', ')}, 0, 0, 'waiting')`

/**
 * One statement, which is a transaction of its own, and not made by Kysely: the way of a delivery has no time for four
 * round trips, nor for building a query of hundreds of values. The same delivery again is none; one that waits out a
 * failure gets its turn now.
 */
const statementFor = (rows: number): string => `
  insert into deliveries (guid, event, body, digest, received_at, attempts, retry_at, state)
  values ${Array.from({ length: rows }, (_, row) => placeholders(row)).join(', ')}
  on conflict (guid, digest, event) where state <> 'dead'
  do update set retry_at = case when deliveries.state = 'waiting' then 0 else deliveries.retry_at end`

/** The driver sends bytes as they are, and the server takes them for the text that they are. */
const valuesOf = ({ guid, event, body, digest, receivedAt }: Row) => [guid, event, body, digest, receivedAt]

const insert = (query: Query, rows: readonly Row[]): Promise<unknown> =>
  query(statementFor(rows.length), rows.flatMap(valuesOf))

const TRIES = 5

const inserted = async (query: Query, rows: readonly Row[]): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      await insert(query, rows)
      return
    } catch (error) {
      if (tries >= TRIES || !mayTryAgain(error)) throw error
    }
  }
}

const refusal = (delivery: Delivery): Outcome => {
  try {
    refuseNulIn(delivery)
    return null
  } catch (error) {
    return asError(error)
  }
}

const together = async (query: Query, deliveries: readonly Delivery[]): Promise<readonly Outcome[]> => {
  try {
    if (deliveries.length > 0) await inserted(query, eachOnce(deliveries))
    return deliveries.map(() => null)
  } catch (error) {
    if (!isAboutTheRow(error) || deliveries.length === 1) return deliveries.map(() => asError(error))
    const outcomes: Outcome[] = []
    for (const delivery of deliveries) outcomes.push(...(await together(query, [delivery])))
    return outcomes
  }
}

/**
 * All rows in one commit; when the server would not take one of them, each in a commit of its own. A server that is away
 * is asked once. An outcome of `null` means: on its disk.
 */
export const storeDeliveries = async (query: Query, deliveries: readonly Delivery[]): Promise<readonly Outcome[]> => {
  const refused = deliveries.map(refusal)
  const stored = [
    ...(await together(
      query,
      deliveries.filter((_, index) => refused[index] === null),
    )),
  ]
  return refused.map((error) => (error === null ? (stored.shift() ?? null) : error))
}
