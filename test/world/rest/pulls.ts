import { HttpProblem, found, notFound, unprocessable } from '../http/problem.js'
import { REPO, created, list, noContent, ok, route } from '../http/route.js'
import { actorOf, number, pullOf, repositoryOf, text } from './common.js'
import { addComment, editComment, openPull } from '../operations/pulls.js'
import { commentView, issueView, pullCommits, pullFiles, pullView, reviewView, simplePullView } from '../views/pulls.js'
import { commitView, fileView } from '../views/repository.js'
import { pullsWith } from '../views/checks.js'
import { resolve } from '../operations/git.js'
import { userView } from '../views/people.js'
import type { Call, Realm, Route } from '../http/route.js'
import type { Comment, Pull } from '../state/pulls.js'

const PULLS = ['pull_requests', 'read'] as const
const WRITE = ['pull_requests', 'write'] as const

const commentOf = (realm: Realm, call: Call): Comment =>
  found(
    repositoryOf(realm, call)
      .pulls.flatMap(({ comments }) => comments)
      .find(({ id }) => id === number(call, 'comment_id')),
  )

const reactionView = (realm: Realm, { id, nodeId, user, content, at }: Comment['reactions'][number]) => ({
  id,
  node_id: nodeId,
  user: userView(realm.platform, user),
  content,
  created_at: realm.platform.clock.iso(at),
})

const listed =
  ({ query }: Call) =>
  (pull: Pull): boolean => {
    const state = query['state'] ?? 'open'
    const head = `${pull.headRepository?.owner.login ?? ''}:${pull.head}`
    return (
      (state === 'all' || pull.state === state) &&
      (query['base'] === undefined || pull.base === query['base']) &&
      (query['head'] === undefined || query['head'] === head)
    )
  }

/** Pull requests, their reviews and their conversation. */
export const pullRoutes: readonly Route[] = [
  route(`GET ${REPO}/pulls`, PULLS, (realm, call) => {
    const rows = repositoryOf(realm, call).pulls.filter(listed(call))
    const ordered = call.query['direction'] === 'asc' ? rows : [...rows].reverse()
    return list(ordered.map((pull) => simplePullView(realm.platform, pull)))
  }),
  route(`POST ${REPO}/pulls`, WRITE, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { account } = actorOf(call)
    const [head, base] = [text(call.body['head']) ?? '', text(call.body['base']) ?? '']
    if (!repository.branches.has(head) || !repository.branches.has(base)) throw unprocessable('Validation Failed')
    const pull = openPull(realm.platform, repository, {
      author: account,
      head,
      headRepository: repository,
      base,
      title: text(call.body['title']) ?? head,
      body: text(call.body['body']) ?? '',
      draft: call.body['draft'] === true,
      labels: [],
    })
    return created(pullView(realm.platform, pull))
  }),
  route(`GET ${REPO}/pulls/{pull_number}`, PULLS, (realm, call) => ok(pullView(realm.platform, pullOf(realm, call)))),
  route(`GET ${REPO}/pulls/{pull_number}/commits`, PULLS, (realm, call) => {
    const pull = pullOf(realm, call)
    return list(
      pullCommits(pull)
        .slice(0, realm.caps.pullCommits)
        .map((commit) => commitView(realm.platform, pull.repository, commit)),
    )
  }),
  route(`GET ${REPO}/pulls/{pull_number}/files`, PULLS, (realm, call) => {
    const pull = pullOf(realm, call)
    return list(
      pullFiles(pull)
        .slice(0, realm.caps.pullFiles)
        .map((file) => fileView(realm.platform, pull.repository, file, pull.headSha)),
    )
  }),
  route(`GET ${REPO}/pulls/{pull_number}/reviews`, PULLS, (realm, call) =>
    list(
      pullOf(realm, call)
        .reviews.filter(({ state }) => state !== 'PENDING')
        .map((review) => reviewView(realm.platform, review)),
    ),
  ),
  route(`GET ${REPO}/pulls/{pull_number}/merge`, PULLS, (realm, call) => {
    if (pullOf(realm, call).mergedAt === null) throw notFound()
    return noContent
  }),
  route(`GET ${REPO}/commits/{commit_sha}/pulls`, PULLS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const sha = resolve(repository, call.params['commit_sha'] ?? '')
    if (sha === null) throw new HttpProblem(422, `No commit found for SHA: ${call.params['commit_sha'] ?? ''}`)
    return list(pullsWith(repository, sha).map((pull) => simplePullView(realm.platform, pull)))
  }),
  route(`GET ${REPO}/issues/{issue_number}`, PULLS, (realm, call) =>
    ok(issueView(realm.platform, pullOf(realm, call))),
  ),
  route(`GET ${REPO}/issues/{issue_number}/comments`, PULLS, (realm, call) => {
    const since = Date.parse(call.query['since'] ?? '1970-01-01')
    return list(
      pullOf(realm, call)
        .comments.filter(({ updatedAt }) => updatedAt >= since)
        .map((comment) => commentView(realm.platform, comment)),
    )
  }),
  route(`POST ${REPO}/issues/{issue_number}/comments`, WRITE, (realm, call) => {
    const { account, app } = actorOf(call)
    const comment = addComment(realm.platform, pullOf(realm, call), {
      by: account,
      body: text(call.body['body']) ?? '',
      viaApp: app?.id ?? null,
    })
    return created(commentView(realm.platform, comment))
  }),
  route(`GET ${REPO}/issues/comments/{comment_id}`, PULLS, (realm, call) =>
    ok(commentView(realm.platform, commentOf(realm, call))),
  ),
  route(`PATCH ${REPO}/issues/comments/{comment_id}`, WRITE, (realm, call) => {
    const comment = commentOf(realm, call)
    editComment(realm.platform, comment, actorOf(call).account, text(call.body['body']) ?? '')
    return ok(commentView(realm.platform, comment))
  }),
  route(`GET ${REPO}/issues/comments/{comment_id}/reactions`, PULLS, (realm, call) =>
    list(commentOf(realm, call).reactions.map((one) => reactionView(realm, one))),
  ),
  route(`POST ${REPO}/issues/comments/{comment_id}/reactions`, WRITE, (realm, call) => {
    const { reactions } = commentOf(realm, call)
    const { account } = actorOf(call)
    const content = text(call.body['content']) ?? ''
    const known = reactions.find(({ user, content: other }) => user === account && other === content)
    if (known) return ok(reactionView(realm, known))
    const id = realm.platform.nextId('Reaction')
    const reaction = {
      id,
      nodeId: realm.platform.nodeId('Reaction', id),
      user: account,
      content,
      at: realm.platform.clock.now(),
    }
    reactions.push(reaction)
    return created(reactionView(realm, reaction))
  }),
]
