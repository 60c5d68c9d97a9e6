import { z } from 'zod'
import { Unreadable } from '../../gatekeeper/ports.js'
import type { Commit, Person, Sha, Signatory } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { accountOrNull, connection, filled, named, PAGE_INFO, text, textOrEmpty, user } from '../shapes.js'

const MOST_AUTHORS = 30

/** What a commit says of itself; spread as `...CommitParts`. */
export const COMMIT_PARTS = `
fragment GitActorParts on GitActor { email user { databaseId login } }
fragment CommitParts on Commit {
  oid
  message
  committedViaWeb
  parents(first: 20) { ${PAGE_INFO} nodes { oid } }
  author { ...GitActorParts }
  committer { ...GitActorParts }
  authors(first: ${MOST_AUTHORS}) { ${PAGE_INFO} nodes { ...GitActorParts } }
  signature { isValid wasSignedByGitHub signer { databaseId login } }
}`

const gitActor = z.object({ email: textOrEmpty, user })
interface GitActor {
  readonly email: string
  readonly user: Person | null
}

export const commitParts = z.object({
  oid: text.min(1),
  message: text,
  committedViaWeb: z.boolean(),
  parents: connection(named),
  author: gitActor.nullable(),
  committer: gitActor.nullable(),
  authors: connection(gitActor),
  signature: z.object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean(), signer: user }).nullable(),
})
export type CommitParts = z.infer<typeof commitParts>

const GITHUB_EMAIL = 'noreply@github.com'
const CO_AUTHOR = /^[ \t]*co-authored-by:[^\n<]*<([^>\n]*)>/gim

/** GitHub's own committer, believed only under GitHub's own valid signature. */
const isGitHub = (committer: GitActor | null, { signature }: CommitParts): boolean =>
  signature !== null &&
  signature.isValid &&
  signature.wasSignedByGitHub &&
  committer !== null &&
  (committer.user === null ? committer.email === GITHUB_EMAIL : committer.user.login === 'web-flow')

/**
 * Accounts of everyone a commit's trailers name besides its author; `null` for each that GitHub maps to no account, for
 * trailers that GitHub does not list, and for authors beyond what one reply holds.
 */
const coAuthorsOf = ({ author, authors, message }: CommitParts): readonly Signatory[] => {
  const key = ({ email, user: who }: GitActor) => (who ? `#${who.id}` : email.toLowerCase())
  const own = author && key(author)
  const listed = authors.nodes.filter((one) => key(one) !== own).map(({ user: who }): Signatory => who)
  const emails = new Set([author, ...authors.nodes].flatMap((one) => (one ? [one.email.toLowerCase()] : [])))
  const trailers = [...message.matchAll(CO_AUTHOR)].map(([, email]) => (email ?? '').trim().toLowerCase())
  const unlisted = new Set(trailers.filter((email) => !emails.has(email)))
  const beyond = authors.totalCount > authors.nodes.length ? [null] : []
  return [...listed, ...[...unlisted].map(() => null), ...beyond]
}

const signedBy = ({ signature }: CommitParts): Signatory => {
  if (!signature?.isValid) return null
  return signature.wasSignedByGitHub ? 'github' : signature.signer
}

export const commitOf = (parts: CommitParts): Commit => {
  if (parts.parents.totalCount !== parts.parents.nodes.length)
    throw unreadable(`commit ${parts.oid}`, `it has ${parts.parents.totalCount} parents`)
  const madeByGitHub = isGitHub(parts.committer, parts)
  return {
    sha: parts.oid,
    author: isGitHub(parts.author, parts) ? 'github' : (parts.author?.user ?? null),
    committer: madeByGitHub ? 'github' : (parts.committer?.user ?? null),
    coAuthors: coAuthorsOf(parts),
    parents: parts.parents.nodes.map(({ oid }) => oid),
    message: parts.message,
    madeByGitHub,
    signedBy: signedBy(parts),
    pushedAt: null,
  }
}

const restCommit = z.object({
  sha: text,
  author: accountOrNull,
  committer: accountOrNull,
  commit: z.object({
    author: z.object({ email: textOrEmpty }).nullish(),
    committer: z.object({ email: textOrEmpty }).nullish(),
  }),
})

/** Apps that GitHub sees behind a commit's addresses. GraphQL names users only, so REST is asked; a commit never changes. */
const readApps = async (scope: Scope, sha: Sha): Promise<readonly (readonly [string, Person])[]> => {
  const { value } = await scope.cache.read(
    `apps/${scope.id}/${sha}`,
    async () => {
      const at = { owner: scope.owner, repo: scope.repo, ref: sha, per_page: 1 }
      const found = await scope.api.get(`commit ${sha}`, 'GET /repos/{owner}/{repo}/commits/{ref}', at, restCommit)
      const pairs = [
        [found.commit.author?.email, found.author],
        [found.commit.committer?.email, found.committer],
      ] as const
      return pairs.flatMap(([email, person]) =>
        email && person?.kind === 'app' ? [[email.toLowerCase(), person] as const] : [],
      )
    },
    { forever: true },
  )
  return value
}

const unmapped = ({ author, committer }: CommitParts): readonly string[] =>
  [author, committer].flatMap((one) => (one && one.user === null ? [one.email.toLowerCase()] : []))

/** Commits, with apps where GraphQL left an address open. Each open address is asked for once. */
export const commitsOf = async (scope: Scope, all: readonly CommitParts[]): Promise<readonly Commit[]> => {
  const asked = new Set<string>()
  const apps = new Map<string, Person>()
  for (const parts of all) {
    const open = unmapped(parts).filter((email) => !asked.has(email))
    if (open.length === 0) continue
    for (const email of open) asked.add(email)
    for (const [email, person] of await readApps(scope, parts.oid)) apps.set(email, person)
  }
  const mapped = (one: GitActor): GitActor => ({ ...one, user: one.user ?? apps.get(one.email.toLowerCase()) ?? null })
  return all.map((parts) =>
    commitOf({
      ...parts,
      author: parts.author && mapped(parts.author),
      committer: parts.committer && mapped(parts.committer),
      authors: { ...parts.authors, nodes: parts.authors.nodes.map(mapped) },
    }),
  )
}

const DIGITS = /^[0-9a-f]{7,64}$/i

/** The commit that 7 or more digits name. A branch of such a name is not meant; a prefix of several names none. */
export const findCommit = async (scope: Scope, digits: string): Promise<Sha | null> => {
  if (!DIGITS.test(digits)) return null
  const at = { owner: scope.owner, repo: scope.repo, ref: digits }
  const shape = z.object({ sha: filled })
  try {
    const found = await scope.api.find(`commit ${digits}`, 'GET /repos/{owner}/{repo}/commits/{ref}', at, shape)
    return found !== null && found.sha.startsWith(digits.toLowerCase()) ? found.sha : null
  } catch (error) {
    if (error instanceof Unreadable && error.status === 422) return null
    throw error
  }
}
