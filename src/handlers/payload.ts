import type { EmitterWebhookEvent } from '@octokit/webhooks'
import type { Sha } from '../policy/facts.js'

/** GitHub's own type of an event's body. A promise, not a proof: every field that is used is read through this file. */
export type Payload<Name extends EmitterWebhookEvent['name']> = Extract<EmitterWebhookEvent, { name: Name }>['payload']

/** A field that GitHub promises is missing or holds something else. The delivery becomes a dead letter that says so. */
export class UnexpectedPayload extends Error {
  override readonly name = 'UnexpectedPayload'
  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(`${field} ${problem}`)
  }
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const NO_COMMIT = /^0+$/

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What was found instead, briefly, control characters escaped; never a piece of an object. */
const shown = (value: unknown) => {
  if (value === undefined) return 'is missing'
  if (Array.isArray(value)) return 'is a list'
  return isRecord(value) ? 'is an object' : `is ${JSON.stringify(value).slice(0, 80)}`
}

/** What stands at a dotted path (`check_run.app.id`), or `undefined`. Only own properties are seen. */
export const at = (payload: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), payload)

/** Whether something other than `null` stands there. */
export const has = (payload: unknown, path: string): boolean => {
  const value = at(payload, path)
  return value !== undefined && value !== null
}

/** @throws {UnexpectedPayload} unless it is a whole number above 0 that JavaScript can hold. */
export const id = (payload: unknown, path: string): number => {
  const value = at(payload, path)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new UnexpectedPayload(path, `${shown(value)}; a positive whole number was expected`)
}

/** No name of GitHub's is so long: refs, environments and logins end well before. */
const LONGEST = 1_000

/** @throws {UnexpectedPayload} unless it is a text that is not empty, no longer than a name is, and has no NUL. */
export const text = (payload: unknown, path: string): string => {
  const value = at(payload, path)
  if (typeof value === 'string' && value.length > LONGEST)
    throw new UnexpectedPayload(path, `has ${value.length} characters; at most ${LONGEST} were expected`)
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw new UnexpectedPayload(path, `${shown(value)}; a text was expected`)
}

/** @throws {UnexpectedPayload} unless it is a full commit id. */
export const sha = (payload: unknown, path: string): Sha => {
  const value = at(payload, path)
  if (typeof value === 'string' && COMMIT.test(value)) return value
  throw new UnexpectedPayload(path, `${shown(value)}; a full commit id was expected`)
}

/** A commit id, or `null` for GitHub's all-zero id, which stands for "there was none". */
export const shaOrNone = (payload: unknown, path: string): Sha | null => {
  const value = sha(payload, path)
  return NO_COMMIT.test(value) ? null : value
}

/** A list's members; none where the list is absent or `null`. @throws {UnexpectedPayload} where it is something else. */
export const each = (payload: unknown, path: string): readonly unknown[] => {
  const value = at(payload, path)
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new UnexpectedPayload(path, `${shown(value)}; a list was expected`)
}
