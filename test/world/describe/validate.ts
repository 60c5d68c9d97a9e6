import type Url from 'node:url'
import type { Ajv as AjvClass, ValidateFunction } from 'ajv'
import { shared, sharedPackage } from '../../shared/shared.js'
import { description, parametersOf, requestSchema, responseSchema } from './description.js'
import { complete } from './complete.js'
import type { Operation, Schema } from './description.js'

/** The validator of GitHub's components, and what it has made of schemas so far. */
const compiler = () => {
  const { Ajv } = sharedPackage<{ readonly Ajv: typeof AjvClass }>('ajv')
  const addFormats = sharedPackage<(ajv: AjvClass) => void>('ajv-formats')
  const { URL } = sharedPackage<typeof Url>('node:url')
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, logger: false, inlineRefs: false })
  addFormats(ajv)
  ajv.addFormat('timestamp', true).addFormat('repo.nwo', true).addFormat('binary', true).addFormat('ssh-key', true)
  ajv.addFormat('uri', (text: string) => text === '' || URL.canParse(text))
  ajv.addSchema({ $id: 'https://github.test/', components: description().components })
  return { ajv, compiled: new WeakMap<Schema, ValidateFunction>() }
}

const validator = (schema: Schema): ValidateFunction => {
  const { ajv, compiled } = shared('OpenAPI validators', compiler)
  const known = compiled.get(schema)
  if (known) return known
  const validate = ajv.compile(absolute(schema))
  compiled.set(schema, validate)
  return validate
}

/** Components live in one ajv document; references to them must name it. */
const absolute = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://github.test/#/components/')) as Schema

/** What is wrong with a value, in words; empty: nothing. */
export const problemsWith = (schema: Schema, value: unknown): readonly string[] => {
  const validate = validator(schema)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
  )
}

const unknownKeys = (schema: Schema, value: unknown): readonly string[] => {
  const found: string[] = []
  complete(schema, value, { now: '', url: '', unknownKey: (at) => found.push(`${at} is not described`) })
  return found
}

export interface SentRequest {
  readonly operation: Operation
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Holds a request of the app against the description: parameters and body, unknown ones too. */
export const problemsOfRequest = ({ operation, query, body }: SentRequest): readonly string[] => {
  const allowed = parametersOf(operation).filter((parameter) => parameter.in === 'query')
  const problems: string[] = []
  for (const [name, text] of Object.entries(query)) {
    const parameter = allowed.find((one) => one.name === name)
    if (!parameter) problems.push(`query parameter ${name} is not described`)
    else
      problems.push(
        ...problemsWith(parameter.schema, typed(parameter.schema, text)).map(
          (problem) => `query parameter ${name}: ${problem}`,
        ),
      )
  }
  for (const { name, required } of allowed)
    if (required && query[name] === undefined) problems.push(`query parameter ${name} is missing`)
  const schema = requestSchema(operation)
  if (!schema) return isEmpty(body) ? problems : [...problems, 'a body was sent where none is described']
  if (body === undefined) return operation.requestBody?.required ? [...problems, 'the body is missing'] : problems
  return [...problems, ...problemsWith(schema, body), ...unknownKeys(schema, body)]
}

const isEmpty = (body: unknown): boolean =>
  body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0)

const typed = (schema: Schema, text: string): unknown => {
  const kind = JSON.stringify(schema)
  if (/"(integer|number)"/.test(kind) && /^-?\d+$/.test(text)) return Number(text)
  if (/"boolean"/.test(kind) && /^(true|false)$/.test(text)) return text === 'true'
  return text
}

/** Keys that GitHub sends in practice and does not describe. */
const UNDESCRIBED = /\/(can_admins_bypass|permissions\/merge_queues)$/

export interface CheckedReply {
  readonly body: unknown
  readonly problems: readonly string[]
}

/** The stand-in's own reply, completed and held against the description. Errors (400 and up) pass as they are. */
export const completeReply = (
  operation: Operation,
  status: number,
  body: unknown,
  how: { readonly now: string; readonly url: string },
): CheckedReply => {
  const schema = responseSchema(operation, status)
  if (schema === undefined) return { body, problems: status < 400 ? [`status ${status} is not described`] : [] }
  if (schema === null) return { body, problems: body === undefined ? [] : ['a body is sent where none is described'] }
  const unknown: string[] = []
  const whole = complete(schema, body, { ...how, unknownKey: (at) => unknown.push(at) })
  const extra = unknown.filter((at) => !UNDESCRIBED.test(at)).map((at) => `${at} is not described`)
  return { body: whole, problems: [...extra, ...problemsWith(schema, whole)] }
}
