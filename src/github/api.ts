import { z } from 'zod'
import type { Clock, Purpose, Unreadable } from '../gatekeeper/ports.js'
import type { Ending } from './ending.js'
import { GraphqlTrouble, isRequestError, Limited, troubleOf, unreadable } from './errors.js'
import { weightOf, type Resource } from './limiting/limits.js'
import type { Limiter } from './limiting/limiter.js'
import type { Octokit } from './octokit.js'
import { askInParts, type Answer, type Part } from './parts.js'

export type Parameters = { readonly [name: string]: unknown }

export interface PageOptions {
  /** The key of the rows in each page; absent: the page is the list. */
  readonly rows?: string
  /** More rows than this are not read on: the list is unreadable. */
  readonly most?: number
}

/**
 * Everything that is asked of GitHub goes through here. `what` names it for people ("members of team appsec"). A reply
 * is whole and as its schema says, or {@link Unreadable} is thrown.
 */
export interface Api {
  get<T>(what: string, route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T>
  /** As `get`; `null` on 404. Only for what the caller knows to be absent when it is not shown. */
  find<T>(what: string, route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T | null>
  /** Every page of a REST list. */
  all<T>(
    what: string,
    route: string,
    parameters: Parameters,
    row: z.ZodType<T>,
    options?: PageOptions,
  ): Promise<readonly T[]>
  /**
   * A REST list that GitHub pages by cursor, newest first, until a page satisfies `enough`; `cut`: or until there are so
   * many rows, where the newest part of the list will do.
   */
  recent<T>(
    what: string,
    route: string,
    parameters: Parameters,
    row: z.ZodType<T>,
    enough: (page: readonly T[]) => boolean,
    cut?: number,
  ): Promise<readonly T[]>
  /** A query without errors; a reply with any is not used. */
  query<T>(what: string, document: string, variables: Parameters, schema: z.ZodType<T>): Promise<T>
  /**
   * As `query`, of a document of which each part named can be left out by its variable (`$noName`). Where all errors of a
   * reply lie within such parts, GitHub is asked once more without them; why each was left out comes with the answer.
   */
  queryParts<T>(
    what: string,
    document: string,
    variables: Parameters,
    schema: z.ZodType<T>,
    parts: readonly Part[],
  ): Promise<Answer<T>>
  /** One attempt, never repeated here. */
  write<T>(what: string, route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T>
}

const PER_PAGE = 100
const MOST_ROWS = 20_000

export const is404 = (error: unknown): error is Unreadable =>
  error instanceof Error && error.name === 'Unreadable' && 'status' in error && error.status === 404

interface Page {
  readonly data: unknown
  readonly headers: { readonly link?: string | undefined }
}

const cursorOf = ({ link = '' }: { readonly link?: string | undefined }): string | null => {
  const next = /<([^>]+)>;\s*rel="?next"?/.exec(link)?.[1]
  return next === undefined ? null : new URL(next).searchParams.get('cursor')
}

const linksOn = (headers: { readonly link?: string | undefined }): boolean => /\brel="?next"?/.test(headers.link ?? '')

const graphqlReply = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        type: z.string().optional(),
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).nullish(),
      }),
    )
    .nullish(),
})

const graphqlUrl = (octokit: Octokit): string =>
  `${octokit.request.endpoint.DEFAULTS.baseUrl.replace(/\/api\/v3\/?$/, '/api')}/graphql`

/** Asks for a new token where GitHub refuses the one at hand: permissions may have changed before its hour was over. */
const renewing = async <T>(call: () => Promise<T>, renew: (() => Promise<unknown>) | undefined): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    if (!renew || !isRequestError(error) || error.status !== 401) throw error
    await renew()
    return call()
  }
}

/** One call as it ended. `status`: GitHub's; 0 where none came, 429 also where the call was not made because of a limit. */
export interface Call {
  readonly about: string
  /** GUID of the delivery that led to it; `null`: none did. */
  readonly delivery: string | null
  /** As documented, without what was put in its place. */
  readonly route: string
  readonly resource: Resource
  readonly status: number
}

export interface ApiParts {
  readonly octokit: Octokit
  readonly clock: Clock
  readonly limiter: Limiter
  readonly ending: Ending
  readonly purpose: Purpose
  /** Hears of every call that was made or refused. */
  readonly heard: (call: Call) => void
  /** Gets a new installation token; absent for the app itself, whose tokens are made on the spot. */
  readonly renew?: () => Promise<unknown>
}

const statusOf = (error: unknown): number => {
  if (error instanceof Limited) return 429
  return isRequestError(error) && error.response ? error.status : 0
}

