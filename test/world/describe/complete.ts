import { schemaAt } from './description.js'
import type { Schema } from './description.js'

type Json = Readonly<Record<string, unknown>>

export interface Completion {
  /** Stands for every date that the world does not keep. */
  readonly now: string
  /** Stands for every address that the world does not keep. */
  readonly url: string
  /** Hears of keys which the description does not know. */
  readonly unknownKey?: (at: string) => void
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const types = ({ type }: Schema): readonly string[] =>
  type === undefined ? [] : typeof type === 'string' ? [type] : type

/** A schema without `$ref` and `allOf` at its top. */
const flat = (schema: Schema): Schema => {
  if (schema.$ref !== undefined) return flat(schemaAt(schema.$ref))
  if (!schema.allOf) return schema
  const { allOf, ...own } = schema
  return allOf.map(flat).reduce<Schema>(
    (one, other) => ({
      ...one,
      ...other,
      ...((one.properties ?? other.properties) && {
        properties: bothSay(one.properties ?? {}, other.properties ?? {}),
      }),
      required: [...(one.required ?? []), ...(other.required ?? [])],
    }),
    own,
  )
}

/** A property that two parts of an `allOf` describe is described by both. */
const bothSay = (
  one: Readonly<Record<string, Schema>>,
  other: Readonly<Record<string, Schema>>,
): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => {
      const [first, second] = [one[key], other[key]]
      return [key, first && second ? { allOf: [first, second] } : (first ?? second ?? {})]
    }),
  )

const choices = (schema: Schema): readonly Schema[] =>
  (schema.anyOf ?? schema.oneOf ?? []).map(flat).flatMap((one) => (one.anyOf || one.oneOf ? choices(one) : one))

const knows = (schema: Schema, key: string): boolean =>
  schema.properties?.[key] !== undefined ||
  (schema.additionalProperties !== undefined && schema.additionalProperties !== false) ||
  !schema.properties

const fits = (schema: Schema, value: unknown): number => {
  if (Array.isArray(value)) return types(schema).includes('array') ? 1 : -1
  if (!isObject(value)) return -1
  if (!types(schema).includes('object') && !schema.properties) return -1
  const wrong = Object.entries(schema.properties ?? {}).some(
    ([key, property]) => flat(property).enum && value[key] !== undefined && !flat(property).enum?.includes(value[key]),
  )
  const keys = Object.keys(value)
  return (
    (wrong ? 0 : 1000) +
    keys.filter((key) => schema.properties?.[key]).length -
    2 * keys.filter((key) => !knows(schema, key)).length
  )
}

const bestChoice = (schema: Schema, value: unknown): Schema | undefined => {
  const own = schema.properties ? { properties: schema.properties, required: schema.required ?? [] } : {}
  const merged = choices(schema).map((one) => ({
    ...one,
    properties: { ...own.properties, ...one.properties },
    required: [...(own.required ?? []), ...(one.required ?? [])],
  }))
  return [...merged].sort((a, b) => fits(b, value) - fits(a, value))[0]
}

/**
 * The value with every key that GitHub always sends. What the world keeps stays; the rest is filled by type: null where
 * allowed, else the empty value, the first of an enum, the world's time and address.
 */
export const complete = (given: Schema, value: unknown, how: Completion, at = ''): unknown => {
  const schema = flat(given)
  if (value === undefined) return sample(schema, how, at)
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const list = schema.items ? schema : (choices(schema).find(({ items }) => items) ?? schema)
    return items.map((item, index) => (list.items ? complete(list.items, item, how, `${at}/${index}`) : item))
  }
  if (!isObject(value)) return value
  const chosen = schema.anyOf || schema.oneOf ? bestChoice(schema, value) : schema
  return chosen ? completeObject(chosen, value, how, at) : value
}

const completeObject = (schema: Schema, value: Json, how: Completion, at: string): Json => {
  const done: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    const property = schema.properties?.[key]
    if (!property && !knows(schema, key)) how.unknownKey?.(`${at}/${key}`)
    done[key] = property ? complete(property, item, how, `${at}/${key}`) : item
  }
  for (const key of schema.required ?? []) {
    if (done[key] === undefined) done[key] = sample(flat(schema.properties?.[key] ?? {}), how, `${at}/${key}`)
  }
  return done
}

const sample = (schema: Schema, how: Completion, at: string): unknown => {
  const kinds = types(schema)
  if (kinds.includes('null')) return null
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  const options = choices(schema)
  if (options.some((one) => types(one).includes('null'))) return null
  if (options[0]) return sample(options[0], how, at)
  if (kinds.includes('object') || schema.properties) return completeObject(schema, {}, how, at)
  if (kinds.includes('array')) return []
  if (kinds.includes('boolean')) return false
  if (kinds.includes('integer') || kinds.includes('number')) return 0
  if (schema.format === 'date-time') return how.now
  if (schema.format === 'uri' || /(^|_)url$/.test(at.slice(at.lastIndexOf('/') + 1))) return how.url
  return kinds.includes('string') ? '' : null
}
