import { z } from 'zod'
import type { Comment, Review, ReviewState, Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { accountOrNull, actor, instant, instantOrNull, named, text, textOrEmpty } from '../shapes.js'
import { changesWith } from './changes-with.js'

export const REVIEW_PARTS = `
fragment ReviewParts on PullRequestReview { state body submittedAt commit { oid } author { ...Actor } }`

const STATE = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
  PENDING: 'pending',
} as const satisfies { readonly [state: string]: ReviewState }

/** A review. An unknown state makes the list unreadable: it might be an objection. */
export const review = z
  .object({
    state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
    body: text,
    submittedAt: instantOrNull,
    commit: named.nullable(),
    author: actor,
  })
  .transform(({ state, body, submittedAt, commit, author }): Review => ({
    by: author,
    state: STATE[state],
    commit: commit?.oid ?? null,
    at: submittedAt,
    body,
  }))

export const COMMENT_PARTS = `
fragment CommentParts on IssueComment {
  body createdAt lastEditedAt includesCreatedEdit createdViaEmail author { ...Actor } editor { ...Actor }
}`

/** A comment; one of which GitHub only says that it was edited counts as edited when it was made. */
export const comment = z
  .object({
    body: text,
    createdAt: instant,
    lastEditedAt: instantOrNull,
    includesCreatedEdit: z.boolean(),
    createdViaEmail: z.boolean(),
    author: actor,
    editor: actor,
  })
  .transform((row): Comment => ({
    by: row.author,
    body: row.body,
    at: row.createdAt,
    editedAt: row.lastEditedAt ?? (row.includesCreatedEdit || row.editor ? row.createdAt : null),
    editedBy: row.editor,
    viaEmail: row.createdViaEmail,
  }))

const restReview = z
  .object({
    state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
    body: textOrEmpty,
    submitted_at: instantOrNull,
    commit_id: text.nullish(),
    user: accountOrNull,
  })
  .transform(({ state, body, submitted_at, commit_id, user }): Review => ({
    by: user,
    state: STATE[state],
    commit: commit_id ?? null,
    at: submitted_at,
    body,
  }))

/** Reviews, on any pull request that has this commit, of exactly this commit. */
export const readReviewsOf = async (scope: Scope, sha: Sha): Promise<readonly Review[]> => {
  const reviews: Review[] = []
  for (const number of await changesWith(scope, sha, { closed: true })) {
    const rows = await scope.api.all(
      `reviews of #${number}`,
      'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
      { owner: scope.owner, repo: scope.repo, pull_number: number },
      restReview,
    )
    reviews.push(...rows.filter(({ commit }) => commit === sha))
  }
  return reviews
}
