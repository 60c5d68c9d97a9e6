import { allows } from '../http/route.js'
import { GraphQLError } from './library.js'
import type { Access } from '../state/apps.js'
import type { Caller } from '../http/auth.js'
import type { Platform } from '../state/platform.js'
import type { Realm } from '../http/route.js'

/** Whose eyes a query sees with. */
export interface Eye {
  readonly platform: Platform
  readonly caller: Caller
  readonly realm: Realm
}

export const notFound = (what: string): GraphQLError =>
  new GraphQLError(`Could not resolve to ${what}.`, { extensions: { type: 'NOT_FOUND' } })

/** @throws {GraphQLError} as GitHub says it to an installation that lacks a permission. */
export const demand = ({ caller }: Eye, permission: string, access: Access = 'read'): void => {
  if (caller.kind !== 'installation' || allows(caller.permissions[permission], access)) return
  throw new GraphQLError('Resource not accessible by integration', { extensions: { type: 'FORBIDDEN' } })
}

export interface PageArguments {
  readonly first?: number | null
  readonly last?: number | null
  readonly after?: string | null
  readonly before?: string | null
}

const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString('base64')

const indexOf = (cursor: string): number =>
  Number(Buffer.from(cursor, 'base64').toString('utf8').replace('cursor:', ''))

/** A page of a list. GitHub wants `first` or `last`, of 1 to 100; `total` where it counts more than it lists. */
export const connection = <T>(
  items: readonly T[],
  { first, last, after, before }: PageArguments,
  view: (item: T) => unknown,
  more: { readonly total?: number; readonly edge?: (item: T) => object; readonly beside?: object } = {},
) => {
  if (first == null && last == null)
    throw new GraphQLError('You must provide a `first` or `last` value to properly paginate.', {
      extensions: { type: 'MISSING_PAGINATION_BOUNDARIES' },
    })
  const asked = first ?? last ?? 0
  if (asked < 0 || asked > 100)
    throw new GraphQLError(`Requesting ${asked} records exceeds the limit of 100 records.`, {
      extensions: { type: 'EXCESSIVE_PAGINATION' },
    })
  const from = after == null ? 0 : indexOf(after) + 1
  const to = before == null ? items.length : indexOf(before)
  const start = first == null ? Math.max(from, to - asked) : from
  const end = first == null ? to : Math.min(to, from + asked)
  const page = items.slice(start, end)
  return {
    totalCount: more.total ?? items.length,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: page.length > 0 ? cursorOf(start) : null,
      endCursor: page.length > 0 ? cursorOf(start + page.length - 1) : null,
    },
    nodes: () => page.map(view),
    edges: () =>
      page.map((item, index) => ({ cursor: cursorOf(start + index), node: view(item), ...more.edge?.(item) })),
    ...more.beside,
  }
}
