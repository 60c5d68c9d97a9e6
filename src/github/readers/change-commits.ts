import { z } from 'zod'
import type { Commit, Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import { NODE, type PullRequest } from '../graphql/change.js'
import { verified, type Scope } from '../scope.js'
import { wholeList } from './change-lists.js'
import { commitsBetween } from './compare.js'
import { COMMIT_PARTS, commitParts, commitsOf, type CommitParts } from './commits.js'

/** GitHub lists no more commits of a pull request than these. */
const CAP = 250
const BATCH = 50

/** Every commit of a pull request; beyond GitHub's cap they are counted and read along the history instead. */
export const readChangeCommits = async (scope: Scope, pull: PullRequest): Promise<readonly Commit[]> => {
  const at = { number: pull.number, head: pull.headRefOid }
  const { commits: first = null } = pull
  const parts =
    first === null || first.totalCount < CAP
      ? await wholeList(scope, at, 'commits', NODE.commit, first)
      : await readParts(
          scope,
          (await commitsBetween(scope, pull.baseRef?.target?.oid ?? pull.baseRefOid, pull.headRefOid)).map(
            ({ sha }) => sha,
          ),
        )
  return commitsOf(scope, parts)
}

const objectsQuery = (count: number, parts: string, fragments: string): string => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return `
query($owner: String!, $repo: String!, ${indexes.map((index) => `$o${index}: GitObjectID!`).join(', ')}) {
  repository(owner: $owner, name: $repo) {
    databaseId
    ${indexes.map((index) => `c${index}: object(oid: $o${index}) { ... on Commit { ${parts} } }`).join('\n    ')}
  }
}${fragments}`
}

/** Some fields of many commits, many at a time, in the order asked. */
export const readObjects = async <T extends { readonly oid: Sha }>(
  scope: Scope,
  shas: readonly Sha[],
  { parts, fragments, node }: { readonly parts: string; readonly fragments: string; readonly node: z.ZodType<T> },
  batch: number = BATCH,
): Promise<readonly T[]> => {
  const found: T[] = []
  for (let start = 0; start < shas.length; start += batch) {
    const some = shas.slice(start, start + batch)
    const what = some.length === 1 ? `commit ${some[0]}` : `${some.length} commits`
    const variables = Object.fromEntries(some.map((sha, index) => [`o${index}`, sha]))
    const shape = z.object(Object.fromEntries(some.map((_, index) => [`c${index}`, node])))
    const reply: { readonly [alias: string]: unknown } = await scope.api.query(
      what,
      objectsQuery(some.length, parts, fragments),
      { owner: scope.owner, repo: scope.repo, ...variables },
      verified(scope, shape),
    )
    for (const [index, sha] of some.entries()) {
      const object = reply[`c${index}`] as T
      if (object.oid !== sha) throw unreadable(what, `GitHub answered with ${object.oid}`)
      found.push(object)
    }
  }
  return found
}

export const readParts = (scope: Scope, shas: readonly Sha[]): Promise<readonly CommitParts[]> =>
  readObjects(scope, shas, { parts: '...CommitParts', fragments: COMMIT_PARTS, node: commitParts })
