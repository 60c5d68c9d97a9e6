import { WorldOfGit } from './git.js'
import * as pulls from '../operations/pulls.js'
import { closePull } from '../operations/follow.js'
import { moveBranch, tipOf } from '../operations/git.js'
import { must } from '../must.js'
import type { Comment, MergeMethod, Pull, QueueEntry, Review, Thread } from '../state/pulls.js'
import type { Commit } from '../state/git.js'
import type { CommitOptions } from './git.js'

export interface OpenOptions extends CommitOptions {
  readonly into?: string
  /** The head branch; made with one commit where it does not exist. */
  readonly head?: string
  readonly title?: string
  readonly body?: string
  readonly draft?: boolean
  readonly labels?: readonly string[]
  /** The head is in the author's fork. */
  readonly fromFork?: boolean
}

type By = { readonly by: string }

/** What people do with pull requests. */
export class WorldOfPulls extends WorldOfGit {
  async opensPullRequest({
    into,
    head,
    title,
    body = '',
    draft = false,
    labels = [],
    fromFork = false,
    ...commit
  }: OpenOptions = {}): Promise<Pull> {
    const repository = this.repository(commit.repo)
    const by = commit.by ?? 'dev'
    const home = fromFork ? this.forkOf(repository, by) : repository
    const base = into ?? repository.defaultBranch
    const branch = head ?? `change-${repository.nextNumber}`
    if (!home.branches.has(branch)) {
      const made = this.commits(tipOf(repository, base), { ...commit, by })
      moveBranch(this.platform, home, branch, made.sha, { by: this.person(by) })
    }
    const pull = pulls.openPull(this.platform, repository, {
      author: this.person(by),
      head: branch,
      headRepository: home,
      base,
      title: title ?? `Change ${repository.nextNumber}`,
      body,
      draft,
      labels,
    })
    await this.afterAct()
    return pull
  }

  async pushes(pull: Pull, options: CommitOptions = {}): Promise<Commit> {
    const home = must(pull.headRepository, `head repository of #${pull.number}`)
    const by = options.by ?? pull.author.login
    const commit = this.commits(pull.headSha, { ...options, by, repo: home })
    moveBranch(this.platform, home, pull.head, commit.sha, { by: this.person(by) })
    await this.afterAct()
    return commit
  }

  /** Replaces the head by another commit on the same parent, or by the commit `to`. */
  async forcePushes(pull: Pull, { to, ...options }: CommitOptions & { readonly to?: string } = {}): Promise<string> {
    const home = must(pull.headRepository, `head repository of #${pull.number}`)
    const by = options.by ?? pull.author.login
    const parent = home.store.commit(pull.headSha).parents[0] ?? pull.headSha
    const sha = to ?? this.commits(parent, { ...options, by, repo: home }).sha
    moveBranch(this.platform, home, pull.head, sha, { by: this.person(by), kind: 'force_push' })
    await this.afterAct()
    return sha
  }

  /** Brings the base into the head, as GitHub's button does: a merge commit made by GitHub. */
  async updatesBranch(pull: Pull, { by }: By): Promise<string> {
    const { head } = pulls.mergeBaseInto(this.platform, pull, this.person(by))
    moveBranch(this.platform, must(pull.headRepository, 'head repository'), pull.head, head, { by: this.person(by) })
    await this.afterAct()
    return head
  }

  async approves(pull: Pull, options: By & { readonly commit?: string; readonly body?: string }): Promise<Review> {
    return this.reviews(pull, { ...options, state: 'APPROVED' })
  }

  async requestsChanges(
    pull: Pull,
    options: By & { readonly commit?: string; readonly body?: string },
  ): Promise<Review> {
    return this.reviews(pull, { ...options, state: 'CHANGES_REQUESTED' })
  }

  /** `commit` is the reviewer's to choose; default: the head. */
  async reviews(
    pull: Pull,
    {
      by,
      state,
      commit,
      body = '',
    }: By & { readonly state: Review['state']; readonly commit?: string; readonly body?: string },
  ): Promise<Review> {
    const review = pulls.addReview(this.platform, pull, {
      by: this.platform.findAccount(by) ?? this.person(by),
      state,
      commit: commit ?? pull.headSha,
      body,
    })
    await this.afterAct()
    return review
  }

