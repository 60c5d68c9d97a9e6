import { z } from 'zod'
import type { Person, Sha, ShippedChange } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import { NODE } from '../graphql/change.js'
import type { Part } from '../parts.js'
import { verified, type Scope } from '../scope.js'
import {
  ACTOR,
  actor,
  connection,
  filled,
  named,
  PAGE_INFO,
  positive,
  text,
  textOrEmpty,
  user,
  whole,
} from '../shapes.js'
import { readObjects } from './change-commits.js'
import { wholeList } from './change-lists.js'
import { COMMIT_PARTS, commitParts, type CommitParts } from './commits.js'
import { linkedIssues } from './issues.js'
import { REVIEW_PARTS, review } from './reviews.js'

/** A merged pull request that names a commit as the one it was merged by. */
export interface Merged {
  readonly number: number
  readonly head: Sha
  readonly base: string
  /** How many commits it had. */
  readonly commits: number
}

export interface Arrival {
  readonly parts: CommitParts
  readonly pulls: readonly Merged[]
}

const arrival = z.object({
  ...commitParts.shape,
  associatedPullRequests: connection(
    z.object({
      number: positive,
      state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
      baseRefName: filled,
      headRefOid: filled,
      mergeCommit: named.nullable(),
      repository: z.object({ databaseId: whole }),
      commits: z.object({ totalCount: whole }),
    }),
  ).nullable(),
})

const PARTS = `
...CommitParts
associatedPullRequests(first: 10) {
  ${PAGE_INFO}
  nodes { number state baseRefName headRefOid mergeCommit { oid } repository { databaseId } commits(first: 1) { totalCount } }
}`

/** Commits, each with the merged pull requests of this repository that name it as their merge commit. */
export const readArrivals = async (scope: Scope, shas: readonly Sha[]): Promise<readonly Arrival[]> => {
  const rows = await readObjects(scope, shas, { parts: PARTS, fragments: COMMIT_PARTS, node: arrival })
  return rows.map(({ associatedPullRequests: pulls, ...parts }) => ({
    parts,
    pulls: (pulls?.nodes ?? [])
      .filter(
        (pull) =>
          pull.state === 'MERGED' && pull.mergeCommit?.oid === parts.oid && pull.repository.databaseId === scope.id,
      )
      .map((pull) => ({
        number: pull.number,
        head: pull.headRefOid,
        base: pull.baseRefName,
        commits: pull.commits.totalCount,
      })),
  }))
}

const enqueued = z.object({
  __typename: text,
  actor: actor.optional(),
  enqueuer: user.optional(),
  enabler: user.optional(),
})

/** Where GitHub refuses to show linked issues, the rest of what ships is still told. */
const ISSUES: Part = { name: 'issues', at: /^repository\.p\d+\.closingIssuesReferences(?:\.|$)/ }

const detail = z.object({
  number: positive,
  title: text,
  body: textOrEmpty,
  headRefOid: filled,
  author: actor,
  mergedBy: actor,
  reviews: connection(review).nullable(),
  closingIssuesReferences: connection(NODE.issue).nullish(),
  timelineItems: z.object({ nodes: z.array(enqueued) }),
})
type Detail = z.infer<typeof detail>

const DETAIL = `
fragment Detail on PullRequest {
  number title body headRefOid
  author { ...Actor }
  mergedBy { ...Actor }
  reviews(first: 100) { ${PAGE_INFO} nodes { ...ReviewParts } }
  closingIssuesReferences(first: 50) @skip(if: $noIssues) { ${PAGE_INFO} nodes { number repository { nameWithOwner } } }
  timelineItems(last: 10, itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT, AUTO_MERGE_ENABLED_EVENT, AUTO_SQUASH_ENABLED_EVENT, AUTO_REBASE_ENABLED_EVENT]) {
    nodes {
      __typename
      ... on AddedToMergeQueueEvent { enqueuer { databaseId login } actor { ...Actor } }
      ... on AutoMergeEnabledEvent { enabler { databaseId login } actor { ...Actor } }
      ... on AutoSquashEnabledEvent { enabler { databaseId login } actor { ...Actor } }
      ... on AutoRebaseEnabledEvent { enabler { databaseId login } actor { ...Actor } }
    }
  }
}${REVIEW_PARTS}${ACTOR}`

const query = (count: number): string => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return `
query($owner: String!, $repo: String!, $noIssues: Boolean! = false, ${indexes.map((index) => `$n${index}: Int!`).join(', ')}) {
  repository(owner: $owner, name: $repo) {
    databaseId
    ${indexes.map((index) => `p${index}: pullRequest(number: $n${index}) { ...Detail }`).join('\n    ')}
  }
}${DETAIL}`
}

/** Where a queue or an automatism merged: the person who put it there last. */
const mergerOf = ({ mergedBy, timelineItems }: Detail): Person | null => {
  if (mergedBy?.kind === 'user') return mergedBy
  const last = timelineItems.nodes.at(-1)
  return last?.enqueuer ?? last?.enabler ?? (last?.actor?.kind === 'user' ? last.actor : null) ?? mergedBy
}

const shippedOf = async (scope: Scope, row: Detail): Promise<ShippedChange> => {
  const { number, reviews, closingIssuesReferences: issues } = row
  if (issues?.pageInfo.hasNextPage === true) throw unreadable(`issues of #${number}`, 'there are more than 50')
  return {
    number,
    title: row.title,
    author: row.author,
    mergedBy: mergerOf(row),
    body: row.body,
    reviews: await wholeList(scope, { number, head: row.headRefOid }, 'reviews', NODE.review, reviews),
    linkedIssues: issues ? linkedIssues(scope, issues.nodes) : null,
    gate: await scope.records.mergeGate(scope.id, number, row.headRefOid),
  }
}

const BATCH = 20

/** What the policy may ask of merged pull requests, and what the merge gate had said of their heads. */
export const readShippedChanges = async (
  scope: Scope,
  merged: readonly Merged[],
): Promise<ReadonlyMap<number, ShippedChange>> => {
  const heads = new Map(merged.map(({ number, head }) => [number, head]))
  const numbers = [...heads.keys()]
  const found = new Map<number, ShippedChange>()
  for (let start = 0; start < numbers.length; start += BATCH) {
    const some = numbers.slice(start, start + BATCH)
    const variables = Object.fromEntries(some.map((number, index) => [`n${index}`, number]))
    const shape = z.object(Object.fromEntries(some.map((_, index) => [`p${index}`, detail])))
    const what = some.map((number) => `#${number}`).join(', ')
    const { reply } = await scope.api.queryParts(
      what,
      query(some.length),
      { owner: scope.owner, repo: scope.repo, ...variables },
      verified(scope, shape),
      [ISSUES],
    )
    const rows: { readonly [alias: string]: unknown } = reply
    for (const [index, number] of some.entries()) {
      const row = rows[`p${index}`] as Detail
      if (row.number !== number || row.headRefOid !== heads.get(number))
        throw unreadable(`#${number}`, 'it changed while it was read')
      found.set(number, await shippedOf(scope, row))
    }
  }
  return found
}
