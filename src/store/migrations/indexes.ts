import type { Kysely } from 'kysely'

interface Index {
  readonly name: string
  readonly on: string
  readonly columns: readonly string[]
}

/**
 * By what queries ask, as whole indexes: SQLite takes one of a part of the rows only where the query repeats its condition
 * word for word, and with a parameter in it never does.
 */
const INDEXES: readonly Index[] = [
  { name: 'deliveries_state', on: 'deliveries', columns: ['state', 'row'] },
  { name: 'subjects_of_repository', on: 'subjects', columns: ['repository', 'finished', 'kind'] },
  { name: 'subjects_of_installation', on: 'subjects', columns: ['installation', 'finished'] },
  { name: 'intents_of', on: 'intents', columns: ['repository', 'target_key', 'what', 'sha'] },
]
const REPLACED = ['deliveries_open', 'subjects_repository', 'subjects_installation', 'intents_target']

/** So that what a query costs does not grow with what was handled, finished or said long ago. */
export const indexes = async (db: Kysely<unknown>): Promise<void> => {
  for (const name of REPLACED) await db.schema.dropIndex(name).execute()
  for (const { name, on, columns } of INDEXES)
    await db.schema
      .createIndex(name)
      .on(on)
      .columns([...columns])
      .execute()
}