  async dismisses(review: Review, { by = 'owner' }: Partial<By> = {}): Promise<void> {
    pulls.dismissReview(this.platform, review, this.person(by))
    await this.afterAct()
  }

  async editsReview(review: Review, { by, body }: By & { readonly body: string }): Promise<void> {
    pulls.editReview(this.platform, review, this.person(by), body)
    await this.afterAct()
  }

  async opensThread(
    pull: Pull,
    { by, path = 'README.md', body = 'Why?' }: By & { readonly path?: string; readonly body?: string },
  ): Promise<Thread> {
    const thread = pulls.openThread(this.platform, pull, this.person(by), path, body)
    await this.reviews(pull, { by, state: 'COMMENTED' })
    return thread
  }

  async resolves(thread: Thread, { by, resolved = true }: By & { readonly resolved?: boolean }): Promise<void> {
    pulls.resolveThread(this.platform, thread, this.person(by), resolved)
    await this.afterAct()
  }

  async comments(
    pull: Pull,
    { by, body, viaEmail = false }: By & { readonly body: string; readonly viaEmail?: boolean },
  ): Promise<Comment> {
    const comment = pulls.addComment(this.platform, pull, {
      by: this.platform.findAccount(by) ?? this.person(by),
      body,
      viaEmail,
    })
    await this.afterAct()
    return comment
  }

  async editsComment(comment: Comment, { by, body }: By & { readonly body: string }): Promise<void> {
    pulls.editComment(this.platform, comment, this.person(by), body)
    await this.afterAct()
  }

  async deletesComment(comment: Comment, { by }: By): Promise<void> {
    pulls.deleteComment(this.platform, comment, this.person(by))
    await this.afterAct()
  }

  async edits(pull: Pull, { by, ...change }: By & { readonly title?: string; readonly body?: string }): Promise<void> {
    pulls.editPull(this.platform, pull, this.person(by), change)
    await this.afterAct()
  }

  async retargets(pull: Pull, base: string, { by = pull.author.login }: Partial<By> = {}): Promise<void> {
    pulls.editPull(this.platform, pull, this.person(by), { base })
    await this.afterAct()
  }

  async labels(
    pull: Pull,
    label: string,
    { by = 'dev', on = true }: Partial<By> & { readonly on?: boolean } = {},
  ): Promise<void> {
    pulls.setLabel(this.platform, pull, this.person(by), label, on)
    await this.afterAct()
  }

  async drafts(pull: Pull, draft = true, { by = pull.author.login }: Partial<By> = {}): Promise<void> {
    pulls.setDraft(this.platform, pull, this.person(by), draft)
    await this.afterAct()
  }

  async closes(pull: Pull, { by }: By): Promise<void> {
    closePull(this.platform, pull, this.person(by))
    await this.afterAct()
  }

  async reopens(pull: Pull, { by }: By): Promise<void> {
    pulls.reopenPull(this.platform, pull, this.person(by))
    await this.afterAct()
  }

  /** As the merge button does; protection is not asked. */
  async merges(pull: Pull, { by, method = 'merge' }: By & { readonly method?: MergeMethod }): Promise<string> {
    pulls.mergePull(this.platform, pull, this.person(by), method)
    await this.afterAct()
    return must(pull.mergeCommit, 'merge commit')
  }

  async enablesAutoMerge(
    pull: Pull,
    { by, method = 'merge' }: By & { readonly method?: MergeMethod | null },
  ): Promise<void> {
    pulls.setAutoMerge(this.platform, pull, this.person(by), method)
    await this.afterAct()
  }

  async enqueues(pull: Pull, { by, jump = false }: By & { readonly jump?: boolean }): Promise<QueueEntry> {
    const entry = pulls.enqueue(this.platform, pull, this.person(by), { jump })
    await this.afterAct()
    return entry
  }

  async dequeues(pull: Pull, { by }: By): Promise<void> {
    pulls.dequeue(this.platform, pull, this.person(by))
    await this.afterAct()
  }

  /** The queue merges every entry up to this one at once. */
  async mergesQueueUpTo(entry: QueueEntry): Promise<void> {
    pulls.mergeGroup(this.platform, entry)
    await this.afterAct()
  }
}
