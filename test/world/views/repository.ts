import { fullName } from '../state/repository.js'
import { userView } from './people.js'
import type { Commit, Signature } from '../state/git.js'
import type { FileChange } from '../state/diff.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

export const repositoryUrl = ({ api }: Platform, repository: Repository): string =>
  `${api}/repos/${fullName(repository)}`

export const repositoryView = (platform: Platform, repository: Repository) => ({
  id: repository.id,
  node_id: repository.nodeId,
  name: repository.name,
  full_name: fullName(repository),
  owner: userView(platform, repository.owner),
  private: repository.private,
  html_url: `${platform.origin}/${fullName(repository)}`,
  description: null,
  fork: repository.parent !== null,
  url: repositoryUrl(platform, repository),
  default_branch: repository.defaultBranch,
  archived: repository.archived,
  disabled: false,
  visibility: repository.private ? 'private' : 'public',
  created_at: platform.clock.iso(repository.createdAt),
  updated_at: platform.clock.iso(repository.pushedAt),
  pushed_at: platform.clock.iso(repository.pushedAt),
})

const identity = (platform: Platform, { name, email, date }: Signature) => ({
  name,
  email,
  date: platform.clock.iso(date),
})

const verification = ({ verified }: Commit) => ({
  verified,
  reason: verified ? 'valid' : 'unsigned',
  signature: verified ? '-----BEGIN PGP SIGNATURE-----' : null,
  payload: verified ? 'tree' : null,
  verified_at: null,
})

const commitBody = (platform: Platform, repository: Repository, commit: Commit) => ({
  author: identity(platform, commit.author),
  committer: identity(platform, commit.committer),
  message: commit.message,
  tree: { sha: commit.tree, url: `${repositoryUrl(platform, repository)}/git/trees/${commit.tree}` },
  verification: verification(commit),
})

export const gitCommitView = (platform: Platform, repository: Repository, commit: Commit) => ({
  sha: commit.sha,
  node_id: `C_${commit.sha.slice(0, 12)}`,
  url: `${repositoryUrl(platform, repository)}/git/commits/${commit.sha}`,
  html_url: `${platform.origin}/${fullName(repository)}/commit/${commit.sha}`,
  ...commitBody(platform, repository, commit),
  parents: parents(platform, repository, commit),
})

const parents = (platform: Platform, repository: Repository, commit: Commit) =>
  commit.parents.map((sha) => ({
    sha,
    url: `${repositoryUrl(platform, repository)}/commits/${sha}`,
    html_url: `${platform.origin}/${fullName(repository)}/commit/${sha}`,
  }))

export const commitView = (platform: Platform, repository: Repository, commit: Commit) => ({
  sha: commit.sha,
  node_id: `C_${commit.sha.slice(0, 12)}`,
  url: `${repositoryUrl(platform, repository)}/commits/${commit.sha}`,
  html_url: `${platform.origin}/${fullName(repository)}/commit/${commit.sha}`,
  commit: {
    ...commitBody(platform, repository, commit),
    url: `${repositoryUrl(platform, repository)}/git/commits/${commit.sha}`,
    comment_count: 0,
  },
  author: commit.author.account ? userView(platform, commit.author.account) : null,
  committer: commit.committer.account ? userView(platform, commit.committer.account) : null,
  parents: parents(platform, repository, commit),
})

export const fileView = (platform: Platform, repository: Repository, change: FileChange, at: string) => ({
  sha: (change.after ?? change.before)?.sha ?? null,
  filename: change.path,
  status: change.status,
  additions: change.additions,
  deletions: change.deletions,
  changes: change.additions + change.deletions,
  contents_url: `${repositoryUrl(platform, repository)}/contents/${change.path}?ref=${at}`,
  previous_filename: change.previous ?? undefined,
})

/** A commit as push and merge_group events show it. */
export const pushedCommitView = (platform: Platform, repository: Repository, commit: Commit) => ({
  id: commit.sha,
  tree_id: commit.tree,
  distinct: true,
  message: commit.message,
  timestamp: platform.clock.iso(commit.committer.date),
  url: `${platform.origin}/${fullName(repository)}/commit/${commit.sha}`,
  author: {
    name: commit.author.name,
    email: commit.author.email,
    ...(commit.author.account && { username: commit.author.account.login }),
  },
  committer: {
    name: commit.committer.name,
    email: commit.committer.email,
    ...(commit.committer.account && { username: commit.committer.account.login }),
  },
})
