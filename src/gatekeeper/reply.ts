import { createHash } from 'node:crypto'
import type { Instant } from '../policy/facts.js'
import { MINUTE, SECOND, type Gatekeeper } from './gatekeeper.js'
import {
  LeaseLost,
  Unreadable,
  type Intent,
  type Judged,
  type Lease,
  type Repository,
  type StoredIntent,
} from './ports.js'

/** A call ends within ten seconds; so long after one began, GitHub's list of comments tells whether it arrived. */
const SHOWN_WITHIN = 20 * SECOND
/** What could not be said for a day helps nobody any more. */
const WORTH_SAYING = 24 * 60 * MINUTE
/** Between GitHub's clock and ours, when comments are listed since a time. */
const CLOCKS_APART = 10 * MINUTE

const FINISHED: Judged = { lookAgainAt: null, asked: [], sha: null, finished: true }

/** Makes the reply to a subject known among comments, wherever it is said again: a subject has one reply. */
const markOf = (subject: string): string => createHash('sha256').update(subject).digest('hex').slice(0, 24)

/** What shall be replied, to go on record in one transaction with what it tells of: from then on it is owed. */
export const replyTo = (
  { clock }: Gatekeeper,
  lease: Lease,
  { address }: Repository,
  number: number,
  text: string,
): Intent => ({
  installation: address.installation,
  repository: address.id,
  subject: lease.key,
  what: 'reply',
  target: String(number),
  sha: null,
  run: null,
  attempt: null,
  body: { text, since: clock.now() },
})

const owedTo = async ({ records }: Gatekeeper, { key }: Lease): Promise<readonly StoredIntent[]> =>
  (await records.unsettled()).filter(({ what, subject }) => what === 'reply' && subject === key)

/** Since when it is owed. */
const since = ({ body, at }: StoredIntent): Instant => (typeof body['since'] === 'number' ? body['since'] : at)

const textOf = ({ body }: StoredIntent): string => (typeof body['text'] === 'string' ? body['text'] : '')

/** GitHub will not take it, however often it is asked: the pull request is gone, or comments are not taken there. */
const isFinal = ({ status }: Unreadable): boolean => status === 404 || status === 410 || status === 422

/** One call. Where its fate is not known it stays owed, and the next look asks GitHub before it says anything again. */
const say = async (
  { records, subjects, clock, log }: Gatekeeper,
  lease: Lease,
  repository: Repository,
  intent: StoredIntent,
): Promise<void> => {
  if (!(await subjects.holds(lease, clock.now()))) throw new LeaseLost(lease.key)
  try {
    const comment = await repository.reply(Number(intent.target), textOf(intent), markOf(lease.key))
    await records.settle(intent.id, { ok: true, detail: { comment } }, clock.now())
  } catch (error) {
    if (!(error instanceof Unreadable) || !isFinal(error)) throw error
    log.warn({ subject: lease.key, error: error.message }, 'a reply is not taken by GitHub, and is given up')
    await records.settle(intent.id, { ok: false, detail: { status: error.status, reason: error.reason } }, clock.now())
  }
}

/** Says what this very look has put on record. @throws {Unreadable} when GitHub did not take it; it stays owed. */
export const sayNow = async (gatekeeper: Gatekeeper, lease: Lease, repository: Repository): Promise<void> => {
  for (const intent of await owedTo(gatekeeper, lease)) await say(gatekeeper, lease, repository, intent)
}

/**
 * The reply that an earlier look owes, if any: said if GitHub does not show it. Each call is an intent of its own, so that
 * the age of the newest one tells whether GitHub's answer can be trusted.
 * @returns what the look came to; `null`: nothing is owed.
 */
export const sayOwed = async (gatekeeper: Gatekeeper, lease: Lease, repository: Repository): Promise<Judged | null> => {
  const { records, clock } = gatekeeper
  const owed = await owedTo(gatekeeper, lease)
  const last = owed.at(-1)
  if (last === undefined) return null
  const now = clock.now()
  if (now < last.at + SHOWN_WITHIN)
    return { lookAgainAt: last.at + SHOWN_WITHIN, asked: [], sha: null, finished: false }
  const comment = await repository.replied(Number(last.target), markOf(lease.key), since(last) - CLOCKS_APART)
  const detail = comment === null ? { seen: false } : { seen: true, comment }
  const again = comment === null && now - since(last) < WORTH_SAYING ? await saidAgain(gatekeeper, last, now) : null
  for (const { id } of owed) await records.settle(id, { ok: comment !== null, detail }, clock.now())
  if (again !== null) await say(gatekeeper, lease, repository, again)
  return FINISHED
}

const saidAgain = async (
  { records }: Gatekeeper,
  { id: _id, at: _at, ...intent }: StoredIntent,
  now: Instant,
): Promise<StoredIntent> => ({ ...intent, at: now, id: await records.intend(intent, now) })
