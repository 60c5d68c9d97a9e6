import { connection } from './eye.js'
import { combinedState, latestRuns, latestStatuses, pullsWith } from '../views/checks.js'
import { checkRunNode, suiteNode } from './checks.js'
import { actorNode, userNode } from './people.js'
import { diff } from '../state/diff.js'
import { pullNode } from './pulls.js'
import { deploymentNode, repositoryNode } from './repository.js'
import type { Commit, Signature, TreeEntry } from '../state/git.js'
import type { CommitStatus } from '../state/checks.js'
import type { Eye, PageArguments } from './eye.js'
import type { Repository } from '../state/repository.js'

const gitActor = (eye: Eye, { name, email, account, date }: Signature) => ({
  __typename: 'GitActor',
  name,
  email,
  date: eye.platform.clock.iso(date),
  user: () => userNode(eye, account),
})

/** The author, then everybody that a Co-authored-by trailer names, by e-mail. */
const authorsOf = ({ platform }: Eye, commit: Commit): readonly Signature[] => {
  const trailers = [...commit.message.matchAll(/^co-authored-by:\s*(.*?)\s*<([^>]*)>\s*$/gim)].map(
    ([, name = '', email = '']): Signature => {
      const account =
        [...platform.accounts.values()].find((one) => one.email.toLowerCase() === email.toLowerCase()) ?? null
      return { name, email, account, date: commit.author.date }
    },
  )
  const seen = new Set<string>()
  return [commit.author, ...trailers].filter(({ email }) => !seen.has(email) && seen.add(email))
}

const signatureNode = (eye: Eye, commit: Commit) =>
  commit.verified
    ? {
        __typename: 'GpgSignature',
        email: commit.committer.email,
        isValid: true,
        state: 'VALID',
        payload: '',
        signature: '',
        keyId: 'B5690EEEBB952194',
        wasSignedByGitHub: commit.signedByGitHub,
        signer: () => userNode(eye, commit.signer),
        verifiedAt: null,
      }
    : null

const stateOf = (sha: string, repository: Repository): string => {
  const runs = latestRuns(repository.checkRuns.filter(({ suite }) => suite.headSha === sha))
  const statuses = latestStatuses(repository, sha)
  const bad = runs.some(
    ({ status, conclusion }) =>
      status === 'completed' && conclusion !== 'success' && conclusion !== 'neutral' && conclusion !== 'skipped',
  )
  if (bad || (statuses.length > 0 && combinedState(statuses) === 'failure')) return 'FAILURE'
  return runs.some(({ status }) => status !== 'completed') ||
    (statuses.length > 0 && combinedState(statuses) === 'pending')
    ? 'PENDING'
    : 'SUCCESS'
}

const statusNode = (eye: Eye, repository: Repository, status: CommitStatus) => ({
  __typename: 'StatusContext',
  id: status.nodeId,
  context: status.context,
  state: status.state.toUpperCase(),
  description: status.description,
  targetUrl: status.targetUrl,
  createdAt: eye.platform.clock.iso(status.createdAt),
  creator: () => actorNode(eye, status.creator),
  commit: () => commitNode(eye, repository, repository.store.commit(status.sha)),
  isRequired: () => false,
})

