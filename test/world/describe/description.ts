import { readFileSync } from 'node:fs'
import { shared } from '../../shared/shared.js'

/** A JSON Schema as GitHub's description uses it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly minItems?: number
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

export interface Operation {
  readonly operationId: string
  readonly parameters: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: Content & { readonly required?: boolean }
  readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly webhooks: Readonly<Record<string, Schema>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly responses: Readonly<Record<string, Content>>
  }
}

/** The folder of the world: beside this file, under any loader (CommonJS-less Jest, tsx). */
const here = new URL('../', import.meta.url)

/** GitHub's own description, as `scripts/trim-openapi.mjs` cut it; read once. */
export const description = (): Description =>
  shared('OpenAPI description', () => JSON.parse(readFileSync(new URL('openapi.json', here), 'utf8')) as Description)

const nameIn = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

export const schemaAt = (ref: string): Schema => description().components.schemas[nameIn(ref)] ?? {}

export const parametersOf = (operation: Operation): readonly Parameter[] =>
  operation.parameters.flatMap((parameter) =>
    '$ref' in parameter ? (description().components.parameters[nameIn(parameter.$ref)] ?? []) : parameter,
  )

const jsonOf = (content: Content | undefined): Schema | undefined =>
  Object.entries(content?.content ?? {}).find(([type]) => /json/.test(type))?.[1].schema

export const requestSchema = (operation: Operation): Schema | undefined => jsonOf(operation.requestBody)

/** `undefined`: the status is not described; `null`: described without a body. */
export const responseSchema = (operation: Operation, status: number): Schema | null | undefined => {
  const response = operation.responses[String(status)]
  if (!response) return undefined
  return jsonOf('$ref' in response ? description().components.responses[nameIn(response.$ref)] : response) ?? null
}
