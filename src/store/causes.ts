import { keyOf, type Hint } from '../gatekeeper/subject.js'
import type { Coalesced } from '../gatekeeper/ports.js'
import type { Engine, Writing } from './engine.js'

const causes = new WeakMap<Writing, string>()

/** The delivery because of which this is being written; `undefined`: none is known. */
export const causeOf = (writing: Writing): string | undefined => causes.get(writing)

/** The same engine; the ledger entries of what it writes name this delivery. `null`: they name none. */
export const causedBy = (engine: Engine, delivery: string | null): Engine =>
  delivery === null
    ? engine
    : {
        ...engine,
        write: (work) =>
          engine.write(async (writing) => {
            causes.set(writing, delivery)
            try {
              return await work(writing)
            } finally {
              causes.delete(writing) // writes that share a commit share this object, one after the other
            }
          }),
      }

/** Names in one statement, below every engine's limit of parameters. */
const MOST = 500

/** Other deliveries that wait for the look which this one's hints ask for: it is going to be the look of this one. */
export const coalescedBy = async (
  writing: Writing,
  guid: string,
  hints: readonly Hint[],
): Promise<readonly Coalesced[]> => {
  const keys = hints.flatMap((hint) => (hint.kind === 'touch' ? [keyOf(hint.subject)] : []))
  if (keys.length === 0) return []
  const rows = await writing
    .selectFrom('subjects')
    .select(['key', 'delivery'])
    .where('key', 'in', keys.slice(0, MOST))
    .whereRef('generation', '>', 'judged_generation')
    .where('lease_owner', 'is', null)
    .where('dead', '=', 0)
    .execute()
  return rows.flatMap(({ key, delivery }) =>
    delivery === null || delivery === guid ? [] : [{ subject: key, delivery }],
  )
}
