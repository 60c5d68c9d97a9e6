import { ZERO_SHA, fullName } from '../state/repository.js'
import { last, must } from '../must.js'
import { pushedCommitView } from '../views/repository.js'
import { followBranch } from './follow.js'
import type { Account } from '../state/people.js'
import type { Activity, Repository } from '../state/repository.js'
import type { Commit, FileEntry, Files, Mode, ObjectStore, Signature } from '../state/git.js'
import type { Platform } from '../state/platform.js'

/** New content by path; `null` deletes. A symlink has mode 120000 and its target as content. */
export type FileChanges = Readonly<Record<string, string | null | { readonly content: string; readonly mode: Mode }>>

export const WEB_FLOW = { login: 'web-flow', id: 19_864_447, name: 'GitHub', email: 'noreply@github.com' } as const

export const signatureOf = (platform: Platform, account: Account, date = platform.clock.now()): Signature => ({
  name: account.name,
  email: account.email,
  account,
  date,
})

export const githubSignature = (platform: Platform): Signature => ({
  name: WEB_FLOW.name,
  email: WEB_FLOW.email,
  account: platform.account(WEB_FLOW.login),
  date: platform.clock.now(),
})

export const withChanges = (store: ObjectStore, files: Files, changes: FileChanges): Files => {
  const next = new Map<string, FileEntry>(files)
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) next.delete(path)
    else if (typeof change === 'string')
      next.set(path, { mode: next.get(path)?.mode ?? '100644', sha: store.addBlob(change) })
    else
      next.set(path, {
        mode: change.mode,
        sha: change.mode === '160000' ? change.content : store.addBlob(change.content),
      })
  }
  return next
}

export interface NewCommit {
  readonly parents: readonly string[]
  readonly files: Files
  readonly message: string
  readonly author: Signature
  readonly committer?: Signature
  /** GitHub makes and signs it. */
  readonly byGitHub?: boolean
  /** Signed with this account's own key. */
  readonly signedBy?: Account
}

export const addCommit = (platform: Platform, repository: Repository, made: NewCommit): Commit =>
  repository.store.addCommit(
    {
      parents: made.parents,
      message: made.message,
      author: made.author,
      committer: made.committer ?? (made.byGitHub ? githubSignature(platform) : made.author),
      files: made.files,
      verified: made.byGitHub === true || made.signedBy !== undefined,
      signedByGitHub: made.byGitHub === true,
      signer: made.byGitHub ? platform.account(WEB_FLOW.login) : (made.signedBy ?? null),
      viaWeb: made.byGitHub === true,
      pushedAt: platform.clock.now(),
    },
    platform.nextId('Commit'),
  )

export const tipOf = (repository: Repository, branch: string): string =>
  must(repository.branches.get(branch), `branch ${branch} in ${fullName(repository)}`)

/** A branch, a tag, `refs/…`, or a full SHA, as a commit's SHA; `null`: none. */
export const resolve = (repository: Repository, name: string): string | null => {
  if (/^[0-9a-f]{40}$/.test(name)) return repository.store.commits.has(name) ? name : null
  const short = name.replace(/^refs\//, '').replace(/^(heads|tags)\//, '')
  if (!/^(refs\/)?tags\//.test(name)) {
    const branch = repository.branches.get(short) ?? repository.branches.get(name)
    if (branch !== undefined) return branch
  }
  if (/^(refs\/)?heads\//.test(name)) return null
  return repository.tags.get(short)?.sha ?? (/^[0-9a-f]{4,39}$/.test(name) ? byDigits(repository, name) : null)
}

/** The one commit whose id begins so. */
const byDigits = ({ store }: Repository, digits: string): string | null => {
  const [found, ...others] = [...store.commits.keys()].filter((sha) => sha.startsWith(digits))
  return others.length === 0 ? (found ?? null) : null
}

export interface Move {
  readonly by: Account
  readonly kind?: Activity['type']
}

/** Points a branch at a commit (made, moved or forced), says so, and lets pull requests follow. `null` deletes it. */
export const moveBranch = (
  platform: Platform,
  repository: Repository,
  branch: string,
  to: string | null,
  { by, kind }: Move,
): void => {
  const before = repository.branches.get(branch) ?? null
  if (before === to) return
  const { store } = repository
  const forced = before !== null && to !== null && !store.ancestors(to).has(before)
  if (to === null) repository.branches.delete(branch)
  else repository.branches.set(branch, to)
  repository.pushedAt = platform.clock.now()
  const type =
    kind ?? (before === null ? 'branch_creation' : to === null ? 'branch_deletion' : forced ? 'force_push' : 'push')
  const ref = `refs/heads/${branch}`
  repository.activity.push(
    platform.make('Activity', {
      type,
      ref,
      before: before ?? ZERO_SHA,
      after: to ?? ZERO_SHA,
      actor: by,
      at: platform.clock.now(),
    }),
  )
  if (before === null) tellRef(platform, repository, 'create', branch, by)
  tellPush(platform, repository, { ref, before, after: to, forced, by })
  if (to === null) tellRef(platform, repository, 'delete', branch, by)
  followBranch(platform, repository, branch, { before, after: to, forced, by })
}

const tellRef = (
  platform: Platform,
  repository: Repository,
  event: 'create' | 'delete',
  name: string,
  by: Account,
  type = 'branch',
) =>
  platform.tell({
    event,
    action: '',
    repository,
    sender: by,
    body: {
      ref: name,
      ref_type: type,
      pusher_type: 'user',
      ...(event === 'create' && { master_branch: repository.defaultBranch, description: null }),
    },
  })

interface Pushed {
  readonly ref: string
  readonly before: string | null
  readonly after: string | null
  readonly forced: boolean
  readonly by: Account
}

const tellPush = (platform: Platform, repository: Repository, { ref, before, after, forced, by }: Pushed) => {
  const { store } = repository
  const commits = after === null ? [] : before === null ? [store.commit(after)] : store.between(before, after)
  const shown = commits.map((commit) => pushedCommitView(platform, repository, commit))
  const head = after === null ? null : pushedCommitView(platform, repository, store.commit(after))
  platform.tell({
    event: 'push',
    action: '',
    repository,
    sender: by,
    body: {
      ref,
      before: before ?? ZERO_SHA,
      after: after ?? ZERO_SHA,
      created: before === null,
      deleted: after === null,
      forced,
      base_ref: null,
      compare: `${platform.origin}/${fullName(repository)}/compare/${(before ?? ZERO_SHA).slice(0, 12)}...${(after ?? ZERO_SHA).slice(0, 12)}`,
      commits: shown,
      head_commit: head ?? last(shown) ?? null,
      pusher: { name: by.login, email: by.email },
    },
  })
}

/** Puts a tag (moving it where it exists) on a commit. */
export const putTag = (
  platform: Platform,
  repository: Repository,
  name: string,
  sha: string,
  { by, message }: { readonly by: Account; readonly message?: string },
): void => {
  const before = repository.tags.get(name)?.sha ?? null
  const at = platform.clock.now()
  const object =
    message === undefined
      ? null
      : { sha: repository.store.addBlob(`tag ${name} ${sha} ${message} ${at}`), message, tagger: by, at }
  repository.tags.set(name, { name, sha, object })
  if (before === null) tellRef(platform, repository, 'create', name, by, 'tag')
  tellPush(platform, repository, { ref: `refs/tags/${name}`, before, after: sha, forced: before !== null, by })
}
