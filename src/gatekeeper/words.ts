import { codeSpan, logins } from '../policy/words/explain.js'
import type { Person, Sha } from '../policy/facts.js'
import type { ActKind, Authority } from './authorise.js'
import { wishOf, type ReleaseAsked } from './release.js'

/** Every sentence that this app says in a reply to a command or a button. Names and texts of users are escaped. */

const short = (sha: string) => sha.slice(0, 7)
const DONE: Readonly<Record<ActKind, string>> = {
  approve: 'approved',
  reject: 'rejected',
  release: 'released',
  override: 'overrode',
}
const DO: Readonly<Record<ActKind, string>> = {
  approve: 'approve',
  reject: 'reject',
  release: 'release',
  override: 'override',
}

const WHY: Readonly<Record<string, string>> = {
  approver_not_eligible: 'is in none of the groups whose word counts here',
  approver_involved: 'wrote, committed, merged, released or started what is decided here',
  not_deployer: 'is not among those who may release here',
  nothing_to_do: 'is late: nothing of that kind is waited for',
}

const whoMay = (may: readonly Person[]) =>
  may.length === 0 ? 'Nobody can do so at the moment.' : `${logins(may)} can.`

export const accepted = (kind: ActKind, by: Person, asked: ReleaseAsked) =>
  `Recorded: ${logins([by])} ${DONE[kind]} ${codeSpan(asked.environment)} for ${codeSpan(short(asked.sha))}, ${wishOf(asked)}.`

export const overrodeAhead = (by: Person, environment: string, sha: Sha) =>
  `Recorded: ${logins([by])} overrode ${codeSpan(environment)} for ${codeSpan(short(sha))}, ahead of any deployment. It counts for the next answer to this commit there, until it expires as the policy says; its review is owed in any case.`

export const refused = (
  kind: ActKind,
  by: Person,
  asked: Pick<ReleaseAsked, 'environment' | 'sha'>,
  authority: Extract<Authority, { readonly ok: false }>,
) =>
  `Refused: ${logins([by])} cannot ${DO[kind]} ${codeSpan(asked.environment)} for ${codeSpan(short(asked.sha))}, because ${logins([by])} ${WHY[authority.code] ?? `is refused (${authority.code})`}. ${whoMay(authority.may)} Nothing has changed.`

export const edited =
  'Refused: this comment was edited, or came by e-mail, and such a comment carries no authority. Write a new comment on GitHub.'

export const unreadable = (problem: string) => `Refused: ${problem} Nothing has changed.`

export const mergeByReviewOnly =
  'Refused: the merge gate of this branch counts reviews, not comments. Approve the pull request with a review of its head commit.'

export const mergeOfOther = (given: string, head: Sha) =>
  [
    `Refused: ${codeSpan(given)} is not the head of this pull request. Nothing has changed.`,
    'To approve its head:',
    `    /approve merge ${head}`,
  ].join('\n\n')

export const mergeRefused = (by: Person, code: string, may: readonly Person[]) =>
  `Refused: ${logins([by])} cannot approve this merge, because ${logins([by])} ${WHY[code] ?? `is refused (${code})`}. ${whoMay(may)} Nothing has changed.`

export const closed = 'Refused: this pull request is closed. Nothing has changed.'

const SEVERAL =
  'Several runs wait for the same commit, which a command cannot tell apart: press the button of the check, or cancel all but one.'

/** A SHA that names no waiting deployment, or several: the candidates as commands ready to copy. */
export const candidates = (kind: ActKind, environment: string, given: string, found: readonly ReleaseAsked[]) => {
  const reason = kind === 'reject' || kind === 'override' ? ' <reason>' : ''
  const quoted = (name: string) =>
    /^[A-Za-z0-9._/-]+$/.test(name) && name.toLowerCase() !== 'merge' ? name : `"${name}"`
  const list = [...new Set(found.map((asked) => `    /${kind} ${quoted(asked.environment)} ${asked.sha}${reason}`))]
  const head = `Refused: ${codeSpan(given)} names no single deployment to ${codeSpan(environment)} that waits, ships this pull request and had asked when this was written. Nothing has changed.`
  return list.length === 0
    ? `${head} None waits at the moment.`
    : [head, '', 'These wait:', '', ...list, ...(list.length < found.length ? ['', SEVERAL] : [])].join('\n')
}

export const nothingGuards = 'No gate guards this pull request.'

export const nothingToReview = (environment: string, sha: string) =>
  `Refused: no override or bypass of ${codeSpan(environment)} with ${codeSpan(sha)} waits for a review. Nothing has changed.`

export const mayNotReview = (by: Person, environment: string, may: readonly Person[]) =>
  `Refused: ${logins([by])} cannot review what went around the gate of ${codeSpan(environment)}: only its reviewers can, and nobody reviews an override of their own. ${whoMay(may)} Nothing has changed.`

export const reviewed = (by: Person, environment: string, count: number) =>
  `Recorded: ${logins([by])} reviewed ${count === 1 ? 'what' : `${count} times what`} went around the gate of ${codeSpan(environment)}. Nothing is owed for it any more.`
