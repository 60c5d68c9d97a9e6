import { z } from 'zod'
import type { Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { filled, whole } from '../shapes.js'

const ROUTE = 'GET /repos/{owner}/{repo}/compare/{basehead}'

const commit = z.object({ sha: filled, parents: z.array(z.object({ sha: filled })) })

const comparison = z.object({
  status: z.enum(['ahead', 'behind', 'diverged', 'identical']),
  total_commits: whole.nonnegative(),
  merge_base_commit: z.object({ sha: filled }),
  commits: z.array(commit),
})

/** More commits than this are not read: what ships is then unknown. */
export const MOST_COMMITS = 5_000
const PER_PAGE = 100

export interface Related {
  /** What `to` is, seen from `from`: `ahead` means that it has `from` as an ancestor. */
  readonly status: 'ahead' | 'behind' | 'diverged' | 'identical'
  readonly mergeBase: Sha
}

const fetched = (scope: Scope, from: Sha, to: Sha, page: number, perPage: number) =>
  scope.api.get(
    `the way from ${from} to ${to}`,
    ROUTE,
    { owner: scope.owner, repo: scope.repo, basehead: `${from}...${to}`, page, per_page: perPage },
    comparison,
  )

/** How two commits stand to each other. Never changes, so it is kept. */
export const relation = async (scope: Scope, from: Sha, to: Sha): Promise<Related> => {
  if (from === to) return { status: 'identical', mergeBase: from }
  const { value } = await scope.cache.read(
    `compare/${scope.id}/${from}/${to}`,
    async (): Promise<Related> => {
      const { status, merge_base_commit: base } = await fetched(scope, from, to, 1, 1)
      return { status, mergeBase: base.sha }
    },
    { forever: true },
  )
  return value
}

/** Whether a commit is an ancestor of another, or the same. */
export const isAncestor = async (scope: Scope, ancestor: Sha, of: Sha): Promise<boolean> => {
  const { status } = await relation(scope, ancestor, of)
  return status === 'ahead' || status === 'identical'
}

export interface Step {
  readonly sha: Sha
  readonly parents: readonly Sha[]
}

/** Every commit reachable from `to` and not from `from`, whole; its order means nothing. */
export const commitsBetween = async (scope: Scope, from: Sha, to: Sha): Promise<readonly Step[]> => {
  if (from === to) return []
  const { value } = await scope.cache.read(`between/${scope.id}/${from}/${to}`, () => readBetween(scope, from, to), {
    forever: true,
  })
  return value
}

const readBetween = async (scope: Scope, from: Sha, to: Sha): Promise<readonly Step[]> => {
  const what = `commits from ${from} to ${to}`
  const steps = new Map<Sha, Step>()
  for (let page = 1; ; page += 1) {
    const { total_commits: total, commits } = await fetched(scope, from, to, page, PER_PAGE)
    if (total > MOST_COMMITS) throw unreadable(what, `there are ${total}, more than ${MOST_COMMITS}`)
    for (const { sha, parents } of commits) steps.set(sha, { sha, parents: parents.map((parent) => parent.sha) })
    if (steps.size >= total) return [...steps.values()]
    if (commits.length === 0) throw unreadable(what, `GitHub counts ${total} and lists ${steps.size}`)
  }
}
