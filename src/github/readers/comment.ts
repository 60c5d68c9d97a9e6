import { z } from 'zod'
import type { CommentNow } from '../../gatekeeper/ports.js'
import type { Scope } from '../scope.js'
import { ACTOR, filled, positive } from '../shapes.js'
import { COMMENT_PARTS, comment } from './reviews.js'

const COMMENT = `
query($id: ID!) {
  node(id: $id) { __typename ... on IssueComment {
    ...CommentParts repository { databaseId } pullRequest { number }
  } }
}${COMMENT_PARTS}${ACTOR}`

/** The comment's own number is not asked: GraphQL's `databaseId` has 32 bits, and comments have outgrown them. */
const found = (repository: number) =>
  z.object({
    node: z
      .intersection(
        z.object({
          repository: z.object({ databaseId: z.literal(repository) }),
          pullRequest: z.object({ number: positive }).nullable(),
        }),
        comment.transform((said) => ({ said })),
      )
      .nullable(),
  })

/** A pull request's comment as it is now, with who edited it, which REST does not tell. `null`: gone, or on an issue. */
export const readComment = async (scope: Scope, id: number): Promise<CommentNow | null> => {
  const what = `comment ${id}`
  const row = await scope.api.find(
    what,
    'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
    { owner: scope.owner, repo: scope.repo, comment_id: id },
    z.object({ id: z.literal(id), node_id: filled }),
  )
  if (row === null) return null
  const { node } = await scope.api.query(what, COMMENT, { id: row.node_id }, found(scope.id))
  return node?.pullRequest ? { id, number: node.pullRequest.number, ...node.said } : null
}
