import { namesSha, parseCommand } from '../../policy/commands.js'
import type { Comment, Commit, Review, Sha } from '../../policy/facts.js'
import type { PullRequest } from '../graphql/change.js'
import type { Scope } from '../scope.js'
import { diffTeller } from './trees.js'

/** More commits than these are not compared; what is not compared counts as changed. */
const MOST = 60
/** Anybody can comment on a public repository: only the newest comments are followed. */
const MOST_COMMENTED = 10

/**
 * Ids of what differs between merge base and a commit: for the head, for commits that a review or a comment approves, and
 * for merge commits with their first parents. A commit that cannot be compared is left out. Where there is none but the
 * head, nothing can be held against it, and nothing is read.
 */
export const readDiffs = async (
  scope: Scope,
  { baseRef, baseRefOid, headRefOid }: PullRequest,
  reviews: readonly Review[],
  commits: readonly Commit[],
  comments: readonly Comment[],
): Promise<ReadonlyMap<Sha, string>> => {
  const base = baseRef?.target?.oid ?? baseRefOid
  const reviewed = reviews.flatMap(({ commit }) => (commit === null ? [] : [commit]))
  const merges = commits.flatMap(({ sha, parents }) => (parents.length > 1 ? [sha, ...parents.slice(0, 1)] : []))
  const commented = comments.flatMap(approvedBy(commits)).slice(-MOST_COMMENTED)
  const shas = [...new Set([headRefOid, ...reviewed, ...merges, ...commented])].slice(0, MOST)
  if (shas.length === 1) return new Map()
  const { since } = diffTeller(scope)
  const diffs = new Map<Sha, string>()
  for (const sha of shas) {
    const diff = await since(base, sha)
    if (diff !== null) diffs.set(sha, diff)
  }
  return diffs
}

const WHOLE = /^[0-9a-f]{40}$/

/** The commit that a comment approves: whole, or by its first digits where it is among these. */
const approvedBy =
  (commits: readonly Commit[]) =>
  ({ body, editedAt }: Comment): readonly Sha[] => {
    const command = editedAt === null ? parseCommand(body) : null
    if (command === null || !('kind' in command) || command.kind !== 'approve-merge') return []
    const written = command.sha.toLowerCase()
    return WHOLE.test(written) ? [written] : commits.map(({ sha }) => sha).filter((sha) => namesSha(written, sha))
  }
