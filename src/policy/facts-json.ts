import type { Fact, Facts } from './facts.js'
import type { Json } from './verdict.js'

/** Keys that stand for something else than themselves. */
const MAP = '$map'
const OBJECT = '$object'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const pairs = (entries: Iterable<readonly [unknown, unknown]>): readonly Json[] =>
  [...entries].map(([key, value]) => [toJson(key), toJson(value)])

const objectToJson = (value: Readonly<Record<string, unknown>>): Json => {
  const entries = Object.entries(value).filter(([, of]) => of !== undefined)
  if (entries.some(([key]) => key.startsWith('$'))) return { [OBJECT]: pairs(entries) }
  return Object.fromEntries(entries.map(([key, of]) => [key, toJson(of)]))
}

const toJson = (value: unknown): Json => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return { [MAP]: pairs(value) }
  if (isRecord(value) && !(value instanceof Set) && !(value instanceof Date)) return objectToJson(value)
  throw new TypeError(`a fact holds a ${typeof value === 'number' ? value : typeof value} that has no JSON form`)
}

const pairOf = (value: unknown): readonly [unknown, unknown] => {
  if (!Array.isArray(value) || value.length !== 2) throw new TypeError('stored facts are damaged: a pair was expected')
  return [fromJson(value[0]), fromJson(value[1])]
}

const listOf = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new TypeError('stored facts are damaged: a list was expected')
  return value
}

const fromJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromJson)
  if (!isRecord(value)) return value
  if (MAP in value) return new Map(listOf(value[MAP]).map(pairOf))
  if (OBJECT in value)
    return Object.fromEntries(listOf(value[OBJECT]).map(pairOf) as unknown as readonly [string, unknown][])
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, fromJson(of)]))
}

/**
 * Facts as plain JSON, for the ledger: a Map becomes `{ "$map": [[key, value], …] }`, a property that is `undefined` is
 * left out. {@link reviveFacts} gives them back equal, so that a verdict can be replayed.
 * @throws {TypeError} for a value that JSON would change in silence.
 */
export const serialiseFacts = (facts: Facts): Json =>
  toJson(new Map([...facts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))))

const factOf = ([key, fact]: readonly [unknown, unknown]): readonly [string, Fact] => {
  if (typeof key !== 'string' || !isRecord(fact) || typeof fact['known'] !== 'boolean')
    throw new TypeError('stored facts are damaged: not a fact')
  return [key, fact as unknown as Fact]
}

/** @throws {TypeError} when this is not what {@link serialiseFacts} wrote. */
export const reviveFacts = (json: Json): Facts => {
  const facts = fromJson(json)
  if (!(facts instanceof Map)) throw new TypeError('stored facts are damaged: a map was expected')
  return new Map([...facts].map(factOf))
}
