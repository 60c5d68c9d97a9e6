import { Unreadable, type ChangeState, type PostedCheck } from '../../gatekeeper/ports.js'
import type { Change, Person, Sha } from '../../policy/facts.js'
import { GraphqlTrouble, unreadable } from '../errors.js'
import type { Answer } from '../parts.js'
import { CHANGE, changeReply, PARTS, type PullRequest } from '../graphql/change.js'
import { ownChecks } from '../publish/check.js'
import { verified, type Scope } from '../scope.js'
import { changeFacts } from './change-facts.js'
import { changesWith } from './changes-with.js'
import { readReported, reportedOn, type Reported } from './checks.js'
import { once } from './once.js'
import { learnPolicy, wantsText } from './policy-kept.js'

type Refused = Answer<unknown>['refused']
type Reply = { readonly defaultBranchRef: { readonly name: string }; readonly pullRequest: PullRequest }

/** A reply whose only fault is that the pull request is not there. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof GraphqlTrouble &&
  error.cause.errors.length > 0 &&
  error.cause.errors.every(({ type, path }) => type === 'NOT_FOUND' && path === 'repository.pullRequest')

const ask = async (scope: Scope, number: number): Promise<Answer<Reply> | null> => {
  try {
    const variables = { owner: scope.owner, repo: scope.repo, number, policyText: wantsText(scope) }
    return await scope.api.queryParts(`#${number}`, CHANGE, variables, verified(scope, changeReply), PARTS)
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

/** Its entry in the merge queue, or, where that is not shown, what its timeline said last of the queue. */
const queueEntry = ({ mergeQueueEntry, queued }: PullRequest): { readonly enqueuer: Person | null } | null => {
  if (mergeQueueEntry !== undefined) return mergeQueueEntry
  const last = queued?.nodes.at(-1)
  return last?.__typename === 'AddedToMergeQueueEvent' ? { enqueuer: last.enqueuer ?? last.actor ?? null } : null
}

/** Who had it merged by itself; where GitHub does not show that request, whom its timeline names last. */
const enabledBy = ({ autoMergeRequest, automatic }: PullRequest): Person | null => {
  if (autoMergeRequest !== undefined) return autoMergeRequest?.enabledBy ?? null
  const last = automatic?.nodes.at(-1)
  return last?.enabler ?? last?.actor ?? null
}

export const changeOf = (pull: PullRequest): Change => ({
  number: pull.number,
  title: pull.title,
  body: pull.body,
  author: pull.author,
  base: pull.baseRefName,
  head: pull.headRefName,
  headSha: pull.headRefOid,
  fork: pull.isCrossRepository,
  draft: pull.isDraft,
  labels: pull.labels?.nodes ?? [],
  openedAt: pull.createdAt,
  retargetedAt: pull.timelineItems.nodes.at(-1)?.createdAt ?? null,
  forcePushedAt: pull.forced?.nodes.at(-1)?.createdAt ?? null,
  enqueuedBy: queueEntry(pull)?.enqueuer ?? enabledBy(pull),
  inMergeQueue: queueEntry(pull) !== null,
})

/** What the head carries, from the same reply where GitHub lists the head last, else by a query of its own. */
const reportedOnHead = async (scope: Scope, pull: PullRequest, refused: Refused): Promise<Reported> => {
  const why = refused.get('head')
  if (why) throw unreadable(`checks of ${pull.headRefOid}`, why.reason)
  const head = pull.head?.nodes.at(-1)?.commit
  return head?.oid === pull.headRefOid ? reportedOn(scope, head.oid, head) : readReported(scope, pull.headRefOid)
}

/** Other open pull requests with this head; asked anew where the reply did not show the head or not all of them. */
const sharers = async (scope: Scope, { head, headRefOid, number }: PullRequest): Promise<readonly number[]> => {
  const last = head?.nodes.at(-1)?.commit
  const pulls = last?.oid === headRefOid ? last.associatedPullRequests : null
  if (pulls === null || pulls.pageInfo.hasNextPage)
    return (await changesWith(scope, headRefOid)).filter((other) => other !== number)
  return pulls.nodes
    .filter((other) => other.state === 'OPEN' && other.headRefOid === headRefOid && other.number !== number)
    .map((other) => other.number)
}

const baseTip = ({ state, baseRef, baseRefOid, baseRefName, number }: PullRequest): string => {
  const tip = baseRef?.target?.oid
  if (tip !== undefined) return tip
  if (state === 'OPEN') throw unreadable(`the base of #${number}`, `${baseRefName} does not show its tip`)
  return baseRefOid
}

/** This app's own checks there; asked of REST where what was reported on the head cannot be read whole. */
const ownOn = async (scope: Scope, head: Sha, reported: () => Promise<Reported>): Promise<readonly PostedCheck[]> => {
  try {
    return (await reported()).own
  } catch (error) {
    if (error instanceof Unreadable) return ownChecks(scope, head)
    throw error
  }
}

/** A pull request as it is now, and its facts; `null`: there is none of this number. */
export const readChange = async (scope: Scope, number: number): Promise<ChangeState | null> => {
  const answer = await ask(scope, number)
  if (answer === null) return null
  const { pullRequest: pull, defaultBranchRef } = answer.reply
  await learnPolicy(scope, pull.baseRef?.target)
  const reported = once(() => reportedOnHead(scope, pull, answer.refused))
  return {
    open: pull.state === 'OPEN',
    merged: pull.merged,
    mergedAt: pull.mergedAt,
    headSha: pull.headRefOid,
    base: pull.baseRefName,
    baseSha: baseTip(pull),
    defaultBranch: defaultBranchRef.name,
    sharedBy: await sharers(scope, pull),
    checks: await ownOn(scope, pull.headRefOid, reported),
    facts: changeFacts(scope, pull, reported, answer.refused),
  }
}
