import type { Instant } from '../../policy/facts.js'
import type { Writing } from '../engine.js'
import { append } from '../ledger.js'

/** Names of teams and people are compared case-blind. */
const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

/** The first id under a name stays; the name's later ids are somebody else. */
export const pin = async (writing: Writing, scope: string, name: string, id: number, now: Instant): Promise<number> => {
  const added = await writing
    .insertInto('pins')
    .values({ scope, name: nameKey(name), id })
    .onConflict((conflict) => conflict.columns(['scope', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added !== undefined) {
    await append(writing, {
      at: now,
      kind: 'pin',
      installation: null,
      repository: null,
      subject: null,
      body: { scope, name: nameKey(name), id },
    })
    return id
  }
  const row = await writing
    .selectFrom('pins')
    .select('id')
    .where('scope', '=', scope)
    .where('name', '=', nameKey(name))
    .executeTakeFirstOrThrow()
  return row.id
}

export const unpin = async (writing: Writing, scope: string, now: Instant): Promise<void> => {
  const freed = await writing.deleteFrom('pins').where('scope', '=', scope).returning('name').execute()
  if (freed.length === 0) return
  const body = { scope, freed: freed.map(({ name }) => name).sort() }
  await append(writing, { at: now, kind: 'pin', installation: null, repository: null, subject: null, body })
}
