import { z } from 'zod'
import { CHECK_PARTS, checkParts } from '../readers/checks.js'
import { COMMIT_PARTS, commitParts } from '../readers/commits.js'
import { COMMENT_PARTS, comment, review, REVIEW_PARTS } from '../readers/reviews.js'
import {
  ACTOR,
  actor,
  connection,
  filled,
  instant,
  instantOrNull,
  named,
  PAGE_INFO,
  positive,
  text,
  whole,
} from '../shapes.js'

const FILE = 'path additions deletions changeType'

/** A pull request and its head's checks in one query; further pages only where it says that there are some. */
export const CHANGE = `
query($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    databaseId
    defaultBranchRef { name }
    pullRequest(number: $number) {
      number title body state merged mergedAt isDraft isCrossRepository createdAt
      author { ...Actor }
      baseRefName baseRefOid baseRef { target { oid } }
      headRefName headRefOid
      mergeQueueEntry { enqueuer { ...Actor } }
      autoMergeRequest { enabledBy { ...Actor } }
      labels(first: 100) { ${PAGE_INFO} nodes { name } }
      commits(first: 100) { ${PAGE_INFO} nodes { commit { ...CommitParts } } }
      files(first: 100) { ${PAGE_INFO} nodes { ${FILE} } }
      reviews(first: 100) { ${PAGE_INFO} nodes { ...ReviewParts } }
      comments(first: 100) { ${PAGE_INFO} nodes { ...CommentParts } }
      reviewThreads(first: 100) { ${PAGE_INFO} nodes { isResolved } }
      closingIssuesReferences(first: 100) { ${PAGE_INFO} nodes { number repository { nameWithOwner } } }
      timelineItems(last: 1, itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]) {
        nodes {
          __typename
          ... on BaseRefChangedEvent { createdAt }
          ... on AutomaticBaseChangeSucceededEvent { createdAt }
        }
      }
      head: commits(last: 1) {
        nodes { commit { oid ...CheckParts associatedPullRequests(first: 100) { ${PAGE_INFO} nodes { number state headRefOid } } } }
      }
    }
  }
}${COMMIT_PARTS}${CHECK_PARTS}${REVIEW_PARTS}${COMMENT_PARTS}${ACTOR}`

export const changedFile = z.object({
  path: filled,
  additions: whole.nonnegative(),
  deletions: whole.nonnegative(),
  changeType: z.enum(['ADDED', 'CHANGED', 'COPIED', 'DELETED', 'MODIFIED', 'RENAMED']),
})
export type FileParts = z.infer<typeof changedFile>

const issue = z
  .object({ number: positive, repository: z.object({ nameWithOwner: filled }) })
  .transform(({ number, repository }) => ({ number, repository: repository.nameWithOwner }))

export const NODE = {
  label: z.object({ name: text }).transform(({ name }) => name),
  commit: z.object({ commit: commitParts }).transform(({ commit }) => commit),
  file: changedFile,
  review,
  comment,
  thread: z.object({ isResolved: z.boolean() }),
  issue,
} as const

const headCommit = z.object({
  commit: z.object({
    oid: filled,
    ...checkParts.shape,
    associatedPullRequests: connection(
      z.object({ number: positive, state: z.enum(['OPEN', 'CLOSED', 'MERGED']), headRefOid: filled }),
    ).nullable(),
  }),
})

export const pullRequest = z.object({
  number: positive,
  title: text,
  body: text,
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  merged: z.boolean(),
  mergedAt: instantOrNull,
  isDraft: z.boolean(),
  isCrossRepository: z.boolean(),
  createdAt: instant,
  author: actor,
  baseRefName: filled,
  baseRefOid: filled,
  baseRef: z.object({ target: named.nullable() }).nullable(),
  headRefName: filled,
  headRefOid: filled,
  mergeQueueEntry: z.object({ enqueuer: actor }).nullable(),
  autoMergeRequest: z.object({ enabledBy: actor }).nullable(),
  labels: connection(NODE.label).nullable(),
  commits: connection(NODE.commit),
  files: connection(NODE.file).nullable(),
  reviews: connection(NODE.review).nullable(),
  comments: connection(NODE.comment),
  reviewThreads: connection(NODE.thread),
  closingIssuesReferences: connection(NODE.issue).nullable(),
  timelineItems: z.object({ nodes: z.array(z.object({ createdAt: instant })) }),
  head: z.object({ nodes: z.array(headCommit) }),
})
export type PullRequest = z.infer<typeof pullRequest>

export const changeReply = z.object({
  defaultBranchRef: z.object({ name: filled }),
  pullRequest,
})

/** The lists of a pull request that may have more pages, by what GraphQL calls them. */
export const LISTS = {
  labels: { parts: 'name', fragments: '', node: NODE.label },
  commits: { parts: 'commit { ...CommitParts }', fragments: COMMIT_PARTS, node: NODE.commit },
  files: { parts: FILE, fragments: '', node: NODE.file },
  reviews: { parts: '...ReviewParts', fragments: REVIEW_PARTS + ACTOR, node: NODE.review },
  comments: { parts: '...CommentParts', fragments: COMMENT_PARTS + ACTOR, node: NODE.comment },
  reviewThreads: { parts: 'isResolved', fragments: '', node: NODE.thread },
  closingIssuesReferences: { parts: 'number repository { nameWithOwner }', fragments: '', node: NODE.issue },
} as const
export type ListName = keyof typeof LISTS

/** A further page of one list; the head comes along, so that a push in between is seen. */
export const moreOf = (list: ListName): string => `
query($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    databaseId
    pullRequest(number: $number) {
      headRefOid
      list: ${list}(first: 100, after: $after) { ${PAGE_INFO} nodes { ${LISTS[list].parts} } }
    }
  }
}${LISTS[list].fragments}`
