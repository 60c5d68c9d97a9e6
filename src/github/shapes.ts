import { z } from 'zod'
import { userId, type Instant, type Person } from '../policy/facts.js'

/** What GitHub's replies are made of. Every field that decides is required: a missing one makes the reply unreadable. */

export const text = z.string()
export const filled = z.string().min(1)
export const whole = z.number().int()
export const positive = z.number().int().positive()

/** ISO 8601 as GitHub writes it → epoch milliseconds. */
export const instant = z.string().transform((value, context): Instant => {
  const at = Date.parse(value)
  if (!Number.isNaN(at)) return at
  context.addIssue({ code: 'custom', message: `${value} is no instant` })
  return z.NEVER
})

export const instantOrNull = instant.nullish().transform((value) => value ?? null)
export const textOrEmpty = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** A REST account; organisations, mannequins and deleted accounts are nobody. */
export const account = z
  .object({ id: positive, login: filled, type: text })
  .transform(({ id, login, type }): Person | null => personOf(id, login, type))

/** A REST account, or nobody: GitHub writes `null` (or `{}` for commits, or no key at all) where there is none. */
export const accountOrNull = z
  .union([account, z.strictObject({})])
  .nullish()
  .transform((value): Person | null => (value && 'id' in value ? (value as Person) : null))

const personOf = (id: number, login: string, type: string): Person | null => {
  if (type === 'Bot' || login.endsWith('[bot]')) return { id: userId(id), login, kind: 'app' }
  return type === 'User' ? { id: userId(id), login, kind: 'user' } : null
}

/** The GraphQL fields of whoever did something; spread as `...Actor`. */
export const ACTOR = `
fragment Actor on Actor {
  __typename
  login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on EnterpriseUserAccount { user { databaseId login } }
}`

const graphqlUser = z.object({ databaseId: positive, login: filled })

/** A GraphQL actor: a user or an app by its id; a mannequin, an organisation or a deleted account is nobody. */
export const actor = z
  .union([
    z.object({ __typename: z.literal('User'), ...graphqlUser.shape }),
    z.object({ __typename: z.literal('Bot'), ...graphqlUser.shape }),
    z.object({ __typename: z.literal('EnterpriseUserAccount'), user: graphqlUser.nullable() }),
    z.object({ __typename: z.enum(['Mannequin', 'Organization']) }),
    z.null(),
  ])
  .transform((value): Person | null => {
    switch (value?.__typename) {
      case 'User':
        return personOf(value.databaseId, value.login, 'User')
      case 'Bot':
        return personOf(value.databaseId, value.login, 'Bot')
      case 'EnterpriseUserAccount':
        return value.user && personOf(value.user.databaseId, value.user.login, 'User')
      case 'Mannequin':
      case 'Organization':
      case undefined:
        return null
    }
  })

/** A GraphQL `User` (never an app), or nobody. */
export const user = graphqlUser
  .nullable()
  .transform((value): Person | null => value && personOf(value.databaseId, value.login, 'User'))

export const oid = filled
export const named = z.object({ oid })

/** One page of a GraphQL connection; {@link wholeOf} refuses one that says there is more. */
export const connection = <T extends z.ZodType>(node: T) =>
  z.object({
    totalCount: whole.nonnegative(),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: text.nullable() }),
    nodes: z.array(node),
  })

export interface Page<T> {
  readonly totalCount: number
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes: readonly T[]
}

export const PAGE_INFO = 'totalCount pageInfo { hasNextPage endCursor }'
