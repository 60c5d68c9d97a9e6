import type { Json } from '../../policy/verdict.js'
import type { Reading } from '../engine.js'
import type { SideRow } from '../tables.js'
import { isObject, LITERAL, referenceOf, referencesIn, type FactsDocument, type JsonObject } from './reference.js'

/** What a reader is shown in the place of a name or a text that was erased. */
export const ERASED = '(erased)'
/** What a reader is shown in the place of facts that were kept long enough, or erased. */
export const FACTS_GONE = '(not kept any more)'

export type Found = ReadonlyMap<string, SideRow>

const CHUNK = 500

/** The rows that are there of these. */
export const sidesOf = async (db: Reading, digests: Iterable<string>): Promise<Found> => {
  const wanted = [...new Set(digests)]
  const found = new Map<string, SideRow>()
  for (let from = 0; from < wanted.length; from += CHUNK) {
    const chunk = wanted.slice(from, from + CHUNK)
    for (const row of await db.selectFrom('sides').selectAll().where('digest', 'in', chunk).execute())
      found.set(row.digest, row)
  }
  return found
}

type Values = ReadonlyMap<string, string | FactsDocument>

const entriesOf = (json: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  LITERAL in json ? (json[LITERAL] as readonly (readonly [string, unknown])[]) : Object.entries(json)

/** A document with the values in the places of their references. */
const put = (json: unknown, values: Values, refs: readonly string[] = []): Json => {
  if (Array.isArray(json)) return json.map((each) => put(each, values, refs))
  if (!isObject(json)) return json as Json
  const reference = referenceOf(json, refs)
  if (reference === null)
    return Object.fromEntries(entriesOf(json).map(([key, value]) => [key, put(value, values, refs)]))
  const value = values.get(reference.digest)
  if (typeof value === 'string') return value
  if (value !== undefined) return put(value.facts, values, value.refs)
  return reference.tag === '$facts' ? FACTS_GONE : ERASED
}

const digestsIn = (json: unknown): readonly string[] => referencesIn(json).map(({ digest }) => digest)

/** What a row stands for. @throws {SyntaxError} when a hand outside this program has changed facts. */
const valueOf = ({ kind, value }: SideRow): string | FactsDocument =>
  kind === 'facts' ? (JSON.parse(value) as FactsDocument) : value

const valuesIn = (found: Found): Values => new Map([...found].map(([digest, row]) => [digest, valueOf(row)]))

/**
 * Bodies as a person reads them: names, texts and facts in the places of their references.
 * @param bodies as they are chained.
 */
export const resolveSides = async (db: Reading, bodies: readonly JsonObject[]): Promise<readonly JsonObject[]> => {
  const direct = valuesIn(await sidesOf(db, bodies.flatMap(digestsIn)))
  const inside = valuesIn(
    await sidesOf(
      db,
      [...direct.values()].flatMap((value) => (typeof value === 'string' ? [] : value.refs)),
    ),
  )
  const values = new Map([...direct, ...inside])
  return bodies.map((body) => put(body, values) as JsonObject)
}
