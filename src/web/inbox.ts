import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock, Inbox, Logger } from '../gatekeeper/ports.js'
import { refuse, sameAnswer, type FrontHandler } from './answer.js'
import { readBody, type Held } from './body.js'
import { LIMITS, type Limits } from './limits.js'
import { isSigned, signatureOf } from './signature.js'

export const WEBHOOK_PATH = '/api/github/webhooks'

export interface InboxParts {
  /** Newest first; a delivery signed with any of them is taken. Read for each delivery: they may change. */
  readonly secrets: readonly string[]
  readonly inbox: Pick<Inbox, 'accept'>
  readonly clock: Clock
  readonly log: Logger
  readonly limits?: Limits
  /** Hears what came of every delivery; `event` is as the sender called it. */
  readonly heard?: (event: string, outcome: string) => void
}

/** What came of a delivery: the status GitHub gets, and the sentence with it. A wrong signature is 401, never 400. */
const OUTCOMES = {
  accepted: { status: 202, says: 'The delivery is stored.' },
  not_post: { status: 405, says: 'Deliveries are POSTed.' },
  bad_delivery: { status: 400, says: 'X-GitHub-Delivery is missing or malformed.' },
  bad_event: { status: 400, says: 'X-GitHub-Event is missing or malformed.' },
  not_json: { status: 415, says: 'Set the webhook’s content type to application/json.' },
  unsigned: { status: 401, says: 'X-Hub-Signature-256 is missing or malformed.' },
  wrong_signature: { status: 401, says: 'The signature does not fit the body and any WEBHOOK_SECRET.' },
  too_large: { status: 413, says: 'The body is larger than 25 MiB.' },
  busy: { status: 503, says: 'Too many deliveries at once; redeliver it later.' },
  not_text: { status: 400, says: 'The body is not UTF-8 text.' },
  not_stored: { status: 503, says: 'The delivery could not be stored; redeliver it later.' },
  aborted: { status: 400, says: 'The upload ended early.' },
} as const

type Outcome = keyof typeof OUTCOMES
interface Result {
  readonly outcome: Outcome
  readonly bytes: number
  readonly problem?: string
}

interface Envelope {
  readonly guid: string
  readonly event: string
  readonly signature: Buffer
}

/**
 * Takes deliveries at {@link WEBHOOK_PATH}. Nothing is read before the headers are in order, nothing is parsed at all:
 * a body that one of the secrets signed is put on disk as it came, and only then is it acknowledged.
 */
export const webhookInbox = (parts: InboxParts): FrontHandler => {
  if (parts.secrets.length === 0 || parts.secrets.includes('')) throw new Error('a webhook secret is needed')
  const held: Held = { bytes: 0 }
  return async (request, response) => {
    if (pathOf(request) !== WEBHOOK_PATH) return false
    const result = await receive(parts, request, held)
    reply(request, response, result, parts.limits ?? LIMITS)
    record(parts.log, request, result)
    parts.heard?.(String(request.headers['x-github-event'] ?? ''), result.outcome)
    return true
  }
}

const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0]

const receive = async (parts: InboxParts, request: IncomingMessage, held: Held): Promise<Result> => {
  if (request.method !== 'POST') return { outcome: 'not_post', bytes: 0 }
  const envelope = envelopeOf(request)
  if (typeof envelope === 'string') return { outcome: envelope, bytes: 0 }
  const read = await readBody(request, parts.limits ?? LIMITS, held)
  if (!read.ok) return { outcome: read.why, bytes: read.bytes }
  return store(parts, envelope, read.body)
}

const store = async (parts: InboxParts, { guid, event, signature }: Envelope, bytes: Buffer): Promise<Result> => {
  const size = { bytes: bytes.length }
  if (!isSigned(bytes, signature, parts.secrets)) return { outcome: 'wrong_signature', ...size }
  if (!isText(bytes)) return { outcome: 'not_text', ...size }
  try {
    await parts.inbox.accept({ guid, event, body: bytes, receivedAt: parts.clock.now() })
    return { outcome: 'accepted', ...size }
  } catch (error) {
    return { outcome: 'not_stored', ...size, problem: error instanceof Error ? error.message : String(error) }
  }
}

const DELIVERY = /^[A-Za-z0-9._-]{1,64}$/
const EVENT = /^[a-z][a-z0-9_]{0,63}$/

const envelopeOf = ({ headers }: IncomingMessage): Envelope | Outcome => {
  const guid = headers['x-github-delivery']
  if (typeof guid !== 'string' || !DELIVERY.test(guid)) return 'bad_delivery'
  const event = headers['x-github-event']
  if (typeof event !== 'string' || !EVENT.test(event)) return 'bad_event'
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return 'not_json'
  const signature = signatureOf(headers['x-hub-signature-256'])
  return signature === null ? 'unsigned' : { guid, event, signature }
}

/** UTF-8, and without a NUL, which no JSON holds. */
const isText = (bytes: Buffer): boolean => !bytes.includes(0) && isUtf8(bytes)

const accepted = sameAnswer(OUTCOMES.accepted.status, { accepted: true })

const reply = (request: IncomingMessage, response: ServerResponse, { outcome }: Result, limits: Limits): void => {
  const { status, says } = OUTCOMES[outcome]
  if (outcome === 'aborted') response.destroy()
  else if (outcome === 'accepted') accepted(response)
  else {
    const allow = outcome === 'not_post' ? { allow: 'POST' } : {}
    refuse(request, response, status, { error: outcome, message: says }, { linger: limits.linger, ...allow })
  }
}

const record = (log: Logger, { headers }: IncomingMessage, { outcome, bytes, problem }: Result): void => {
  const values = {
    delivery: printable(headers['x-github-delivery']),
    event: printable(headers['x-github-event']),
    bytes,
    outcome,
    ...(problem === undefined ? {} : { problem }),
  }
  if (outcome === 'accepted') log.info(values, 'delivery accepted')
  else if (outcome === 'not_stored') log.error(values, 'delivery not stored')
  else log.warn(values, 'delivery refused')
}

/** A header as a log may show it: short, and nothing but printable ASCII. */
const printable = (header: string | string[] | undefined): string | null =>
  header === undefined
    ? null
    : String(header)
        .slice(0, 64)
        .replace(/[^\x20-\x7e]/g, '?')
