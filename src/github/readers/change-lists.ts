import { z } from 'zod'
import { moreOf, type ListName } from '../graphql/change.js'
import { unreadable } from '../errors.js'
import { verified, type Scope } from '../scope.js'
import { connection, filled, type Page } from '../shapes.js'

/** Which pull request, at which head: a list that spans a push is no list. */
export interface ChangeAt {
  readonly number: number
  readonly head: string
}

/**
 * The whole of one of a pull request's lists, read on from its first page. Throws where GitHub shows none, where the
 * head moved meanwhile, and where the count is not what was listed.
 */
export const wholeList = async <T>(
  scope: Scope,
  { number, head }: ChangeAt,
  list: ListName,
  node: z.ZodType<T>,
  first: Page<T> | null,
): Promise<readonly T[]> => {
  const what = `${list} of #${number}`
  if (first === null) throw unreadable(what, 'GitHub does not show them')
  const nodes = [...first.nodes]
  for (let page = first; page.pageInfo.hasNextPage;) {
    const reply = await scope.api.query(
      what,
      moreOf(list),
      { owner: scope.owner, repo: scope.repo, number, after: page.pageInfo.endCursor },
      verified(scope, z.object({ pullRequest: z.object({ headRefOid: filled, list: connection(node) }) })),
    )
    const { headRefOid, list: next } = reply.pullRequest
    if (headRefOid !== head) throw unreadable(what, 'the pull request changed while it was read')
    page = next
    nodes.push(...page.nodes)
    if (page.nodes.length === 0) break
  }
  if (nodes.length !== first.totalCount)
    throw unreadable(what, `GitHub counts ${first.totalCount} and lists ${nodes.length}`)
  return nodes
}
