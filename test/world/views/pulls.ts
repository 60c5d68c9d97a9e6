import { diff, mergeFiles } from '../state/diff.js'
import { fullName } from '../state/repository.js'
import { nullableUser, userView } from './people.js'
import { repositoryUrl, repositoryView } from './repository.js'
import type { Commit } from '../state/git.js'
import type { Comment, Pull, Review } from '../state/pulls.js'
import type { FileChange } from '../state/diff.js'
import type { Platform } from '../state/platform.js'

export const pullUrl = (platform: Platform, pull: Pull): string =>
  `${repositoryUrl(platform, pull.repository)}/pulls/${pull.number}`

/** The base the pull request is compared with: where it was merged, else the branch as it is now. */
export const comparedBase = ({ repository, mergedOnto, base, baseSha }: Pull): string =>
  mergedOnto ?? repository.branches.get(base) ?? baseSha

/** Oldest first, all of them; the routes cut at 250. */
export const pullCommits = (pull: Pull): readonly Commit[] =>
  pull.repository.store.between(comparedBase(pull), pull.headSha)

/** What the pull request changes since it left its base: three-dot, as GitHub shows it. */
export const pullFiles = (pull: Pull): readonly FileChange[] => {
  const { store } = pull.repository
  const fork = store.mergeBase(comparedBase(pull), pull.headSha)
  return diff(store, fork ? store.commit(fork).files : new Map(), store.commit(pull.headSha).files)
}

/** `null`: closed, GitHub does not say. */
export const isMergeable = (pull: Pull): boolean | null => {
  const { store } = pull.repository
  const [base, fork] = [comparedBase(pull), store.mergeBase(comparedBase(pull), pull.headSha)]
  if (pull.state === 'closed') return null
  if (fork === null) return false
  return mergeFiles(store.commit(fork).files, store.commit(base).files, store.commit(pull.headSha).files) !== null
}

const end = (
  platform: Platform,
  repository: Pull['headRepository'],
  ref: string,
  sha: string,
  owner: Pull['author'],
) => ({
  label: `${repository?.owner.login ?? owner.login}:${ref}`,
  ref,
  sha,
  user: userView(platform, repository?.owner ?? owner),
  repo: repository ? repositoryView(platform, repository) : null,
})

export const simplePullView = (platform: Platform, pull: Pull) => {
  const url = pullUrl(platform, pull)
  const iso = (at: number | null) => (at === null ? null : platform.clock.iso(at))
  return {
    url,
    id: pull.id,
    node_id: pull.nodeId,
    html_url: `${platform.origin}/${fullName(pull.repository)}/pull/${pull.number}`,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userView(platform, pull.author),
    body: pull.body === '' ? null : pull.body,
    labels: pull.labels.map((name, index) => ({
      id: index + 1,
      node_id: `LA_${index}`,
      url: `${url}/labels/${name}`,
      name,
      description: '',
      color: 'ededed',
      default: false,
    })),
    milestone: null,
    created_at: platform.clock.iso(pull.createdAt),
    updated_at: platform.clock.iso(pull.updatedAt),
    closed_at: iso(pull.closedAt),
    merged_at: iso(pull.mergedAt),
    merge_commit_sha: pull.mergeCommit,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: end(platform, pull.headRepository, pull.head, pull.headSha, pull.author),
    base: end(platform, pull.repository, pull.base, pull.baseSha, pull.author),
    author_association: 'MEMBER',
    auto_merge: pull.autoMerge && {
      enabled_by: userView(platform, pull.autoMerge.by),
      merge_method: pull.autoMerge.method,
      commit_title: '',
      commit_message: '',
    },
    draft: pull.draft,
  }
}

export const pullView = (platform: Platform, pull: Pull) => {
  const files = pullFiles(pull)
  const mergeable = isMergeable(pull)
  const sum = (pick: (file: FileChange) => number) => files.reduce((total, file) => total + pick(file), 0)
  return {
    ...simplePullView(platform, pull),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? (pull.draft ? 'draft' : 'clean') : 'dirty',
    merged_by: nullableUser(platform, pull.mergedBy),
    comments: pull.comments.length,
    review_comments: pull.threads.reduce((total, thread) => total + thread.comments.length, 0),
    maintainer_can_modify: false,
    commits: pullCommits(pull).length,
    additions: sum(({ additions }) => additions),
    deletions: sum(({ deletions }) => deletions),
    changed_files: files.length,
  }
}

export const reviewView = (platform: Platform, review: Review) => ({
  id: review.id,
  node_id: review.nodeId,
  user: nullableUser(platform, review.user),
  body: review.body,
  state: review.state,
  html_url: `${platform.origin}/${fullName(review.pull.repository)}/pull/${review.pull.number}#pullrequestreview-${review.id}`,
  pull_request_url: pullUrl(platform, review.pull),
  submitted_at: platform.clock.iso(review.submittedAt),
  commit_id: review.commit,
  author_association: 'MEMBER',
})

export const commentView = (platform: Platform, comment: Comment) => {
  const app = platform.apps.find(({ id }) => id === comment.viaApp)
  const repository = repositoryUrl(platform, comment.pull.repository)
  return {
    id: comment.id,
    node_id: comment.nodeId,
    url: `${repository}/issues/comments/${comment.id}`,
    html_url: `${platform.origin}/${fullName(comment.pull.repository)}/pull/${comment.pull.number}#issuecomment-${comment.id}`,
    issue_url: `${repository}/issues/${comment.pull.number}`,
    body: comment.body,
    user: nullableUser(platform, comment.user),
    created_at: platform.clock.iso(comment.createdAt),
    updated_at: platform.clock.iso(comment.updatedAt),
    author_association: 'MEMBER',
    performed_via_github_app: app
      ? { id: app.id, slug: app.slug, node_id: app.nodeId, name: app.name, owner: userView(platform, app.owner) }
      : null,
  }
}

/** A pull request as its issue. */
export const issueView = (platform: Platform, pull: Pull) => {
  const { id, node_id, number, state, title, body, user, created_at, updated_at, closed_at, labels, locked, html_url } =
    simplePullView(platform, pull)
  const url = `${repositoryUrl(platform, pull.repository)}/issues/${number}`
  return {
    id,
    node_id,
    number,
    state,
    title,
    body,
    user,
    created_at,
    updated_at,
    closed_at,
    labels,
    locked,
    html_url,
    url,
    comments: pull.comments.length,
    author_association: 'MEMBER',
    assignee: null,
    assignees: [],
    milestone: null,
    pull_request: {
      url: pullUrl(platform, pull),
      html_url,
      diff_url: `${html_url}.diff`,
      patch_url: `${html_url}.patch`,
      merged_at: pull.mergedAt === null ? null : platform.clock.iso(pull.mergedAt),
    },
  }
}