/** Everything GitHub shows of a commit. */
export const commitNode = (eye: Eye, repository: Repository, commit: Commit): object => {
  const { store } = repository
  const { sha } = commit
  const page = `${eye.platform.origin}/${repository.owner.login}/${repository.name}`
  const before = () => (commit.parents[0] === undefined ? new Map() : store.commit(commit.parents[0]).files)
  const files = () => diff(store, before(), commit.files)
  return {
    __typename: 'Commit',
    id: eye.platform.nodeId('Commit', Number.parseInt(sha.slice(0, 10), 16)),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    message: commit.message,
    messageHeadline: commit.message.split('\n')[0],
    messageBody: commit.message.split('\n').slice(1).join('\n').trim(),
    author: () => gitActor(eye, commit.author),
    committer: () => gitActor(eye, commit.committer),
    authors: (args: PageArguments) => connection(authorsOf(eye, commit), args, (one) => gitActor(eye, one)),
    authoredByCommitter: commit.author.account === commit.committer.account,
    authoredDate: eye.platform.clock.iso(commit.author.date),
    committedDate: eye.platform.clock.iso(commit.committer.date),
    committedViaWeb: commit.viaWeb,
    pushedDate: eye.platform.clock.iso(commit.pushedAt),
    additions: () => files().reduce((sum, { additions }) => sum + additions, 0),
    deletions: () => files().reduce((sum, { deletions }) => sum + deletions, 0),
    changedFilesIfAvailable: () => files().length,
    parents: (args: PageArguments) =>
      connection(commit.parents, args, (parent) => commitNode(eye, repository, store.commit(parent))),
    tree: () => treeNode(eye, repository, commit.tree),
    treeUrl: `${page}/tree/${sha}`,
    url: `${page}/commit/${sha}`,
    commitUrl: `${page}/commit/${sha}`,
    resourcePath: `/${repository.owner.login}/${repository.name}/commit/${sha}`,
    repository: () => repositoryNode(eye, repository),
    signature: () => signatureNode(eye, commit),
    file: ({ path }: { readonly path: string }) => fileNode(eye, repository, commit, path),
    history: ({ path, ...args }: PageArguments & { readonly path?: string | null }) => {
      const touches = (one: Commit) =>
        !path ||
        diff(store, one.parents[0] === undefined ? new Map() : store.commit(one.parents[0]).files, one.files).some(
          (change) => change.path === path || change.path.startsWith(`${path}/`),
        )
      return connection(store.history(sha).filter(touches), args, (one) => commitNode(eye, repository, one))
    },
    status: () => {
      const latest = latestStatuses(repository, sha)
      const contexts = latest.map((status) => statusNode(eye, repository, status))
      return latest.length === 0
        ? null
        : {
            id: `S_${sha}`,
            state: combinedState(latest).toUpperCase(),
            contexts,
            context: ({ name }: { readonly name: string }) => contexts.find(({ context }) => context === name) ?? null,
          }
    },
    statusCheckRollup: () => {
      const runs = latestRuns(repository.checkRuns.filter(({ suite }) => suite.headSha === sha))
      const statuses = latestStatuses(repository, sha)
      if (runs.length + statuses.length === 0) return null
      const all = [
        ...runs.map((run) => checkRunNode(eye, repository, run)),
        ...statuses.map((status) => statusNode(eye, repository, status)),
      ]
      return {
        id: `SCR_${sha}`,
        state: stateOf(sha, repository),
        contexts: (args: PageArguments) =>
          connection(all, args, (one) => one, {
            beside: { checkRunCount: runs.length, statusContextCount: statuses.length },
          }),
      }
    },
    checkSuites: ({
      filterBy,
      ...args
    }: PageArguments & {
      readonly filterBy?: { readonly appId?: number | null; readonly checkName?: string | null } | null
    }) => {
      const suites = repository.suites.filter(
        (suite) =>
          suite.headSha === sha &&
          (filterBy?.appId == null || suite.app.id === filterBy.appId) &&
          (filterBy?.checkName == null ||
            repository.checkRuns.some((run) => run.suite === suite && run.name === filterBy.checkName)),
      )
      return connection(suites, args, (suite) => suiteNode(eye, repository, suite))
    },
    associatedPullRequests: (args: PageArguments) =>
      connection(pullsWith(repository, sha), args, (pull) => pullNode(eye, pull)),
    deployments: ({ environments, ...args }: PageArguments & { readonly environments?: readonly string[] | null }) =>
      connection(
        repository.deployments.filter(
          (one) => one.sha === sha && (!environments || environments.includes(one.environment)),
        ),
        args,
        (one) => deploymentNode(eye, one),
      ),
  }
}

export const blobNode = (eye: Eye, repository: Repository, sha: string): object | null => {
  const bytes = repository.store.blobs.get(sha)
  if (!bytes) return null
  const isBinary = bytes.includes(0)
  return {
    __typename: 'Blob',
    id: `B_${sha}`,
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    byteSize: bytes.length,
    isBinary,
    isTruncated: false,
    text: isBinary ? null : bytes.toString('utf8'),
    repository: () => repositoryNode(eye, repository),
  }
}

const entryNode = (eye: Eye, repository: Repository, { name, mode, type, sha }: TreeEntry, prefix: string) => ({
  __typename: 'TreeEntry',
  name,
  path: `${prefix}${name}`,
  mode: Number.parseInt(mode, 8),
  type,
  oid: sha,
  size: repository.store.blobs.get(sha)?.length ?? 0,
  isGenerated: false,
  object: () =>
    type === 'tree'
      ? treeNode(eye, repository, sha, `${prefix}${name}/`)
      : type === 'blob'
        ? blobNode(eye, repository, sha)
        : null,
  repository: () => repositoryNode(eye, repository),
})

export const treeNode = (eye: Eye, repository: Repository, sha: string, prefix = ''): object | null => {
  const entries = repository.store.trees.get(sha)
  if (!entries) return null
  return {
    __typename: 'Tree',
    id: `T_${sha}`,
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    entries: () => entries.map((entry) => entryNode(eye, repository, entry, prefix)),
    repository: () => repositoryNode(eye, repository),
  }
}

const fileNode = (eye: Eye, repository: Repository, commit: Commit, path: string): object | null => {
  const parts = path.split('/').filter((part) => part !== '')
  const name = parts.pop()
  let tree: string | undefined = commit.tree
  for (const part of parts)
    tree = repository.store.trees.get(tree ?? '')?.find((entry) => entry.name === part && entry.type === 'tree')?.sha
  const entry = repository.store.trees.get(tree ?? '')?.find((one) => one.name === name)
  return entry ? entryNode(eye, repository, entry, parts.map((part) => `${part}/`).join('')) : null
}

/** A commit, tree or blob by id, or what `rev` or `rev:path` names. */
export const objectNode = (eye: Eye, repository: Repository, sha: string | null, path?: string): object | null => {
  const commit = sha === null ? undefined : repository.store.commits.get(sha)
  if (path !== undefined) {
    if (!commit) return null
    if (path === '') return treeNode(eye, repository, commit.tree)
    const entry = fileNode(eye, repository, commit, path) as { readonly object: () => object | null } | null
    return entry?.object() ?? null
  }
  if (commit) return commitNode(eye, repository, commit)
  return sha === null ? null : (treeNode(eye, repository, sha) ?? blobNode(eye, repository, sha))
}
