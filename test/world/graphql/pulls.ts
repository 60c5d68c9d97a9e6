import { actorNode, userNode } from './people.js'
import { commitNode } from './commits.js'
import { connection } from './eye.js'
import { isMergeable, pullCommits, pullFiles } from '../views/pulls.js'
import { queueEntryNode, repositoryNode, refNode } from './repository.js'
import type { Comment, Pull, Review, Thread, TimelineEvent } from '../state/pulls.js'
import type { Eye, PageArguments } from './eye.js'
import type { Repository } from '../state/repository.js'
import type { FileChange } from '../state/diff.js'

const CHANGE: Readonly<Record<FileChange['status'], string>> = {
  added: 'ADDED',
  removed: 'DELETED',
  modified: 'MODIFIED',
  renamed: 'RENAMED',
}

const words = (body: string) => ({ body, bodyText: body, bodyHTML: body })

const viewer = {
  viewerDidAuthor: false,
  viewerCanUpdate: false,
  viewerCanDelete: false,
  viewerCanReact: true,
  viewerCanMinimize: false,
  viewerCannotUpdateReasons: [],
}

export const reviewNode = (eye: Eye, review: Review): object => {
  const { clock } = eye.platform
  const { pull } = review
  const role = review.user && eye.platform.roleOf(pull.repository, review.user)
  const commit = review.commit === null ? undefined : pull.repository.store.commits.get(review.commit)
  const at = clock.iso(review.submittedAt)
  return {
    __typename: 'PullRequestReview',
    id: review.nodeId,
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    ...words(review.body),
    ...viewer,
    state: review.state,
    author: () => actorNode(eye, review.user),
    authorAssociation: 'MEMBER',
    authorCanPushToRepository: role === 'write' || role === 'maintain' || role === 'admin',
    commit: () => commit && commitNode(eye, pull.repository, commit),
    createdAt: at,
    submittedAt: at,
    publishedAt: at,
    updatedAt: clock.iso(review.editedAt ?? review.submittedAt),
    createdViaEmail: false,
    editor: () => actorNode(eye, review.editor),
    lastEditedAt: review.editedAt === null ? null : clock.iso(review.editedAt),
    includesCreatedEdit: review.editedAt !== null,
    isMinimized: false,
    pullRequest: () => pullNode(eye, pull),
    repository: () => repositoryNode(eye, pull.repository),
    onBehalfOf: (args: PageArguments) => connection([], args, () => null),
    url: `${eye.platform.origin}/review/${review.id}`,
    resourcePath: `/review/${review.id}`,
  }
}

export const commentNode = (eye: Eye, comment: Comment): object => {
  const { clock } = eye.platform
  return {
    __typename: 'IssueComment',
    id: comment.nodeId,
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    ...words(comment.body),
    ...viewer,
    author: () => actorNode(eye, comment.user),
    authorAssociation: 'MEMBER',
    createdAt: clock.iso(comment.createdAt),
    publishedAt: clock.iso(comment.createdAt),
    updatedAt: clock.iso(comment.updatedAt),
    createdViaEmail: comment.createdViaEmail,
    editor: () => actorNode(eye, comment.editor),
    lastEditedAt: comment.editedAt === null ? null : clock.iso(comment.editedAt),
    includesCreatedEdit: comment.editedAt !== null,
    isMinimized: comment.minimized,
    minimizedReason: comment.minimized ? 'resolved' : null,
    pullRequest: () => pullNode(eye, comment.pull),
    repository: () => repositoryNode(eye, comment.pull.repository),
    url: `${eye.platform.origin}/comment/${comment.id}`,
    resourcePath: `/comment/${comment.id}`,
  }
}

export const threadNode = (eye: Eye, thread: Thread): object => ({
  __typename: 'PullRequestReviewThread',
  id: thread.nodeId,
  path: thread.path,
  isResolved: thread.resolvedBy !== null,
  resolvedBy: () => userNode(eye, thread.resolvedBy),
  isCollapsed: false,
  isOutdated: false,
  diffSide: 'RIGHT',
  subjectType: 'LINE',
  viewerCanReply: true,
  viewerCanResolve: true,
  viewerCanUnresolve: true,
  pullRequest: () => pullNode(eye, thread.pull),
  repository: () => repositoryNode(eye, thread.pull.repository),
  comments: (args: PageArguments) =>
    connection(thread.comments, args, ({ id, nodeId, user, body, at }) => ({
      __typename: 'PullRequestReviewComment',
      id: nodeId,
      databaseId: id,
      ...words(body),
      path: thread.path,
      author: actorNode(eye, user),
      createdAt: eye.platform.clock.iso(at),
    })),
})

