import type { Commit, Sha, ShippedCommit } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { readShippedChanges, type Merged } from './arrivals.js'
import { commitsBetween } from './compare.js'
import { diffTeller } from './trees.js'

type Commits = ReadonlyMap<Sha, Commit>

/** Commits along first parents, from the newest back to where the list ends. */
const firstParents = (head: Sha, commits: Commits): readonly Commit[] => {
  const line: Commit[] = []
  for (let commit = commits.get(head); commit; commit = commits.get(commit.parents[0] ?? '')) line.push(commit)
  return line
}

/** Everything reachable from `from` within the list that `taken` has not. */
const reach = (from: readonly Sha[], commits: Commits, taken: ReadonlySet<Sha>): readonly Sha[] => {
  const found = new Set<Sha>()
  const next = [...from]
  for (let sha = next.pop(); sha !== undefined; sha = next.pop()) {
    const commit = commits.get(sha)
    if (!commit || found.has(sha) || taken.has(sha)) continue
    found.add(sha)
    next.push(...commit.parents)
  }
  return [...found]
}

/** A commit of the line, and the pull request that proves to have made it. */
interface Origin {
  readonly merged: Merged
  /** The commits of the line that it brought: one, or as many as it had where it was rebased. */
  readonly commits: readonly Commit[]
}

type Diffs = ReturnType<typeof diffTeller>

const sameDiff = async (one: Promise<string | null>, other: Promise<string | null>): Promise<boolean> => {
  const [here, there] = await Promise.all([one, other])
  return here !== null && here === there
}

/**
 * A merge or squash that GitHub made and signed. A server that signs nothing is believed only where the commit changes
 * exactly what the pull request did.
 */
const madeAtOnce = async (scope: Scope, diffs: Diffs, commit: Commit, merged: Merged): Promise<Origin | null> => {
  const [first, second, ...more] = commit.parents
  if (first === undefined || more.length > 0) return null
  if (second !== undefined && second !== merged.head) return null
  const origin = { merged, commits: [commit] }
  if (commit.madeByGitHub) return origin
  if (scope.signsWebCommits || commit.signedBy !== null) return null
  return (await sameDiff(diffs.between(first, commit.sha), diffs.since(first, merged.head))) ? origin : null
}

/** More commits than these are not compared one by one. */
const MOST_REBASED = 30

/** A rebase: as many commits as the pull request had, ending here, each with the same diff as its original. */
const rebased = async (scope: Scope, diffs: Diffs, line: readonly Commit[], merged: Merged): Promise<Origin | null> => {
  const { commits: count, head } = merged
  const run = line.slice(0, count)
  const last = run.at(-1)
  const start = last?.parents[0]
  if (
    count > MOST_REBASED ||
    run.length < count ||
    start === undefined ||
    run.some(({ parents }) => parents.length !== 1)
  )
    return null
  const steps = new Map((await commitsBetween(scope, start, head)).map((step) => [step.sha, step]))
  let original = steps.get(head)
  for (const commit of run) {
    const [parent] = commit.parents
    const [before] = original?.parents ?? []
    if (!original || original.parents.length !== 1 || parent === undefined || before === undefined) return null
    if (!(await sameDiff(diffs.between(parent, commit.sha), diffs.between(before, original.sha)))) return null
    original = steps.get(before)
  }
  return original === undefined ? { merged, commits: run } : null
}

const originAt = async (
  scope: Scope,
  diffs: Diffs,
  line: readonly Commit[],
  pulls: ReadonlyMap<Sha, readonly Merged[]>,
): Promise<Origin | null> => {
  const [commit] = line
  if (!commit) return null
  for (const merged of pulls.get(commit.sha) ?? []) {
    const origin = (await madeAtOnce(scope, diffs, commit, merged)) ?? (await rebased(scope, diffs, line, merged))
    if (origin) return origin
  }
  return null
}

/** Each origin along the line, from the newest back; a commit that none explains is passed over. */
const walk = async (
  scope: Scope,
  line: readonly Commit[],
  pulls: ReadonlyMap<Sha, readonly Merged[]>,
): Promise<readonly Origin[]> => {
  const diffs = diffTeller(scope)
  const origins: Origin[] = []
  for (let index = 0; index < line.length;) {
    const origin = await originAt(scope, diffs, line.slice(index), pulls)
    if (origin) origins.push(origin)
    index += origin?.commits.length ?? 1
  }
  return origins
}

/**
 * Commits with the pull request that each came by. What a merge brought along its second parent, and no earlier commit of
 * the line had, came by that merge's pull request.
 */
export const originsOf = async (
  scope: Scope,
  head: Sha,
  commits: readonly Commit[],
  pulls: ReadonlyMap<Sha, readonly Merged[]>,
): Promise<readonly ShippedCommit[]> => {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]))
  const line = firstParents(head, bySha)
  const origins = await walk(scope, line, pulls)
  const changes = await readShippedChanges(
    scope,
    origins.map(({ merged }) => merged),
  )
  const owner = new Map<Sha, Origin>()
  for (const origin of origins) for (const { sha } of origin.commits) owner.set(sha, origin)
  const onLine = new Set(line.map(({ sha }) => sha))
  const taken = new Set(onLine)
  for (const commit of [...line].reverse()) {
    const brought = reach(commit.parents.slice(1), bySha, taken)
    const origin = owner.get(commit.sha)
    for (const sha of brought) {
      taken.add(sha)
      if (origin) owner.set(sha, origin)
    }
  }
  return commits.map((commit) => {
    const origin = owner.get(commit.sha)
    const change = origin ? (changes.get(origin.merged.number) ?? null) : null
    const proven = !scope.signsWebCommits && change !== null && commit.parents.length > 1 && onLine.has(commit.sha)
    return { ...commit, madeByGitHub: commit.madeByGitHub || proven, change }
  })
}
