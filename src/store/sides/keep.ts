import { sql, type Insertable } from 'kysely'
import { randomBytes } from 'node:crypto'
import type { Instant } from '../../policy/facts.js'
import { canonicalJson } from '../canonical.js'
import { hasRivals, type Writing } from '../engine.js'
import type { SidesTable } from '../tables.js'
import { digestOfSide, peopleText, TAG, type Side } from './reference.js'
import { takeOut, type Wanted } from './take-out.js'

/** Rows in one statement, below every engine's limit of parameters. */
const CHUNK = 500

/** How long the note of a row's last use may be behind: rows that are used all day are written once a day. */
export const STALE_USE = 24 * 60 * 60 * 1000

type NewSide = Insertable<SidesTable>

const SALT_BYTES = 16

const newRow = ({ kind, people, value }: Side, lookup: string | null, now: Instant): NewSide => {
  const row = { kind, people: peopleText(people), value, salt: randomBytes(SALT_BYTES).toString('hex') }
  return { ...row, digest: digestOfSide(row), lookup, used_at: now }
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += CHUNK) yield all.slice(from, from + CHUNK)
}

/** All in one parameter, so that the statement is one and is prepared once. */
const rowsOf = (writing: Writing, wanted: readonly Wanted[]) => {
  const lookups = JSON.stringify(wanted.map(({ lookup }) => lookup))
  const list = hasRivals(writing)
    ? sql`select json_array_elements_text(${lookups}::json)`
    : sql`select value from json_each(${lookups})`
  return writing
    .selectFrom('sides')
    .select(['lookup', 'digest', 'used_at'])
    .where(sql<boolean>`lookup in (${list})`)
    .execute()
}

/** Fills in the rows that are there, and notes that they are in use. @returns those that are not there. */
const findKnown = async (writing: Writing, wanted: readonly Wanted[], now: Instant): Promise<readonly Wanted[]> => {
  const known = new Map<string, string>()
  for (const chunk of chunks(wanted)) {
    const rows = await rowsOf(writing, chunk)
    for (const { lookup, digest } of rows) if (lookup !== null) known.set(lookup, digest)
    const stale = rows.filter(({ used_at }) => used_at < now - STALE_USE).map(({ digest }) => digest)
    if (stale.length > 0)
      await writing.updateTable('sides').set({ used_at: now }).where('digest', 'in', stale).execute()
  }
  return wanted.filter(({ lookup, fill }) => {
    const digest = known.get(lookup)
    if (digest !== undefined) fill(digest)
    return digest === undefined
  })
}

/**
 * Puts names, texts and facts into side rows, each once, in the transaction that appends the entry. The caller holds the
 * ledger's head: nobody erases or adds a row between this look and the commit.
 * @param facts what the entry rests on, as JSON; `null`: nothing.
 * @returns what is chained.
 */
export const keepSides = async (writing: Writing, body: unknown, facts: unknown, now: Instant): Promise<unknown> => {
  const taken = takeOut(body, facts)
  const missing = await findKnown(writing, taken.wanted, now)
  const rows = missing.map(({ lookup, fill, ...side }) => {
    const row = newRow(side, lookup, now)
    fill(row.digest)
    return row
  })
  const document =
    facts === null ? null : newRow({ kind: 'facts', people: [], value: canonicalJson(taken.facts) }, null, now)
  for (const chunk of chunks(document === null ? rows : [...rows, document]))
    await writing
      .insertInto('sides')
      .values([...chunk])
      .execute()
  return document === null ? taken.body : { ...(taken.body as object), facts: { [TAG.facts]: document.digest } }
}