const eventNode = (eye: Eye, pull: Pull, event: TimelineEvent): object => ({
  __typename: event.kind,
  id: event.nodeId,
  databaseId: event.id,
  createdAt: eye.platform.clock.iso(event.at),
  actor: () => actorNode(eye, event.actor),
  enabler: () => userNode(eye, event.actor),
  pullRequest: () => pullNode(eye, pull),
  ...(event.kind === 'BaseRefChangedEvent' && { previousRefName: event.previous, currentRefName: event.current }),
  ...(event.kind === 'HeadRefForcePushedEvent' && {
    beforeCommit: () => commitNode(eye, pull.repository, pull.repository.store.commit(event.before)),
    afterCommit: () => commitNode(eye, pull.repository, pull.repository.store.commit(event.after)),
  }),
  ...(event.kind === 'RenamedTitleEvent' && { previousTitle: event.previous, currentTitle: event.current }),
})

/** `BaseRefChangedEvent` is asked for as `BASE_REF_CHANGED_EVENT`. */
const itemType = (kind: string): string => kind.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()

const latest = (reviews: readonly Review[]): readonly Review[] => [
  ...new Map(reviews.filter(({ state }) => state !== 'PENDING').map((review) => [review.user?.id, review])).values(),
]

const decision = (pull: Pull): string | null => {
  const states = latest(pull.reviews.filter(({ state }) => state !== 'COMMENTED')).map(({ state }) => state)
  return states.includes('CHANGES_REQUESTED') ? 'CHANGES_REQUESTED' : states.includes('APPROVED') ? 'APPROVED' : null
}

const issueNode = (eye: Eye, repository: Repository, number: number) => ({
  __typename: 'Issue',
  id: `I_${number}`,
  databaseId: number,
  number,
  title: repository.issues.get(number)?.title ?? `Issue ${number}`,
  state: 'OPEN',
  repository: () => repositoryNode(eye, repository),
})

