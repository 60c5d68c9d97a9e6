import { z } from 'zod'

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  /** Of a record: the schema of every value. */
  readonly additionalProperties?: JsonSchema | boolean
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
}

/** The keys that a schema knows at a path, over all branches of its unions. Slow; asked only to explain an unknown key. */
export const allowedKeys = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema
  const at = path.reduce<readonly JsonSchema[]>(
    (schemas, part) => schemas.flatMap((each) => below(each, part)),
    branches(json),
  )
  return [...new Set(at.flatMap((each) => Object.keys(each.properties ?? {})))]
}

const branches = (schema: JsonSchema): readonly JsonSchema[] => [
  schema,
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(branches),
]

const below = (schema: JsonSchema, part: PropertyKey): readonly JsonSchema[] => {
  const next =
    typeof part === 'number' ? schema.items : (schema.properties?.[String(part)] ?? schema.additionalProperties)
  return typeof next === 'object' ? branches(next) : []
}
