import { parseCommand } from '../commands.js'
import type {
  ApprovalChannel,
  Change,
  Comment,
  Deployment,
  Instant,
  Person,
  ReleaseApproval,
  Review,
  Sha,
  ShippedChange,
  UserId,
} from '../facts.js'

/** What a person said about exactly one subject, or one before it. */
export interface Act {
  readonly by: Person
  readonly at: Instant
  /** `withdraw`: a dismissed review; what its giver said before does not come back. */
  readonly kind: 'approve' | 'object' | 'withdraw'
  readonly via: ApprovalChannel
  /** Why an approval is not one of exactly this; `null`: it is. */
  readonly stale: 'commit' | 'attempt' | 'retargeted' | null
  readonly reason: string
}

/** Objections whose time GitHub does not tell stand until their giver is seen to say otherwise. */
const NEWEST = Number.MAX_SAFE_INTEGER

const KINDS = {
  approved: 'approve',
  changes_requested: 'object',
  dismissed: 'withdraw',
  commented: null,
  pending: null,
} as const

/** A review as an act; `null` where it says nothing, or approves without author, commit or time. */
const actOfReview = (
  { by, state, commit, at, body }: Review,
  staleness: (commit: Sha, at: Instant) => Act['stale'],
): Act | null => {
  const kind = KINDS[state]
  if (kind === null || by === null) return null
  if (kind !== 'approve') return { by, at: at ?? NEWEST, kind, via: 'review', stale: null, reason: body }
  if (commit === null || at === null) return null
  return { by, at, kind, via: 'review', stale: staleness(commit, at), reason: body }
}

const present = <T>(value: T | null): value is T => value !== null

/** Which earlier approvals are as good as one of the head. */
export type StillGood = (sha: Sha) => boolean

/**
 * Reviews and `/approve merge` comments of a pull request. A comment that was edited, or came by e-mail, is none.
 *
 * @param named the commit that a comment names, perhaps by its first digits.
 */
export const actsOnChange = (
  change: Change,
  reviews: readonly Review[],
  comments: readonly Comment[],
  stillGood: StillGood,
  named: (written: string) => Sha,
): readonly Act[] => {
  const voided = (at: Instant) => change.retargetedAt !== null && at <= change.retargetedAt
  const staleness = (commit: Sha, at: Instant): Act['stale'] => {
    if (voided(at)) return 'retargeted'
    return commit === change.headSha || stillGood(commit) ? null : 'commit'
  }
  const approving = (comment: Comment): Act | null => {
    const command =
      comment.by === null || comment.editedAt !== null || comment.viaEmail ? null : parseCommand(comment.body)
    if (comment.by === null || command === null || !('kind' in command) || command.kind !== 'approve-merge') return null
    return {
      by: comment.by,
      at: comment.at,
      kind: 'approve',
      via: 'comment',
      stale: staleness(shortened(change, command.sha, comment.at) ? command.sha : named(command.sha), comment.at),
      reason: command.reason,
    }
  }
  return [...reviews.map((review) => actOfReview(review, staleness)), ...comments.map(approving)].filter(present)
}

/**
 * First digits can be made to fit a second commit, which a force push puts in the place of the one that was meant: given
 * before one, only a whole SHA names a commit.
 */
const shortened = ({ headSha, forcePushedAt = null }: Change, written: string, at: Instant): boolean =>
  forcePushedAt !== null && at <= forcePushedAt && written.length < headSha.length

/** Yes and no to a deployment. GitHub tells no attempt of its own reviewers' answers, so they are the first attempt's. */
export const actsOnRelease = ({ sha, attempt }: Deployment, approvals: readonly ReleaseApproval[]): readonly Act[] =>
  approvals.map((given) => ({
    by: given.by,
    at: given.at,
    kind: given.decision === 'approve' ? 'approve' : 'object',
    via: given.via,
    stale:
      given.sha !== sha
        ? 'commit'
        : given.attempt !== attempt || (given.via === 'environment' && attempt !== 1)
          ? 'attempt'
          : null,
    reason: given.comment,
  }))

/** Reviews of the pull requests that ship: all of exactly the deployed SHA, and approvals of another one, which are stale. */
export const reviewsOfSha = (sha: Sha, changes: readonly ShippedChange[]): readonly Act[] =>
  changes
    .flatMap(({ reviews }) => reviews.filter(({ commit, state }) => commit === sha || state === 'approved'))
    .map((review) => actOfReview(review, (commit) => (commit === sha ? null : 'commit')))
    .filter(present)

/** Who of these reviewers stands with an objection: changes requested, and neither approved nor dismissed since. */
export const objectorsAmong = (reviews: readonly Review[]): readonly Person[] =>
  objectors(reviews.map((review) => actOfReview(review, () => null)).filter(present))

const STRICTEST_FIRST: readonly Act['kind'][] = ['object', 'withdraw', 'approve']

/** The acts of each person. */
export const byPerson = (acts: readonly Act[]): ReadonlyMap<UserId, readonly Act[]> => {
  const grouped = new Map<UserId, Act[]>()
  for (const act of acts) {
    const before = grouped.get(act.by.id)
    if (before === undefined) grouped.set(act.by.id, [act])
    else before.push(act)
  }
  return grouped
}

/** A person's newest act; of several at one instant the strictest. */
export const newestOf = (acts: readonly Act[]): Act | undefined =>
  acts.reduce<Act | undefined>(
    (newest, act) => (newest === undefined || supersedes(act, newest) ? act : newest),
    undefined,
  )

const supersedes = (act: Act, other: Act): boolean =>
  act.at > other.at || (act.at === other.at && STRICTEST_FIRST.indexOf(act.kind) < STRICTEST_FIRST.indexOf(other.kind))

/**
 * People whose newest act is an objection. Of a release pass only acts on exactly this attempt: a yes to another one
 * takes no rejection back.
 */
export const objectors = (acts: readonly Act[]): readonly Person[] =>
  [...byPerson(acts).values()].flatMap((own) => {
    const newest = newestOf(own)
    return newest?.kind === 'object' && newest.by.kind === 'user' ? [newest.by] : []
  })
