import type { ExpressionBuilder } from 'kysely'
import type { Instant } from '../policy/facts.js'
import type { Engine, Writing } from './engine.js'
import type { Tables } from './tables.js'

/** Rows that leave in one transaction, so that nobody waits long for it. */
const PAGE = 500

/** What has left: `done` were handled; `dead` were given up, and nobody can retry them any more. */
export interface Expired {
  readonly done: number
  readonly dead: number
}

/**
 * Removes deliveries that were received before an instant and do not wait. The ledger keeps the digest of each that was
 * handled, so the chain is as it was. One that waits stays, however old.
 */
export const expireDeliveries = async (engine: Engine, before: Instant): Promise<Expired> => ({
  done: await expireIn(engine, 'done', before),
  dead: await expireIn(engine, 'dead', before),
})

/** The oldest rows are looked at, and no more once some of them are to stay: rows are numbered as deliveries came. */
const expireIn = async ({ write }: Engine, state: 'done' | 'dead', before: Instant): Promise<number> => {
  let all = 0
  for (let last = PAGE; last === PAGE;) {
    const gone = await write((writing) =>
      writing
        .deleteFrom('deliveries')
        .where('row', 'in', (eb) =>
          eb.selectFrom('deliveries').select('row').where('state', '=', state).orderBy('row').limit(PAGE),
        )
        .where('state', '=', state)
        .where('received_at', '<', before)
        .returning('row')
        .execute(),
    )
    last = gone.length
    all += last
  }
  return all
}

/**
 * Removes subjects that are finished and were touched last before an instant. Nothing but a touch brings one back, and
 * that makes it anew: what was decided, said and acted on stands in tables of its own.
 * @returns how many.
 */
export const expireSubjects = async ({ write }: Engine, before: Instant): Promise<number> => {
  let all = 0
  for (let last = PAGE; last === PAGE; all += last)
    last = (await write((writing) => removeSubjects(writing, before))).length
  return all
}

/** What may go is asked twice: a touch may come between the choice and the removing. */
const removeSubjects = (writing: Writing, before: Instant) => {
  const old = (eb: ExpressionBuilder<Tables, 'subjects'>) =>
    eb.and([
      eb('finished', '=', 1),
      eb('touched_at', '<', before),
      eb('dead', '=', 0),
      eb('lease_owner', 'is', null),
      eb('due_at', 'is', null),
    ])
  return writing
    .deleteFrom('subjects')
    .where('key', 'in', (eb) => eb.selectFrom('subjects').select('key').where(old).orderBy('touched_at').limit(PAGE))
    .where(old)
    .returning('key')
    .execute()
}