export const pullNode = (eye: Eye, pull: Pull): object => {
  const { clock, origin } = eye.platform
  const { repository } = pull
  const iso = (at: number | null) => (at === null ? null : clock.iso(at))
  const path = `/${repository.owner.login}/${repository.name}/pull/${pull.number}`
  const { caps } = eye.realm
  const sum = (pick: (file: FileChange) => number) => pullFiles(pull).reduce((total, file) => total + pick(file), 0)
  const entry = pull.queueEntry
  return {
    __typename: 'PullRequest',
    id: pull.nodeId,
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    ...words(pull.body),
    ...viewer,
    author: () => actorNode(eye, pull.author),
    authorAssociation: 'MEMBER',
    state: pull.mergedAt !== null ? 'MERGED' : pull.state.toUpperCase(),
    closed: pull.state === 'closed',
    merged: pull.mergedAt !== null,
    isDraft: pull.draft,
    isCrossRepository: pull.headRepository !== repository,
    isInMergeQueue: entry !== null,
    isMergeQueueEnabled: repository.queues.has(pull.base),
    locked: false,
    baseRefName: pull.base,
    baseRefOid: pull.baseSha,
    baseRef: () => refNode(eye, repository, `refs/heads/${pull.base}`),
    baseRepository: () => repositoryNode(eye, repository),
    headRefName: pull.head,
    headRefOid: pull.headSha,
    headRef: () => pull.headRepository && refNode(eye, pull.headRepository, `refs/heads/${pull.head}`),
    headRepository: () => pull.headRepository && repositoryNode(eye, pull.headRepository),
    headRepositoryOwner: () => pull.headRepository && actorNode(eye, pull.headRepository.owner),
    repository: () => repositoryNode(eye, repository),
    createdAt: clock.iso(pull.createdAt),
    publishedAt: clock.iso(pull.createdAt),
    updatedAt: clock.iso(pull.updatedAt),
    closedAt: iso(pull.closedAt),
    mergedAt: iso(pull.mergedAt),
    lastEditedAt: iso(pull.lastEditedAt),
    editor: () => actorNode(eye, pull.editor),
    includesCreatedEdit: pull.lastEditedAt !== null,
    createdViaEmail: false,
    mergedBy: () => actorNode(eye, pull.mergedBy),
    mergeCommit: () =>
      pull.mergeCommit === null ? null : commitNode(eye, repository, repository.store.commit(pull.mergeCommit)),
    mergeable: () =>
      ({ true: 'MERGEABLE', false: 'CONFLICTING', null: 'UNKNOWN' })[
        String(isMergeable(pull)) as 'true' | 'false' | 'null'
      ],
    mergeStateStatus: () => (isMergeable(pull) === false ? 'DIRTY' : pull.draft ? 'DRAFT' : 'CLEAN'),
    reviewDecision: () => decision(pull),
    additions: () => sum(({ additions }) => additions),
    deletions: () => sum(({ deletions }) => deletions),
    changedFiles: () => pullFiles(pull).length,
    maintainerCanModify: false,
    autoMergeRequest: () =>
      pull.autoMerge && {
        enabledBy: actorNode(eye, pull.autoMerge.by),
        enabledAt: clock.iso(pull.autoMerge.at),
        mergeMethod: pull.autoMerge.method.toUpperCase(),
        pullRequest: () => pullNode(eye, pull),
      },
    mergeQueueEntry: () => entry && queueEntryNode(eye, entry),
    labels: (args: PageArguments) =>
      connection(pull.labels, args, (name) => ({
        __typename: 'Label',
        id: `LA_${name}`,
        name,
        color: 'ededed',
        isDefault: false,
      })),
    commits: (args: PageArguments) => {
      const commits = pullCommits(pull)
      return connection(
        commits.slice(0, caps.pullCommits),
        args,
        (commit) => ({
          __typename: 'PullRequestCommit',
          id: `PRC_${commit.sha}`,
          commit: () => commitNode(eye, repository, commit),
          pullRequest: () => pullNode(eye, pull),
        }),
        { total: commits.length },
      )
    },
    files: (args: PageArguments) => {
      const files = pullFiles(pull)
      return connection(
        files.slice(0, caps.pullFiles),
        args,
        ({ path: at, additions, deletions, status }) => ({
          __typename: 'PullRequestChangedFile',
          path: at,
          additions,
          deletions,
          changeType: CHANGE[status],
          viewerViewedState: 'UNVIEWED',
        }),
        { total: files.length },
      )
    },
    reviews: ({
      states,
      author,
      ...args
    }: PageArguments & { readonly states?: readonly string[] | null; readonly author?: string | null }) =>
      connection(
        pull.reviews.filter(
          ({ state, user }) =>
            state !== 'PENDING' && (!states || states.includes(state)) && (!author || user?.login === author),
        ),
        args,
        (review) => reviewNode(eye, review),
      ),
    latestReviews: (args: PageArguments) => connection(latest(pull.reviews), args, (review) => reviewNode(eye, review)),
    latestOpinionatedReviews: (args: PageArguments) =>
      connection(latest(pull.reviews.filter(({ state }) => state !== 'COMMENTED')), args, (review) =>
        reviewNode(eye, review),
      ),
    reviewThreads: (args: PageArguments) => connection(pull.threads, args, (thread) => threadNode(eye, thread)),
    reviewRequests: (args: PageArguments) => connection([], args, () => null),
    comments: (args: PageArguments) => connection(pull.comments, args, (comment) => commentNode(eye, comment)),
    closingIssuesReferences: (args: PageArguments) =>
      connection(pull.closes, args, (number) => issueNode(eye, repository, number)),
    timelineItems: ({
      itemTypes,
      since,
      ...args
    }: PageArguments & { readonly itemTypes?: readonly string[] | null; readonly since?: string | null }) => {
      const items = pull.timeline.filter(
        ({ kind, at }) => (!itemTypes || itemTypes.includes(itemType(kind))) && (!since || at >= Date.parse(since)),
      )
      return connection(items, args, (event) => eventNode(eye, pull, event), {
        beside: { filteredCount: items.length, pageCount: items.length, updatedAt: clock.iso(pull.updatedAt) },
      })
    },
    url: `${origin}${path}`,
    permalink: `${origin}${path}`,
    resourcePath: path,
    totalCommentsCount: pull.comments.length,
  }
}
