import { sql } from 'kysely'
import type { Delivery } from '../gatekeeper/ports.js'
import { sha256 } from './canonical.js'
import type { Engine } from './engine.js'
import { refuseNul } from './no-nul.js'
import { isAboutTheRow } from './postgres-errors.js'

type Outcome = Error | null

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const valuesOf = ({ guid, event, body, receivedAt }: Delivery) => ({
  guid,
  event,
  body: body.toString(),
  digest: sha256(body),
  received_at: receivedAt,
  attempts: 0,
  retry_at: 0,
  state: 'waiting' as const,
  error: null,
})

/** One statement takes no row twice. */
const eachOnce = (rows: readonly ReturnType<typeof valuesOf>[]) => [
  ...new Map(rows.map((row) => [JSON.stringify([row.guid, row.digest, row.event]), row])).values(),
]

/** The same delivery again is none; one that waits out a failure gets its turn now. */
const insert = (write: Engine['write'], deliveries: readonly Delivery[]): Promise<void> =>
  write(async (writing) => {
    await writing
      .insertInto('deliveries')
      .values(eachOnce(deliveries.map(valuesOf)))
      .onConflict((conflict) =>
        conflict
          .columns(['guid', 'digest', 'event'])
          .where('state', '<>', sql.lit('dead'))
          .doUpdateSet({
            retry_at: sql<number>`case when deliveries.state = 'waiting' then 0 else deliveries.retry_at end`,
          }),
      )
      .execute()
    await sql`select pg_notify('release_gates', '')`.execute(writing)
  })

const refusal = ({ guid, event, body }: Delivery): Outcome => {
  try {
    for (const text of [guid, event, body]) refuseNul(text)
    return null
  } catch (error) {
    return asError(error)
  }
}

const together = async (write: Engine['write'], deliveries: readonly Delivery[]): Promise<readonly Outcome[]> => {
  try {
    if (deliveries.length > 0) await insert(write, deliveries)
    return deliveries.map(() => null)
  } catch (error) {
    if (!isAboutTheRow(error) || deliveries.length === 1) return deliveries.map(() => asError(error))
    const outcomes: Outcome[] = []
    for (const delivery of deliveries) outcomes.push(...(await together(write, [delivery])))
    return outcomes
  }
}

/**
 * All rows in one commit; when the server would not take one of them, each in a commit of its own. A server that is away
 * is asked once. An outcome of `null` means: on its disk.
 */
export const storeDeliveries = async (
  write: Engine['write'],
  deliveries: readonly Delivery[],
): Promise<readonly Outcome[]> => {
  const refused = deliveries.map(refusal)
  const stored = [
    ...(await together(
      write,
      deliveries.filter((_, index) => refused[index] === null),
    )),
  ]
  return refused.map((error) => (error === null ? (stored.shift() ?? null) : error))
}
