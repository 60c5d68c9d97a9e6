import { hash } from 'node:crypto'

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const scalar = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  throw new TypeError(`a ${typeof value === 'number' ? value : typeof value} has no JSON form`)
}

/**
 * The one JSON text of a value: keys sorted by UTF-16 code unit, no white space, properties that are `undefined` left
 * out. Two values that are equal have equal texts, so their digests can be compared.
 * @throws {TypeError} for what JSON would drop or change in silence: NaN, Infinity, functions, Maps, `undefined` in a list.
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null) return 'null'
  if (typeof value !== 'object') return scalar(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('only plain objects have a JSON form')
  const entries = Object.entries(value).filter(([, of]) => of !== undefined)
  const members = entries
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([key, of]) => `${JSON.stringify(key)}:${canonicalJson(of)}`)
  return `{${members.join(',')}}`
}

/** SHA-256 of a text's UTF-8, in lower-case hex. */
export const sha256 = (text: string | Buffer): string => hash('sha256', text, 'hex')

/** The digest of a value's canonical JSON. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value))
