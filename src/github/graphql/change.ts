import { z } from 'zod'
import { variableOf, type Part } from '../parts.js'
import { CHECK_PARTS, checkParts, RUN_IDS, WITHOUT_RUN_IDS } from '../readers/checks.js'
import { COMMIT_PARTS, commitParts } from '../readers/commits.js'
import { FOLDER_HINT, POLICY_PARTS } from '../readers/policy-told.js'
import { COMMENT_PARTS, comment, review, REVIEW_PARTS } from '../readers/reviews.js'
import {
  ACTOR,
  actor,
  connection,
  filled,
  instant,
  instantOrNull,
  PAGE_INFO,
  positive,
  text,
  user,
  whole,
} from '../shapes.js'

const FILE = 'path additions deletions changeType'

/** What GitHub may refuse or fail to tell by itself: the facts that rest on it are unknown then, and no other. */
const PART_NAMES = [
  'mergeQueueEntry',
  'autoMergeRequest',
  'commits',
  'files',
  'reviews',
  'comments',
  'reviewThreads',
  'closingIssuesReferences',
  'head',
] as const
export type PartName = (typeof PART_NAMES)[number]

export const PARTS: readonly Part[] = [
  RUN_IDS,
  { name: 'policy', at: /^repository\.pullRequest\.baseRef\.target\./ },
  ...PART_NAMES.map((name) => ({ name, at: new RegExp(`^repository\\.pullRequest\\.${name}(?:\\.|$)`) })),
]

const QUEUE = 'ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT'
const AUTO_MERGE =
  'AUTO_MERGE_ENABLED_EVENT, AUTO_REBASE_ENABLED_EVENT, AUTO_SQUASH_ENABLED_EVENT, AUTO_MERGE_DISABLED_EVENT'

/**
 * A pull request and its head's checks in one query; further pages only where it says that there are some. Who enqueued
 * it stands in its timeline too, which is asked where the queue's entry or the request to merge by itself is not shown.
 */
export const CHANGE = `
query($owner: String!, $repo: String!, $number: Int!, ${WITHOUT_RUN_IDS},
  $noPolicy: Boolean! = false, $policyText: Boolean! = false,
  ${PART_NAMES.map((name) => `$${variableOf(name)}: Boolean! = false`).join(', ')}) {
  repository(owner: $owner, name: $repo) {
    databaseId
    defaultBranchRef { name }
    pullRequest(number: $number) {
      number title body state merged mergedAt isDraft isCrossRepository createdAt
      author { ...Actor }
      baseRefName baseRefOid
      baseRef { target {
        oid
        ... on Commit @skip(if: $noPolicy) { ${FOLDER_HINT} ...PolicyInFolder @include(if: $policyText) }
      } }
      headRefName headRefOid
      mergeQueueEntry @skip(if: $noMergeQueueEntry) { enqueuer { ...Actor } }
      queued: timelineItems(last: 1, itemTypes: [${QUEUE}]) @include(if: $noMergeQueueEntry) {
        nodes { __typename ... on AddedToMergeQueueEvent { enqueuer { databaseId login } actor { ...Actor } } }
      }
      autoMergeRequest @skip(if: $noAutoMergeRequest) { enabledBy { ...Actor } }
      automatic: timelineItems(last: 1, itemTypes: [${AUTO_MERGE}]) @include(if: $noAutoMergeRequest) {
        nodes {
          __typename
          ... on AutoMergeEnabledEvent { enabler { databaseId login } actor { ...Actor } }
          ... on AutoRebaseEnabledEvent { enabler { databaseId login } actor { ...Actor } }
          ... on AutoSquashEnabledEvent { enabler { databaseId login } actor { ...Actor } }
        }
      }
      labels(first: 100) { ${PAGE_INFO} nodes { name } }
      commits(first: 100) @skip(if: $noCommits) { ${PAGE_INFO} nodes { commit { ...CommitParts } } }
      files(first: 100) @skip(if: $noFiles) { ${PAGE_INFO} nodes { ${FILE} } }
      reviews(first: 100) @skip(if: $noReviews) { ${PAGE_INFO} nodes { ...ReviewParts } }
      comments(first: 100) @skip(if: $noComments) { ${PAGE_INFO} nodes { ...CommentParts } }
      reviewThreads(first: 100) @skip(if: $noReviewThreads) { ${PAGE_INFO} nodes { isResolved } }
      closingIssuesReferences(first: 100) @skip(if: $noClosingIssuesReferences) {
        ${PAGE_INFO} nodes { number repository { nameWithOwner } }
      }
      timelineItems(last: 1, itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]) {
        nodes {
          __typename
          ... on BaseRefChangedEvent { createdAt }
          ... on AutomaticBaseChangeSucceededEvent { createdAt }
        }
      }
      forced: timelineItems(last: 1, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {
        nodes { __typename ... on HeadRefForcePushedEvent { createdAt } }
      }
      head: commits(last: 1) @skip(if: $noHead) {
        nodes { commit { oid ...CheckParts associatedPullRequests(first: 100) { ${PAGE_INFO} nodes { number state headRefOid } } } }
      }
    }
  }
}${COMMIT_PARTS}${CHECK_PARTS}${REVIEW_PARTS}${COMMENT_PARTS}${POLICY_PARTS.folder}${ACTOR}`

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

const happened = { __typename: text, actor: actor.optional() } as const

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
  baseRef: z.object({ target: z.looseObject({ oid: filled }).nullable() }).nullable(),
  headRefName: filled,
  headRefOid: filled,
  mergeQueueEntry: z.object({ enqueuer: actor }).nullable().optional(),
  queued: z.object({ nodes: z.array(z.object({ ...happened, enqueuer: user.optional() })) }).optional(),
  autoMergeRequest: z.object({ enabledBy: actor }).nullable().optional(),
  automatic: z.object({ nodes: z.array(z.object({ ...happened, enabler: user.optional() })) }).optional(),
  labels: connection(NODE.label).nullable(),
  commits: connection(NODE.commit).optional(),
  files: connection(NODE.file).nullish(),
  reviews: connection(NODE.review).nullish(),
  comments: connection(NODE.comment).optional(),
  reviewThreads: connection(NODE.thread).optional(),
  closingIssuesReferences: connection(NODE.issue).nullish(),
  timelineItems: z.object({ nodes: z.array(z.object({ createdAt: instant })) }),
  forced: z.object({ nodes: z.array(z.object({ createdAt: instant })) }).optional(),
  head: z.object({ nodes: z.array(headCommit) }).optional(),
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
