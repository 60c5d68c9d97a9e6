import type {
  ChangedFile,
  Commit,
  GateAnswer,
  Person,
  Review,
  ReviewState,
  Sha,
  ShippedChange,
  ShippedCommit,
  Signatory,
} from '../facts.js'
import type { People } from './people.js'
import { coAuthorsIn } from './trailers.js'
import type { RawCommit, RawFile, RawReview, RawShippedChange, RawShippedCommit } from './schema.js'

/** What commits, reviews and files default to. */
export interface Usual {
  readonly people: People
  readonly author: Person | null
  readonly now: number
  /** What the merge gate, as it is now, says of a pull request without a record. */
  readonly judge?: ShippedJudge
}

export type ShippedJudge = (change: RawShippedChange, commits: readonly RawShippedCommit[]) => GateAnswer

/** The commit before the first one that a scenario names. */
export const BASE: Sha = 'base'

/** A list's n-th commit: without parents it follows the one before, without author it is the usual one's. */
const commitOf = (
  raw: RawCommit,
  { people, author: usual }: Usual,
  before: Sha,
  byGitHub: boolean,
  sha: Sha,
): Commit => {
  const author = people.signatory(raw.author, usual)
  const madeByGitHub = raw.via_web ?? (byGitHub || fold(raw.committer) === 'web-flow')
  return {
    sha: raw.sha ?? sha,
    author,
    committer: committerOf(raw, people, madeByGitHub, author),
    coAuthors: raw.co_authors?.map((login) => people.signatory(login, null)) ?? coAuthorsIn(raw.message ?? '', people),
    parents: raw.parents ?? [before],
    message: raw.message ?? 'A commit',
    madeByGitHub,
    signedBy: signedBy(raw.signed, people, author, madeByGitHub),
    pushedAt: raw.pushed_at === undefined || raw.pushed_at === null ? null : Date.parse(raw.pushed_at),
  }
}

const fold = (login: string | null | undefined): string => (login ?? '').toLowerCase()

/** Whoever claims to be web-flow without GitHub's signature is nobody known. */
const committerOf = (raw: RawCommit, people: People, madeByGitHub: boolean, author: Signatory): Signatory => {
  const committer = people.signatory(raw.committer, madeByGitHub ? 'github' : author)
  return committer === 'github' && !madeByGitHub ? null : committer
}

const signedBy = (signed: RawCommit['signed'], people: People, author: Signatory, madeByGitHub: boolean): Signatory => {
  if (signed === undefined) return madeByGitHub ? 'github' : null
  if (signed === null || signed === false) return null
  return signed === true ? author : people.signatory(signed.by, author)
}

/** The commits of a change, oldest first. */
export const commitsOf = (raw: readonly RawCommit[] | undefined, usual: Usual): readonly Commit[] =>
  inOrder(raw ?? [{}], (commit, before, sha) => commitOf(commit, usual, before, false, sha))

/** The commits that ship, oldest first; one without `change` was pushed directly. */
export const shippedOf = (raw: readonly RawShippedCommit[], usual: Usual): readonly ShippedCommit[] =>
  inOrder(raw, (commit, before, sha, index) => {
    const byGitHub = commit.made_by_github ?? (commit.change !== undefined && commit.change !== null)
    const made = commitOf(commit, usual, before, byGitHub, sha)
    const shipped = { ...made, madeByGitHub: commit.made_by_github ?? made.madeByGitHub }
    if (!commit.change) return { ...shipped, change: null }
    const change = shippedChange(commit.change, usual, shipped, index)
    return { ...shipped, change: { ...change, gate: gateAnswer(commit, usual, raw) } }
  })

/**
 * What the merge gate says of a shipped pull request. A merge that GitHub did not make brings what no pull request
 * showed; without a record, its reviews are judged by the merge gate as it is now.
 */
const gateAnswer = (commit: RawShippedCommit, { judge }: Usual, all: readonly RawShippedCommit[]): GateAnswer => {
  const gate = commit.change?.gate ?? 'allow'
  if (commit.made_by_github === false) return 'none'
  return gate === 'none' && commit.change && judge ? judge(commit.change, sameChange(commit, all)) : gate
}

/** The commits that came by the same pull request. */
const sameChange = (commit: RawShippedCommit, all: readonly RawShippedCommit[]): readonly RawShippedCommit[] => {
  const number = commit.change?.number
  return number === undefined ? [commit] : all.filter(({ change }) => change?.number === number)
}

const inOrder = <Raw extends RawCommit, Made extends Commit>(
  raw: readonly Raw[],
  make: (raw: Raw, before: Sha, sha: Sha, index: number) => Made,
): readonly Made[] => {
  const made: Made[] = []
  raw.forEach((commit, index) => made.push(make(commit, made.at(-1)?.sha ?? BASE, `c${index + 1}`, index)))
  return made
}

/** A merged pull request: by default of the commit's author, and merged by nobody who matters. */
const shippedChange = (
  raw: RawShippedChange,
  usual: Usual,
  commit: Commit,
  index: number,
): Omit<ShippedChange, 'gate'> => {
  const { people } = usual
  const author = people.or(
    raw.author,
    commit.author === 'github' || commit.author === null ? usual.author : commit.author,
  )
  return {
    number: raw.number ?? index + 1,
    title: raw.title ?? 'A change',
    author,
    mergedBy: people.or(raw.merged_by, null),
    body: raw.body ?? '',
    reviews: reviewsOf(raw.reviews, usual, commit.sha),
    linkedIssues: textsOf(raw.linked_issues),
  }
}

export const reviewsOf = (
  raw: readonly RawReview[] | undefined,
  { people, now }: Usual,
  head: Sha,
): readonly Review[] =>
  (raw ?? []).map((review) => ({
    by: people.or(review.by, null),
    state: review.state ?? ('approved' satisfies ReviewState),
    commit: review.commit === undefined ? head : review.commit,
    at: review.at === undefined ? now : review.at === null ? null : Date.parse(review.at),
    body: review.body ?? '',
  }))

export const filesOf = (raw: readonly RawFile[] | undefined): readonly ChangedFile[] =>
  (raw ?? []).map((file) => {
    const { path, previous = null, additions = 0, deletions = 0 } = typeof file === 'string' ? { path: file } : file
    return { path, previous, additions, deletions }
  })

export const textsOf = (raw: readonly (string | number)[] | undefined): readonly string[] => (raw ?? []).map(String)
