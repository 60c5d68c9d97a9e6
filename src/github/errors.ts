import { z } from 'zod'
import { Unreadable } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import { whole, type Headers } from './headers.js'
import { resetAt, retryAfter } from './limiting/resets.js'

/**
 * A pinned team or user is somebody else now: the name was kept, the account behind it was not. Unknown with the code
 * `renamed`, because looking again cures nothing.
 */
export class Renamed extends Error {
  override readonly name = 'Renamed'
}

/** One error of a GraphQL reply: what failed and where, as GitHub says it. */
export interface GraphqlError {
  readonly type: string
  readonly message: string
  readonly path: string
}

/** A GraphQL reply that is not whole. Its data is never used, only its errors. */
export class GraphqlTrouble extends Error {
  override readonly name = 'GraphqlTrouble'
  constructor(
    readonly errors: readonly GraphqlError[],
    readonly headers: Headers,
  ) {
    super(errors.map(({ type, message, path }) => `${type} at ${path}: ${message}`).join('; '))
  }

  /** GitHub tells of GraphQL's limits in a reply of status 200. */
  get isLimit(): boolean {
    return this.errors.some(({ type }) => type === 'RATE_LIMITED')
  }
}

/** A call that was not made: GitHub's limits allow it only at a later time. */
export class Limited extends Error {
  override readonly name = 'Limited'
  constructor(
    message: string,
    /** When it may be made. */
    readonly at: Instant,
  ) {
    super(message)
  }
}

/** The app is being stopped: a call was not made, or not waited for any more. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  constructor() {
    super('this app is being stopped')
  }
}

const LONGEST_REASON = 300
const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, LONGEST_REASON)

/** When GitHub wants to be asked again, from `retry-after` or the reset of a budget that is used up. */
const retryAt = (headers: Headers, now: Instant): Instant | null =>
  retryAfter(headers, now) ?? (whole(headers['x-ratelimit-remaining']) === 0 ? resetAt(headers, now) : null)

const MEANING: { readonly [status: number]: string } = {
  401: 'the token was refused',
  403: 'a permission is missing, or a limit was reached',
  404: 'missing, or hidden from whoever asks',
  409: 'conflict',
  422: 'refused as invalid',
  429: 'too many requests',
}

/** Octokit's `RequestError`, known by its form: it may come from any copy of the class. No response: the connection failed. */
interface RequestError extends Error {
  readonly status: number
  readonly response?: { readonly headers: Headers } | undefined
}

export const isRequestError = (error: unknown): error is RequestError =>
  error instanceof Error && error.name === 'HttpError' && 'status' in error && typeof error.status === 'number'

const ofResponse = (what: string, error: RequestError, now: Instant): Unreadable => {
  if (!error.response)
    return new Unreadable(what, `no answer from GitHub (${short(error.message)})`, null, null, { cause: error })
  const meaning = MEANING[error.status] ?? (error.status >= 500 ? 'GitHub is in trouble' : 'unexpected')
  return new Unreadable(
    what,
    `GitHub answered ${error.status} (${meaning}): ${short(error.message)}`,
    error.status,
    retryAt(error.response.headers, now),
    { cause: error },
  )
}

const ofShape = (what: string, error: z.ZodError): Unreadable => {
  const [issue] = error.issues
  const at = issue ? issue.path.join('.') || 'the reply' : 'the reply'
  return new Unreadable(what, `GitHub’s reply is not as documented at ${at}: ${short(issue?.message ?? '')}`, null)
}

const ofGraphql = (what: string, error: GraphqlTrouble, now: Instant): Unreadable => {
  const limited = error.isLimit
  const at = retryAt(limited ? { 'x-ratelimit-remaining': 0, ...error.headers } : error.headers, now)
  const missing = error.errors.some(({ type }) => type === 'NOT_FOUND') ? 404 : null
  const status = limited ? 429 : missing
  return new Unreadable(what, `GitHub’s reply is not whole: ${short(error.message)}`, status, at, { cause: error })
}

/**
 * The one place where trouble with GitHub becomes {@link Unreadable}: refusals, limits, time-outs, lost connections,
 * broken or partial replies, missing fields. Anything else is a bug of ours and comes back as it was.
 */
export const troubleOf = (what: string, error: unknown, now: Instant): unknown => {
  if (error instanceof Unreadable || error instanceof Renamed) return error
  if (isRequestError(error)) return ofResponse(what, error, now)
  if (error instanceof GraphqlTrouble) return ofGraphql(what, error, now)
  if (error instanceof Stopped) return new Unreadable(what, error.message, null, null, { cause: error })
  if (error instanceof Limited) return new Unreadable(what, error.message, 429, error.at, { cause: error })
  if (error instanceof z.ZodError) return ofShape(what, error)
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return new Unreadable(what, 'GitHub did not answer in time', null, null, { cause: error })
  return error
}

/** For what GitHub answered in full, and which still is not enough: lists cut at their cap, totals that do not agree. */
export const unreadable = (what: string, reason: string, status: number | null = null): Unreadable =>
  new Unreadable(what, reason, status)

/** Parses a part of a reply that was kept unparsed: not as documented is as unreadable as not there. */
export const parsed = <T>(what: string, schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value)
  if (!result.success) throw ofShape(what, result.error)
  return result.data
}
