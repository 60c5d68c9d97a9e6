import type { Commit, Person, Sha, Signatory, UserId } from '../facts.js'

/** What a person did to the commits in question. */
export interface Contribution {
  readonly person: Person
  /** Is the author of a commit. */
  readonly wrote: boolean
  /** Committed or co-wrote a commit that somebody else is the author of. */
  readonly helped: boolean
}

/** Everybody who has a part in some commits. */
export interface Contributors {
  readonly byId: ReadonlyMap<UserId, Contribution>
  /** Commits that name somebody who has no account: nobody can tell who that is. */
  readonly unmapped: readonly Sha[]
}

const isPerson = (signatory: Signatory): signatory is Person => signatory !== null && signatory !== 'github'

/** The authors, co-authors and committers of these commits; GitHub's own committer is nobody. */
export const contributorsOf = (commits: readonly Commit[]): Contributors => {
  const byId = new Map<UserId, Noting>()
  for (const { author, committer, coAuthors } of commits) {
    if (isPerson(author)) notedIn(byId, author).wrote = true
    noteHelp(byId, committer, author)
    for (const coAuthor of coAuthors) noteHelp(byId, coAuthor, author)
  }
  return { byId, unmapped: commits.filter(namesNobody).map(({ sha }) => sha) }
}

type Noting = { -readonly [Key in keyof Contribution]: Contribution[Key] }

/** What is noted of a person, to add to. */
const notedIn = (byId: Map<UserId, Noting>, person: Person): Noting => {
  const before = byId.get(person.id)
  if (before !== undefined) return before
  const fresh = { person, wrote: false, helped: false }
  byId.set(person.id, fresh)
  return fresh
}

/** Nobody helps with what is their own. */
const noteHelp = (byId: Map<UserId, Noting>, other: Signatory, author: Signatory): void => {
  if (isPerson(other) && !(isPerson(author) && author.id === other.id)) notedIn(byId, other).helped = true
}

const namesNobody = ({ author, committer, coAuthors }: Commit): boolean =>
  author === null || committer === null || coAuthors.includes(null)

/** The commits that the head is made of, followed along all parents; `null` when the head is not among them. */
export const commitsOf = <C extends Commit>(head: Sha, commits: readonly C[]): readonly C[] | null => {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]))
  if (!bySha.has(head)) return null
  const seen = new Set<Sha>([head])
  for (const sha of seen) for (const parent of bySha.get(sha)?.parents ?? []) if (bySha.has(parent)) seen.add(parent)
  return commits.filter(({ sha }) => seen.has(sha))
}

/**
 * A merge that leaves the pull request's diff as it was before: whoever made it contributed nothing. Where it joins
 * several of the pull request's own commits, it must be the diff of each: else it could take one of them back.
 */
export const isUpdateMerge = (commit: Commit, ours: ReadonlySet<Sha>, diffs: ReadonlyMap<Sha, string>): boolean => {
  const diff = diffs.get(commit.sha)
  if (commit.parents.length < 2 || diff === undefined) return false
  const before = commit.parents.filter((parent) => ours.has(parent))
  return before.length > 0 && before.every((parent) => diffs.get(parent) === diff)
}
