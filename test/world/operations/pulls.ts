import { commentView, isMergeable, issueView, pullCommits, pullUrl, simplePullView } from '../views/pulls.js'
import { addCommit, moveBranch, tipOf } from './git.js'
import { closePull, note, tellPull, tellReview } from './follow.js'
import { mergeFiles } from '../state/diff.js'
import { must } from '../must.js'
import { pushedCommitView } from '../views/repository.js'
import { userView } from '../views/people.js'
import type { Account } from '../state/people.js'
import type { Commit } from '../state/git.js'
import type { Comment, MergeMethod, Pull, QueueEntry, Review, Thread } from '../state/pulls.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

export interface NewPull {
  readonly author: Account
  readonly head: string
  readonly headRepository: Repository
  readonly base: string
  readonly title: string
  readonly body: string
  readonly draft: boolean
  readonly labels: readonly string[]
}

export const openPull = (platform: Platform, repository: Repository, wanted: NewPull): Pull => {
  const now = platform.clock.now()
  const pull = platform.make('PullRequest', {
    ...wanted,
    number: repository.nextNumber++,
    repository,
    headSha: tipOf(wanted.headRepository, wanted.head),
    baseSha: tipOf(repository, wanted.base),
    state: 'open',
    labels: [...wanted.labels],
    closes: [...wanted.body.matchAll(/\b(?:close|fix|resolve)[sd]?:? #(\d+)/gi)].map(([, number]) => Number(number)),
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    mergedOnto: null,
    rebased: [],
    autoMerge: null,
    queueEntry: null,
    lastEditedAt: null,
    editor: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    reviews: [],
    threads: [],
    comments: [],
    timeline: [],
  })
  repository.pulls.push(pull)
  tellPull(platform, pull, 'opened', wanted.author)
  return pull
}

export const reopenPull = (platform: Platform, pull: Pull, by: Account): void => {
  pull.state = 'open'
  pull.closedAt = null
  pull.baseSha = tipOf(pull.repository, pull.base)
  note(platform, pull, by, { kind: 'ReopenedEvent' })
  tellPull(platform, pull, 'reopened', by)
}

export const editPull = (
  platform: Platform,
  pull: Pull,
  by: Account,
  change: { readonly title?: string; readonly body?: string; readonly base?: string },
): void => {
  const changes: Record<string, unknown> = {}
  if (change.title !== undefined) {
    changes['title'] = { from: pull.title }
    note(platform, pull, by, { kind: 'RenamedTitleEvent', previous: pull.title, current: change.title })
    pull.title = change.title
  }
  if (change.body !== undefined) {
    changes['body'] = { from: pull.body }
    pull.body = change.body
    pull.lastEditedAt = platform.clock.now()
    pull.editor = by
  }
  if (change.base !== undefined) {
    changes['base'] = { ref: { from: pull.base }, sha: { from: pull.baseSha } }
    note(platform, pull, by, { kind: 'BaseRefChangedEvent', previous: pull.base, current: change.base })
    pull.base = change.base
    pull.baseSha = tipOf(pull.repository, change.base)
  }
  tellPull(platform, pull, 'edited', by, { changes })
}

export const setDraft = (platform: Platform, pull: Pull, by: Account, draft: boolean): void => {
  pull.draft = draft
  note(platform, pull, by, { kind: draft ? 'ConvertToDraftEvent' : 'ReadyForReviewEvent' })
  tellPull(platform, pull, draft ? 'converted_to_draft' : 'ready_for_review', by)
}

export const setLabel = (platform: Platform, pull: Pull, by: Account, label: string, on: boolean): void => {
  pull.labels = on ? [...new Set([...pull.labels, label])] : pull.labels.filter((name) => name !== label)
  note(platform, pull, by, { kind: on ? 'LabeledEvent' : 'UnlabeledEvent', label })
  const shown = {
    id: 1,
    node_id: 'LA_0',
    url: `${pullUrl(platform, pull)}/labels/${label}`,
    name: label,
    description: null,
    color: 'ededed',
    default: false,
  }
  tellPull(platform, pull, on ? 'labeled' : 'unlabeled', by, { label: shown })
}

export const addReview = (
  platform: Platform,
  pull: Pull,
  wanted: { readonly by: Account; readonly state: Review['state']; readonly body: string; readonly commit: string },
): Review => {
  const review = platform.make('PullRequestReview', {
    pull,
    user: wanted.by,
    state: wanted.state,
    commit: wanted.commit,
    body: wanted.body,
    submittedAt: platform.clock.now(),
    editedAt: null,
    editor: null,
  })
  pull.reviews.push(review)
  if (wanted.state !== 'PENDING') tellReview(platform, review, 'submitted', wanted.by)
  return review
}

export const dismissReview = (platform: Platform, review: Review, by: Account): void => {
  review.state = 'DISMISSED'
  tellReview(platform, review, 'dismissed', by)
}

export const editReview = (platform: Platform, review: Review, by: Account, body: string): void => {
  const from = review.body
  Object.assign(review, { body, editor: by, editedAt: platform.clock.now() })
  tellReview(platform, review, 'edited', by, { changes: { body: { from } } })
}

export const openThread = (platform: Platform, pull: Pull, by: Account, path: string, body: string): Thread => {
  const id = platform.nextId('ReviewComment')
  const comment = {
    id,
    nodeId: platform.nodeId('PullRequestReviewComment', id),
    user: by,
    body,
    at: platform.clock.now(),
  }
  const thread = platform.make('PullRequestReviewThread', { pull, path, comments: [comment], resolvedBy: null })
  pull.threads.push(thread)
  return thread
}

export const resolveThread = (platform: Platform, thread: Thread, by: Account, resolved: boolean): void => {
  thread.resolvedBy = resolved ? by : null
  platform.tell({
    event: 'pull_request_review_thread',
    action: resolved ? 'resolved' : 'unresolved',
    repository: thread.pull.repository,
    sender: by,
    body: {
      pull_request: simplePullView(platform, thread.pull),
      thread: {
        node_id: thread.nodeId,
        comments: thread.comments.map((comment) => ({
          id: comment.id,
          node_id: comment.nodeId,
          body: comment.body,
          path: thread.path,
          user: userView(platform, comment.user),
          commit_id: thread.pull.headSha,
          created_at: platform.clock.iso(comment.at),
        })),
      },
    },
  })
}

export const addComment = (
  platform: Platform,
  pull: Pull,
  wanted: { readonly by: Account; readonly body: string; readonly viaApp?: number | null; readonly viaEmail?: boolean },
): Comment => {
  const now = platform.clock.now()
  const comment = platform.make('IssueComment', {
    pull,
    user: wanted.by,
    viaApp: wanted.viaApp ?? null,
    createdAt: now,
    createdViaEmail: wanted.viaEmail ?? false,
    body: wanted.body,
    updatedAt: now,
    editedAt: null,
    editor: null,
    minimized: false,
    reactions: [],
  })
  pull.comments.push(comment)
  tellComment(platform, comment, 'created', wanted.by)
  return comment
}

/** Anyone with write may edit anybody's comment; its author stays who it was. */
export const editComment = (platform: Platform, comment: Comment, by: Account, body: string): void => {
  const from = comment.body
  const now = platform.clock.now()
  Object.assign(comment, { body, editor: by, editedAt: now, updatedAt: now })
  tellComment(platform, comment, 'edited', by, { changes: { body: { from } } })
}

export const deleteComment = (platform: Platform, comment: Comment, by: Account): void => {
  comment.pull.comments.splice(comment.pull.comments.indexOf(comment), 1)
  tellComment(platform, comment, 'deleted', by)
}

const tellComment = (
  platform: Platform,
  comment: Comment,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
) =>
  platform.tell({
    event: 'issue_comment',
    action,
    repository: comment.pull.repository,
    sender,
    body: { issue: issueView(platform, comment.pull), comment: commentView(platform, comment), ...more },
  })

/**
 * Merges as the button does: a merge or squash commit is made and signed by GitHub (web-flow); rebased commits carry
 * the merger as committer and no signature. `onto` is the branch tip it lands on.
 */
export const mergeCommits = (
  platform: Platform,
  pull: Pull,
  by: Account,
  method: MergeMethod,
  onto: string,
): { readonly head: string; readonly rebased: readonly string[] } => {
  const { store } = pull.repository
  const fork = must(store.mergeBase(onto, pull.headSha), 'common history')
  const [base, ours, theirs] = [fork, onto, pull.headSha].map((sha) => store.commit(sha).files)
  const files = mergeFiles(base ?? new Map(), ours ?? new Map(), theirs ?? new Map())
  if (!files) throw new Error(`#${pull.number} has conflicts`)
  const author = { name: by.name, email: by.email, account: by, date: platform.clock.now() }
  if (method === 'merge') {
    const message = `Merge pull request #${pull.number} from ${pull.headRepository?.owner.login ?? 'ghost'}/${pull.head}\n\n${pull.title}`
    const made = addCommit(platform, pull.repository, {
      parents: [onto, pull.headSha],
      files,
      message,
      author,
      byGitHub: true,
    })
    return { head: made.sha, rebased: [] }
  }
  const commits = pullCommits(pull)
  if (method === 'squash') {
    const authors = new Set(
      commits
        .filter((commit) => commit.author.account !== pull.author)
        .map((commit) => `Co-authored-by: ${commit.author.name} <${commit.author.email}>`),
    )
    const message = [`${pull.title} (#${pull.number})`, ...(authors.size > 0 ? [[...authors].join('\n')] : [])].join(
      '\n\n',
    )
    const squashed = {
      name: pull.author.name,
      email: pull.author.email,
      account: pull.author,
      date: platform.clock.now(),
    }
    const made = addCommit(platform, pull.repository, {
      parents: [onto],
      files,
      message,
      author: squashed,
      byGitHub: true,
    })
    return { head: made.sha, rebased: [] }
  }
  return rebase(
    platform,
    pull,
    commits.filter((commit) => commit.parents.length < 2),
    onto,
    author,
  )
}

const rebase = (
  platform: Platform,
  pull: Pull,
  commits: readonly Commit[],
  onto: string,
  committer: Commit['committer'],
) => {
  const { store } = pull.repository
  const rebased: string[] = []
  let head = onto
  for (const commit of commits) {
    const before = commit.parents[0] === undefined ? new Map() : store.commit(commit.parents[0]).files
    const files = must(mergeFiles(before, store.commit(head).files, commit.files), `clean rebase of ${commit.sha}`)
    head = addCommit(platform, pull.repository, {
      parents: [head],
      files,
      message: commit.message,
      author: commit.author,
      committer,
    }).sha
    rebased.push(head)
  }
  return { head, rebased }
}

export const mergePull = (platform: Platform, pull: Pull, by: Account, method: MergeMethod): void => {
  if (pull.state === 'closed') throw new Error(`#${pull.number} is closed`)
  if (pull.draft) throw new Error(`#${pull.number} is a draft`)
  if (isMergeable(pull) === false) throw new Error(`#${pull.number} has conflicts`)
  const onto = tipOf(pull.repository, pull.base)
  land(platform, pull, by, mergeCommits(platform, pull, by, method, onto), onto)
  moveBranch(platform, pull.repository, pull.base, must(pull.mergeCommit, 'merge commit'), { by, kind: 'pr_merge' })
}

/** Marks it merged before the branch moves, so that the branch's move does not do it again. */
export const land = (
  platform: Platform,
  pull: Pull,
  by: Account,
  made: { readonly head: string; readonly rebased: readonly string[] },
  onto: string,
): void => {
  pull.mergedAt = platform.clock.now()
  pull.mergedBy = by
  pull.mergeCommit = made.head
  pull.rebased = made.rebased
  pull.mergedOnto = onto
  note(platform, pull, by, { kind: 'MergedEvent' })
  closePull(platform, pull, by)
}

export const setAutoMerge = (platform: Platform, pull: Pull, by: Account, method: MergeMethod | null): void => {
  pull.autoMerge = method ? { by, method, at: platform.clock.now() } : null
  const kind =
    method === null
      ? 'AutoMergeDisabledEvent'
      : method === 'squash'
        ? 'AutoSquashEnabledEvent'
        : method === 'rebase'
          ? 'AutoRebaseEnabledEvent'
          : 'AutoMergeEnabledEvent'
  note(platform, pull, by, { kind })
  tellPull(
    platform,
    pull,
    method ? 'auto_merge_enabled' : 'auto_merge_disabled',
    by,
    method ? {} : { reason: 'manual' },
  )
}

const queueOf = (repository: Repository, branch: string): QueueEntry[] => {
  const queue = repository.queues.get(branch) ?? []
  repository.queues.set(branch, queue)
  return queue
}

/** Puts it at the end of the base's merge queue; its merge group builds on the entries before it. */
export const enqueue = (
  platform: Platform,
  pull: Pull,
  by: Account,
  { jump = false, solo = false } = {},
): QueueEntry => {
  const { repository } = pull
  const queue = queueOf(repository, pull.base)
  const base = queue[queue.length - 1]?.head ?? tipOf(repository, pull.base)
  const { head } = mergeCommits(platform, pull, by, 'merge', base)
  const ref = `refs/heads/gh-readonly-queue/${pull.base}/pr-${pull.number}-${base}`
  const entry = platform.make('MergeQueueEntry', {
    pull,
    enqueuer: by,
    enqueuedAt: platform.clock.now(),
    head,
    base,
    ref,
    jump,
    solo,
  })
  queue.push(entry)
  pull.queueEntry = entry
  note(platform, pull, by, { kind: 'AddedToMergeQueueEvent' })
  tellPull(platform, pull, 'enqueued', by)
  moveBranch(platform, repository, ref.replace('refs/heads/', ''), head, {
    by: platform.account('github-merge-queue[bot]'),
  })
  tellGroup(platform, entry, 'checks_requested')
  return entry
}

const tellGroup = (
  platform: Platform,
  entry: QueueEntry,
  action: 'checks_requested' | 'destroyed',
  reason?: string,
) => {
  const { repository, base } = entry.pull
  platform.tell({
    event: 'merge_group',
    action,
    repository,
    sender: platform.account('github-merge-queue[bot]'),
    body: {
      ...(reason && { reason }),
      merge_group: {
        head_sha: entry.head,
        head_ref: entry.ref,
        base_sha: entry.base,
        base_ref: `refs/heads/${base}`,
        head_commit: headCommit(platform, repository, entry.head),
      },
    },
  })
}

const headCommit = (platform: Platform, repository: Repository, sha: string) => {
  const { id, tree_id, message, timestamp, author, committer } = pushedCommitView(
    platform,
    repository,
    repository.store.commit(sha),
  )
  return {
    id,
    tree_id,
    message,
    timestamp,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  }
}

export const dequeue = (platform: Platform, pull: Pull, by: Account, reason = 'MANUAL'): void => {
  const entry = must(pull.queueEntry, `queue entry of #${pull.number}`)
  const queue = queueOf(pull.repository, pull.base)
  queue.splice(queue.indexOf(entry), 1)
  pull.queueEntry = null
  note(platform, pull, by, { kind: 'RemovedFromMergeQueueEvent' })
  tellGroup(platform, entry, 'destroyed', 'dequeued')
  moveBranch(platform, pull.repository, entry.ref.replace('refs/heads/', ''), null, {
    by: platform.account('github-merge-queue[bot]'),
  })
  tellPull(platform, pull, 'dequeued', by, { reason })
}

/** The queue's bot merges every entry up to this one: the base moves once, to the group's head. */
export const mergeGroup = (platform: Platform, entry: QueueEntry): void => {
  const bot = platform.account('github-merge-queue[bot]')
  const { repository, base } = entry.pull
  const queue = queueOf(repository, base)
  const group = queue.splice(0, queue.indexOf(entry) + 1)
  for (const one of group) land(platform, one.pull, bot, { head: one.head, rebased: [] }, one.base)
  moveBranch(platform, repository, base, entry.head, { by: bot, kind: 'merge_queue_merge' })
  for (const one of group) {
    tellGroup(platform, one, 'destroyed', 'merged')
    moveBranch(platform, repository, one.ref.replace('refs/heads/', ''), null, { by: bot })
  }
}

/** The base brought into the head by GitHub's update button. */
export const mergeBaseInto = (platform: Platform, pull: Pull, by: Account): { readonly head: string } => {
  const { store } = pull.repository
  const base = tipOf(pull.repository, pull.base)
  const fork = must(store.mergeBase(base, pull.headSha), 'common history')
  const files = mergeFiles(store.commit(fork).files, store.commit(pull.headSha).files, store.commit(base).files)
  if (!files) throw new Error(`#${pull.number} has conflicts`)
  const author = { name: by.name, email: by.email, account: by, date: platform.clock.now() }
  const made = addCommit(platform, pull.repository, {
    parents: [pull.headSha, base],
    files,
    message: `Merge branch '${pull.base}' into ${pull.head}`,
    author,
    byGitHub: true,
  })
  return { head: made.sha }
}
