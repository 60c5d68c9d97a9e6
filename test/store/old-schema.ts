import { sql, type Kysely } from 'kysely'
import { canonicalJson } from '../../src/store/canonical.js'
import type { Engine, Writing } from '../../src/store/engine.js'
import { GENESIS, hashOf } from '../../src/store/ledger.js'
import { causes } from '../../src/store/migrations/causes.js'
import { first } from '../../src/store/migrations/first.js'
import { indexes } from '../../src/store/migrations/indexes.js'
import { instances } from '../../src/store/migrations/instances.js'
import { lighterDeliveries } from '../../src/store/migrations/lighter-deliveries.js'
import { pauses } from '../../src/store/migrations/pauses.js'
import { records } from '../../src/store/migrations/records.js'
import { LENA, NOW } from '../contracts/store-world.js'

/** The steps of schema 7, in order; each of its prefixes was a schema too. */
const STEPS = [first, records, instances, pauses, lighterDeliveries, causes, indexes]

/** An empty store as the program of that schema left it. */
export const emptyAt = async (writing: Writing, dialect: Engine['dialect'], version: number): Promise<void> => {
  await sql`create table schema_version (version integer primary key, name text not null)`.execute(writing)
  for (const [index, step] of STEPS.slice(0, version).entries()) {
    await step(writing as unknown as Kysely<unknown>, dialect)
    await sql`insert into schema_version values (${index + 1}, 'from before')`.execute(writing)
  }
}

/** One entry that holds a name and a text itself, as all did before schema 8. */
export const oneInlineEntry = async (writing: Writing): Promise<void> => {
  const body = canonicalJson({ by: LENA, text: 'inline' })
  const about = { kind: 'approval', installation: null, repository: null, subject: null } as const
  const placed = { ...about, sequence: 1, at: NOW, previous: GENESIS }
  await sql`update ledger_head set sequence = 1`.execute(writing)
  await writing
    .insertInto('ledger')
    .values({ ...placed, body, hash: hashOf(placed, body) })
    .execute()
  await sql`update ledger_head set hash = ${hashOf(placed, body)}`.execute(writing)
}
