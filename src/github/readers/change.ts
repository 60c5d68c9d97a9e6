import type { ChangeState } from '../../gatekeeper/ports.js'
import type { Change } from '../../policy/facts.js'
import { GraphqlTrouble, unreadable } from '../errors.js'
import { CHANGE, changeReply, type PullRequest } from '../graphql/change.js'
import { verified, type Scope } from '../scope.js'
import { changeFacts } from './change-facts.js'
import { changesWith } from './changes-with.js'
import { readReported, reportedOn, type Reported } from './checks.js'

type Reply = { readonly defaultBranchRef: { readonly name: string }; readonly pullRequest: PullRequest }

/** A reply whose only fault is that the pull request is not there. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof GraphqlTrouble &&
  error.cause.errors.length > 0 &&
  error.cause.errors.every(({ type, path }) => type === 'NOT_FOUND' && path === 'repository.pullRequest')

const ask = async (scope: Scope, number: number): Promise<Reply | null> => {
  try {
    const variables = { owner: scope.owner, repo: scope.repo, number }
    return await scope.api.query(`#${number}`, CHANGE, variables, verified(scope, changeReply))
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
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
  enqueuedBy: pull.mergeQueueEntry?.enqueuer ?? pull.autoMergeRequest?.enabledBy ?? null,
  inMergeQueue: pull.mergeQueueEntry !== null,
})

/** What the head carries, from the same reply where GitHub lists the head last, else by a query of its own. */
const reportedOnHead = (scope: Scope, pull: PullRequest): Promise<Reported> => {
  const head = pull.head.nodes.at(-1)?.commit
  return head?.oid === pull.headRefOid ? reportedOn(scope, head.oid, head) : readReported(scope, pull.headRefOid)
}

/** Other open pull requests with this head; asked anew where the reply did not show the head or not all of them. */
const sharers = async (scope: Scope, { head, headRefOid, number }: PullRequest): Promise<readonly number[]> => {
  const last = head.nodes.at(-1)?.commit
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

/** A pull request as it is now, and its facts; `null`: there is none of this number. */
export const readChange = async (scope: Scope, number: number): Promise<ChangeState | null> => {
  const reply = await ask(scope, number)
  if (reply === null) return null
  const { pullRequest: pull, defaultBranchRef } = reply
  const reported = await reportedOnHead(scope, pull)
  return {
    open: pull.state === 'OPEN',
    merged: pull.merged,
    mergedAt: pull.mergedAt,
    headSha: pull.headRefOid,
    base: pull.baseRefName,
    baseSha: baseTip(pull),
    defaultBranch: defaultBranchRef.name,
    sharedBy: await sharers(scope, pull),
    checks: reported.own,
    facts: changeFacts(scope, pull, reported),
  }
}
