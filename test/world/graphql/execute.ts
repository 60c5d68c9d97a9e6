import { readFileSync } from 'node:fs'
import { findOrganisation, findUser, viewerNode } from './people.js'
import { findRepository } from './repository.js'
import { nodeOf } from './node.js'
import { GraphQLError, buildSchema, defaultFieldResolver, execute, parse, validate } from './library.js'
import { tooMany } from './limits.js'
import { shared } from '../../shared/shared.js'
import type { DocumentNode, ExecutionResult, GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { Eye } from './eye.js'
import type { Fault } from '../http/faults.js'
import type { GraphqlSide } from '../http/server.js'

/** Named by its place: the package exports no file that every module system here resolves. */
const SCHEMA = new URL('../../../node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url)

/** GitHub's public schema; built when the first query comes. */
const schema = (): GraphQLSchema =>
  shared('GraphQL schema', () => buildSchema(readFileSync(SCHEMA, 'utf8'), { assumeValid: true, assumeValidSDL: true }))

/** A document and what is wrong with it. */
interface Held {
  readonly document: DocumentNode
  readonly problems: readonly GraphQLError[]
}

/** By text: the app asks with few documents, and often. */
const held = shared('GraphQL documents', () => new Map<string, Held>())

/** @throws {GraphQLError} where the text is no GraphQL. */
const heldAgainstSchema = (query: string): Held => {
  const known = held.get(query)
  if (known) return known
  const document = parse(query)
  const fresh: Held = { document, problems: validate(schema(), document) }
  held.set(query, fresh)
  return fresh
}

interface Sent {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
}

const isSent = (body: unknown): body is Sent =>
  typeof body === 'object' && body !== null && 'query' in body && typeof body.query === 'string'

const roots = (eye: Eye) => ({
  viewer: () => viewerNode(eye),
  repository: ({ owner, name }: { readonly owner: string; readonly name: string }) => findRepository(eye, owner, name),
  organization: ({ login }: { readonly login: string }) => findOrganisation(eye, login),
  user: ({ login }: { readonly login: string }) => findUser(eye, login),
  node: ({ id }: { readonly id: string }) => nodeOf(eye, id),
  nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => nodeOf(eye, id)),
  rateLimit: {
    cost: 1,
    limit: 5000,
    nodeCount: 1,
    remaining: 4999,
    used: 1,
    resetAt: eye.platform.clock.iso(eye.platform.clock.now() + 3_600_000),
  },
})

/** One field that fails, by its path in the response without indexes. */
const failing =
  (fault: Fault | null): GraphQLFieldResolver<unknown, unknown> =>
  (source, args, context, info) => {
    if (fault?.field !== undefined) {
      const keys: (string | number)[] = []
      for (let at: typeof info.path | undefined = info.path; at; at = at.prev) keys.unshift(at.key)
      if (keys.filter((key) => typeof key === 'string').join('.') === fault.field) {
        throw new GraphQLError(fault.message ?? 'Something went wrong while executing your query.', {
          extensions: { type: fault.type ?? 'SERVICE_UNAVAILABLE' },
        })
      }
    }
    return defaultFieldResolver(source, args, context, info)
  }

const shown = (error: GraphQLError) => ({
  ...(typeof error.extensions['type'] === 'string' && { type: error.extensions['type'] }),
  ...(error.path && { path: error.path }),
  ...(error.locations && { locations: error.locations }),
  message: error.message,
})

const reply = (result: ExecutionResult) => ({
  status: 200,
  headers: {},
  body: { ...('data' in result && { data: result.data }), ...(result.errors && { errors: result.errors.map(shown) }) },
})

/** GitHub's GraphQL: documents are held against its schema, then resolved from the world. */
export const graphql: GraphqlSide = {
  nameOf(body) {
    if (!isSent(body)) return 'graphql'
    return (
      body.operationName ??
      /^\s*(?:query|mutation)\s+(\w+)/.exec(body.query)?.[1] ??
      /\{\s*(\w+)/.exec(body.query)?.[1] ??
      'graphql'
    )
  },

  async execute(realm, caller, body, fault, violation) {
    if (!isSent(body)) {
      violation('POST /graphql without a query')
      return {
        status: 400,
        headers: {},
        body: { message: 'A query attribute must be specified and must be a string.' },
      }
    }
    let checked: Held
    try {
      checked = heldAgainstSchema(body.query)
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      violation(`GraphQL: ${error.message}`)
      return reply({ errors: [error] })
    }
    const { document } = checked
    const invalid = [...checked.problems, ...tooMany(document, body.variables ?? {})]
    if (invalid.length > 0) {
      for (const error of invalid) violation(`GraphQL: ${error.message}`)
      return reply({ errors: invalid })
    }
    const eye: Eye = { platform: realm.platform, caller, realm }
    const result = await execute({
      schema: schema(),
      document,
      rootValue: roots(eye),
      variableValues: body.variables ?? {},
      ...(body.operationName !== undefined && { operationName: body.operationName }),
      fieldResolver: failing(fault),
    })
    return reply(result)
  },
}