export const apiOf = ({ octokit, clock, limiter, ending, purpose, heard, renew }: ApiParts): Api => {
  const send = async (route: string, parameters: Parameters): Promise<Page> => {
    const weight = weightOf(route)
    const call = { about: purpose.about, delivery: purpose.delivery ?? null, route, resource: weight.resource }
    try {
      const reply: Page & { readonly status: number } = await limiter.run(weight, purpose.urgency, () =>
        ending.until(() => octokit.request(route, { ...parameters })),
      )
      heard({ ...call, status: reply.status })
      return { data: reply.data, headers: reply.headers }
    } catch (error) {
      heard({ ...call, status: statusOf(error) })
      throw error
    }
  }
  const ask = async <T>(what: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read()
    } catch (error) {
      throw troubleOf(what, error, clock.now())
    }
  }
  const request = (route: string, parameters: Parameters): Promise<Page> =>
    renewing(() => send(route, parameters), renew && (() => ending.until(renew)))
  const get = <T>(what: string, route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T> =>
    ask(what, async () => schema.parse((await request(route, parameters)).data))

  const query = <T>(what: string, document: string, variables: Parameters, schema: z.ZodType<T>): Promise<T> =>
    ask(what, async () => {
      const { data, headers } = await request(`POST ${graphqlUrl(octokit)}`, { query: document, variables })
      const reply = graphqlReply.parse(data)
      if (reply.errors && reply.errors.length > 0) {
        const trouble = new GraphqlTrouble(reply.errors.map(named), { ...headers })
        if (trouble.isLimit) limiter.exhausted('graphql', trouble.headers)
        throw trouble
      }
      return schema.parse(reply.data)
    })

  return {
    get,
    write: get,
    query,
    queryParts: (what, document, variables, schema, parts) =>
      askInParts(what, (without) => query(what, document, { ...variables, ...without }, schema), parts),
    async find(what, route, parameters, schema) {
      try {
        return await get(what, route, parameters, schema)
      } catch (error) {
        if (is404(error)) return null
        throw error
      }
    },
    all: (what, route, parameters, row, options = {}) =>
      ask(what, async () =>
        allPages(what, (page) => request(route, { ...parameters, per_page: PER_PAGE, page }), row, options),
      ),
    recent: (what, route, parameters, row, enough, cut) =>
      ask(what, () => {
        const page = (cursor: object) => request(route, { ...parameters, per_page: PER_PAGE, ...cursor })
        return recentPages(what, page, row, enough, cut)
      }),
  }
}

const named = ({
  type,
  message,
  path,
}: {
  type?: string | undefined
  message: string
  path?: (string | number)[] | null | undefined
}) => ({
  type: type ?? 'ERROR',
  message,
  path: (path ?? []).join('.'),
})

/**
 * Pages until GitHub links to no further one and the last was not full. A `total_count` that disagrees with what was
 * gathered, and a list beyond `most`, are unreadable: part of a list is never a list.
 */
const allPages = async <T>(
  what: string,
  page: (number: number) => Promise<Page>,
  row: z.ZodType<T>,
  { rows, most = MOST_ROWS }: PageOptions,
): Promise<readonly T[]> => {
  const gathered: T[] = []
  for (let number = 1; ; number += 1) {
    const { data, headers } = await page(number)
    const found = rowsOf(data, rows, row)
    gathered.push(...found.rows)
    const total = found.total ?? gathered.length
    if (Math.max(gathered.length, total) > most) throw unreadable(what, `there are more than ${most}`)
    const more = linksOn(headers) || found.rows.length >= PER_PAGE
    if (more && found.rows.length > 0) continue
    if (total !== gathered.length) throw unreadable(what, `GitHub counts ${total} and lists ${gathered.length}`)
    return gathered
  }
}

/** Pages by cursor, newest first, until GitHub links to no further one, or a page is enough, or the list may be cut. */
const recentPages = async <T>(
  what: string,
  page: (cursor: { readonly cursor?: string }) => Promise<Page>,
  row: z.ZodType<T>,
  enough: (rows: readonly T[]) => boolean,
  cut = Infinity,
): Promise<readonly T[]> => {
  const gathered: T[] = []
  for (let next: { readonly cursor?: string } | null = {}; next !== null;) {
    const { data, headers }: Page = await page(next)
    const rows = z.array(row).parse(data)
    gathered.push(...rows)
    if (gathered.length >= cut) return gathered
    if (gathered.length > MOST_ROWS && cut === Infinity) throw unreadable(what, `there are more than ${MOST_ROWS}`)
    const cursor = cursorOf(headers)
    next = cursor === null || rows.length === 0 || enough(rows) ? null : { cursor }
  }
  return gathered
}

const rowsOf = <T>(data: unknown, key: string | undefined, row: z.ZodType<T>) => {
  if (key === undefined) return { rows: z.array(row).parse(data), total: null }
  const { total_count: total } = z.object({ total_count: z.number().int() }).parse(data)
  const found = z.object({ [key]: z.array(row) }).parse(data)[key] ?? []
  return { rows: found, total }
}
