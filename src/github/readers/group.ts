import { z } from 'zod'
import { Unreadable } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import { verified, type Scope } from '../scope.js'
import { connection, filled, named, PAGE_INFO, positive, whole, type Page } from '../shapes.js'
import { changesWith } from './changes-with.js'
import { commitsBetween, type Step } from './compare.js'
import { readTip } from './state.js'

export interface Group {
  readonly sha: Sha
  readonly base: string
  readonly baseSha: Sha
}

const ENTRIES = `
query($owner: String!, $repo: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $repo) {
    databaseId
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        ${PAGE_INFO}
        nodes { headCommit { oid } pullRequest { number headRefOid commits(first: 1) { totalCount } } }
      }
    }
  }
}`

const entry = z.object({
  headCommit: named.nullable(),
  pullRequest: z.object({ number: positive, headRefOid: filled, commits: z.object({ totalCount: whole }) }).nullable(),
})
type Entry = z.infer<typeof entry>

const REMEDY = 'the app needs the permission `merge_queues: read`'
const isRefusal = ({ reason }: Unreadable): boolean => /FORBIDDEN|not accessible by integration/i.test(reason)

interface Queue {
  readonly entries: readonly Entry[]
  /** Why the queue is not shown: the commits alone must tell. `null`: it was read. */
  readonly refused: string | null
}

/** The queue, or that this app may not see it; every other trouble throws. */
const readQueue = async (scope: Scope, branch: string): Promise<Queue> => {
  try {
    return { entries: await readEntries(scope, branch), refused: null }
  } catch (error) {
    if (!(error instanceof Unreadable) || !isRefusal(error)) throw error
    return { entries: [], refused: `${error.message}; ${REMEDY}` }
  }
}

const readEntries = async (scope: Scope, branch: string): Promise<readonly Entry[]> => {
  const what = `the merge queue of ${branch}`
  const shape = verified(
    scope,
    z.object({ mergeQueue: z.object({ entries: connection(entry).nullable() }).nullable() }),
  )
  const entries: Entry[] = []
  const page = async (after: string | null): Promise<Page<Entry>> => {
    const variables = { owner: scope.owner, repo: scope.repo, branch, after }
    const { mergeQueue } = await scope.api.query(what, ENTRIES, variables, shape)
    if (!mergeQueue?.entries) throw unreadable(what, `GitHub does not show it; ${REMEDY}`)
    return mergeQueue.entries
  }
  for (let after: string | null = null; ;) {
    const { nodes, pageInfo, totalCount } = await page(after)
    entries.push(...nodes)
    after = pageInfo.endCursor
    if (pageInfo.hasNextPage && nodes.length > 0) continue
    if (entries.length !== totalCount) throw unreadable(what, `GitHub counts ${totalCount} and lists ${entries.length}`)
    return entries
  }
}

/** Commits of the group along first parents, oldest first. */
const lineOf = ({ sha }: Group, steps: readonly Step[]): readonly Step[] => {
  const bySha = new Map(steps.map((step) => [step.sha, step]))
  const line: Step[] = []
  for (let step = bySha.get(sha); step; step = bySha.get(step.parents[0] ?? '')) line.unshift(step)
  return line
}

/** A queue's commit that ends a pull request's part explains itself and, rebased, as many before it as that had. */
const explains = ({ pullRequest }: Entry, part: readonly Step[]): boolean => {
  const last = part.at(-1)
  if (!pullRequest || !last) return false
  if (last.parents.length > 1) return part.length === 1 && last.parents[1] === pullRequest.headRefOid
  return part.length === 1 || part.length === pullRequest.commits.totalCount
}

/**
 * The pull requests that a merge group would merge: all between its branch and its head, for a queue that asks of a
 * group's head alone takes those before it along. Every commit must be one's; one that is nobody's throws. Of a group that
 * has landed: none. Where the queue is not shown to this app, merges tell their pull requests, and squashes do not.
 */
export const changesOfGroup = async (scope: Scope, group: Group): Promise<readonly number[]> => {
  const what = `pull requests of the merge group ${group.sha}`
  const tip = await readTip(scope, scope, group.base)
  const line = lineOf(group, await commitsBetween(scope, tip, group.sha))
  if (line.length === 0) return []
  const { entries, refused } = await readQueue(scope, group.base)
  const numbers = new Set<number>()
  let part: Step[] = []
  for (const step of line) {
    part.push(step)
    const found = entries.find(({ headCommit }) => headCommit?.oid === step.sha)
    const number =
      found && explains(found, part) ? (found.pullRequest?.number ?? null) : await mergedIn(scope, step, part)
    if (number === null) continue
    if (numbers.has(number))
      throw unreadable(what, `${step.sha} belongs to no pull request: #${number} ended before it`)
    numbers.add(number)
    part = []
  }
  if (part.length > 0)
    throw unreadable(
      what,
      `${part.map(({ sha }) => sha).join(', ')} belongs to no pull request of the queue${refused === null ? '' : `. ${refused}`}`,
    )
  return [...numbers]
}

/** Where the queue has moved on: a merge names its pull request by its second parent. */
const mergedIn = async (scope: Scope, { parents }: Step, part: readonly Step[]): Promise<number | null> => {
  const [, head, ...more] = parents
  if (head === undefined || more.length > 0 || part.length > 1) return null
  const numbers = await changesWith(scope, head, { head: true })
  return numbers.length === 1 ? (numbers[0] ?? null) : null
}
