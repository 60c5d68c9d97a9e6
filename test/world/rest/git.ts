import { HttpProblem, found, notFound, unprocessable } from '../http/problem.js'
import { REPO, created, list, ok, route } from '../http/route.js'
import { actorOf, commitOf, repositoryOf } from './common.js'
import { addCommit, moveBranch, putTag, resolve, signatureOf, withChanges } from '../operations/git.js'
import { diff } from '../state/diff.js'
import { commitView, fileView, gitCommitView, repositoryUrl, repositoryView } from '../views/repository.js'
import { isProtected } from '../operations/environments.js'
import { isOrganisation } from '../state/people.js'
import { rolePermissions, userView } from '../views/people.js'
import type { Call, Realm, Route } from '../http/route.js'
import type { Commit, Mode, TreeEntry } from '../state/git.js'
import type { Repository } from '../state/repository.js'

const CONTENTS = ['contents', 'read'] as const

const refView = (realm: Realm, repository: Repository, ref: string) => {
  const url = repositoryUrl(realm.platform, repository)
  const tag = ref.startsWith('refs/tags/') ? repository.tags.get(ref.slice(10)) : undefined
  const sha = tag?.object?.sha ?? tag?.sha ?? repository.branches.get(ref.slice(11)) ?? ''
  const type = tag?.object ? 'tag' : 'commit'
  return {
    ref,
    node_id: `REF_${ref}`,
    url: `${url}/git/${ref}`,
    object: { type, sha, url: `${url}/git/${type}s/${sha}` },
  }
}

const refs = (repository: Repository): readonly string[] => [
  ...[...repository.branches.keys()].map((name) => `refs/heads/${name}`),
  ...[...repository.tags.keys()].map((name) => `refs/tags/${name}`),
]

const treeRows = (
  realm: Realm,
  repository: Repository,
  sha: string,
  recursive: boolean,
  prefix = '',
): readonly object[] =>
  found(repository.store.trees.get(sha)).flatMap((entry) => {
    const row = rowOf(realm, repository, entry, prefix)
    return recursive && entry.type === 'tree'
      ? [row, ...treeRows(realm, repository, entry.sha, true, `${prefix}${entry.name}/`)]
      : [row]
  })

const rowOf = ({ platform }: Realm, repository: Repository, { name, mode, type, sha }: TreeEntry, prefix: string) => ({
  path: `${prefix}${name}`,
  mode,
  type,
  sha,
  ...(type === 'blob' && { size: repository.store.blobs.get(sha)?.length ?? 0 }),
  ...(type !== 'commit' && { url: `${repositoryUrl(platform, repository)}/git/${type}s/${sha}` }),
})

const whole = (realm: Realm, repository: Repository, commit: Commit, query: Call['query']) => {
  const before = commit.parents[0] === undefined ? new Map() : repository.store.commit(commit.parents[0]).files
  const files = diff(repository.store, before, commit.files)
  const page = Number(query['page'] ?? 1)
  const size = Number(query['per_page'] ?? 300)
  const sum = (pick: (file: (typeof files)[number]) => number) => files.reduce((total, file) => total + pick(file), 0)
  const [additions, deletions] = [sum((file) => file.additions), sum((file) => file.deletions)]
  return {
    ...commitView(realm.platform, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files
      .slice((page - 1) * size, page * size)
      .map((file) => fileView(realm.platform, repository, file, commit.sha)),
  }
}

/** Repositories, refs, commits, trees and blobs. */
export const gitRoutes: readonly Route[] = [
  route(`GET ${REPO}`, ['metadata', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const role = call.caller.kind === 'user' ? realm.platform.roleOf(repository, call.caller.account) : null
    return ok({
      ...repositoryView(realm.platform, repository),
      ...(isOrganisation(repository.owner) && { organization: userView(realm.platform, repository.owner) }),
      ...(call.caller.kind === 'user' && { permissions: rolePermissions(role) }),
      allow_merge_commit: true,
      allow_squash_merge: true,
      allow_rebase_merge: true,
    })
  }),
  route(`GET ${REPO}/branches`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const rows = [...repository.branches].map(([name, sha]) => ({
      name,
      protected: isProtected(repository, name),
      commit: { sha, url: `${repositoryUrl(realm.platform, repository)}/commits/${sha}` },
    }))
    return list(
      call.query['protected'] === undefined
        ? rows
        : rows.filter((row) => String(row.protected) === call.query['protected']),
    )
  }),
  route(`GET ${REPO}/branches/{branch}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const name = call.params['branch'] ?? ''
    const sha = repository.branches.get(name)
    if (sha === undefined) throw new HttpProblem(404, 'Branch not found')
    const url = `${repositoryUrl(realm.platform, repository)}/branches/${name}`
    return ok({
      name,
      commit: commitView(realm.platform, repository, repository.store.commit(sha)),
      _links: { html: url, self: url },
      protected: isProtected(repository, name),
      protection: {},
      protection_url: `${url}/protection`,
    })
  }),
  route(`GET ${REPO}/tags`, ['metadata', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const url = repositoryUrl(realm.platform, repository)
    return list(
      [...repository.tags.values()].map(({ name, sha }) => ({
        name,
        commit: { sha, url: `${url}/commits/${sha}` },
        zipball_url: url,
        tarball_url: url,
        node_id: `REF_${name}`,
      })),
    )
  }),
  route(`GET ${REPO}/git/ref/{ref}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const ref = `refs/${(call.params['ref'] ?? '').replace(/^refs\//, '')}`
    if (!refs(repository).includes(ref)) throw notFound()
    return ok(refView(realm, repository, ref))
  }),
  route(`GET ${REPO}/git/matching-refs/{ref}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    return list(
      refs(repository)
        .filter((ref) => ref.startsWith(`refs/${call.params['ref'] ?? ''}`))
        .map((ref) => refView(realm, repository, ref)),
    )
  }),
  route(`GET ${REPO}/git/trees/{tree_sha}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const name = call.params['tree_sha'] ?? ''
    const commit = resolve(repository, name)
    const sha = commit === null ? name : repository.store.commit(commit).tree
    const rows = treeRows(realm, repository, sha, call.query['recursive'] !== undefined)
    const truncated = repository.truncatedTrees.has(sha)
    return ok({
      sha,
      url: `${repositoryUrl(realm.platform, repository)}/git/trees/${sha}`,
      tree: truncated ? rows.slice(0, Math.floor(rows.length / 2)) : rows,
      truncated,
    })
  }),
  route(`GET ${REPO}/git/blobs/{file_sha}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const sha = call.params['file_sha'] ?? ''
    const bytes = found(repository.store.blobs.get(sha))
    return ok({
      sha,
      node_id: `B_${sha}`,
      size: bytes.length,
      url: `${repositoryUrl(realm.platform, repository)}/git/blobs/${sha}`,
      content: bytes.toString('base64'),
      encoding: 'base64',
    })
  }),
  route(`GET ${REPO}/git/commits/{commit_sha}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    return ok(
      gitCommitView(realm.platform, repository, found(repository.store.commits.get(call.params['commit_sha'] ?? ''))),
    )
  }),
  route(`GET ${REPO}/git/tags/{tag_sha}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const url = repositoryUrl(realm.platform, repository)
    const tag = found([...repository.tags.values()].find(({ object }) => object?.sha === call.params['tag_sha']))
    const object = found(tag.object)
    return ok({
      node_id: `TA_${object.sha}`,
      tag: tag.name,
      sha: object.sha,
      url: `${url}/git/tags/${object.sha}`,
      message: object.message,
      tagger: { name: object.tagger.name, email: object.tagger.email, date: realm.platform.clock.iso(object.at) },
      object: { type: 'commit', sha: tag.sha, url: `${url}/git/commits/${tag.sha}` },
    })
  }),
  route(`GET ${REPO}/contents/{path}`, CONTENTS, (realm, call) => contents(realm, call)),
  route(`PUT ${REPO}/contents/{path}`, ['contents', 'write'], (realm, call) => putContents(realm, call)),
  route(`POST ${REPO}/git/refs`, ['contents', 'write'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const [ref, sha] = [String(call.body['ref']), String(call.body['sha'])]
    if (refs(repository).includes(ref)) throw unprocessable('Reference already exists')
    if (!repository.store.commits.has(sha)) throw unprocessable('Object does not exist')
    if (ref.startsWith('refs/tags/'))
      putTag(realm.platform, repository, ref.slice(10), sha, { by: actorOf(call).account })
    else moveBranch(realm.platform, repository, ref.slice(11), sha, { by: actorOf(call).account })
    return created(refView(realm, repository, ref))
  }),
  route(`GET ${REPO}/commits`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { query } = call
    const start = resolve(repository, query['sha'] ?? repository.defaultBranch)
    if (start === null) throw notFound()
    const path = query['path']
    const { store } = repository
    const touched = (commit: Commit) =>
      path === undefined ||
      diff(
        store,
        commit.parents[0] === undefined ? new Map() : store.commit(commit.parents[0]).files,
        commit.files,
      ).some((change) => change.path === path || change.path.startsWith(`${path}/`))
    const commits = store
      .history(start)
      .filter(
        (commit) =>
          touched(commit) &&
          commit.committer.date >= Date.parse(query['since'] ?? '1970-01-01') &&
          commit.committer.date <= Date.parse(query['until'] ?? '9999-01-01'),
      )
    return list(commits.map((commit) => commitView(realm.platform, repository, commit)))
  }),
  route(`GET ${REPO}/commits/{ref}`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    return ok(whole(realm, repository, commitOf(repository, call.params['ref'] ?? ''), call.query))
  }),
  route(`GET ${REPO}/compare/{basehead}`, CONTENTS, (realm, call) => compare(realm, call)),
  route(`GET ${REPO}/activity`, CONTENTS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { ref, activity_type: type, actor } = call.query
    const full = (name: string) => (name.startsWith('refs/') ? name : `refs/heads/${name}`)
    const rows = repository.activity.filter(
      (one) =>
        (ref === undefined || one.ref === full(ref)) &&
        (type === undefined || one.type === type) &&
        (actor === undefined || one.actor.login === actor),
    )
    return list(
      [...rows].reverse().map((one) => ({
        id: one.id,
        node_id: one.nodeId,
        before: one.before,
        after: one.after,
        ref: one.ref,
        timestamp: realm.platform.clock.iso(one.at),
        activity_type: one.type,
        actor: userView(realm.platform, one.actor),
      })),
    )
  }),
]

const contents = (realm: Realm, call: Call) => {
  const repository = repositoryOf(realm, call)
  const path = (call.params['path'] ?? '').replace(/\/$/, '')
  const ref = call.query['ref'] ?? repository.defaultBranch
  const sha = resolve(repository, ref)
  if (sha === null) throw new HttpProblem(404, `No commit found for the ref ${ref}`)
  const { files } = repository.store.commit(sha)
  const entry = files.get(path)
  const url = `${repositoryUrl(realm.platform, repository)}/contents/${path}?ref=${ref}`
  const plain = { url, git_url: url, html_url: url, download_url: url, _links: { self: url, git: url, html: url } }
  if (!entry) return directory(repository, files, path, plain)
  const bytes = repository.store.blobs.get(entry.sha) ?? Buffer.alloc(0)
  const about = { ...plain, name: path.split('/').pop() ?? path, path, sha: entry.sha, size: bytes.length }
  if (entry.mode === '120000') return ok({ ...about, type: 'symlink', target: bytes.toString('utf8') })
  if (entry.mode === '160000') return ok({ ...about, type: 'submodule', submodule_git_url: url })
  return ok({ ...about, type: 'file', encoding: 'base64', content: bytes.toString('base64') })
}

const directory = (repository: Repository, files: Commit['files'], path: string, plain: object) => {
  const prefix = path === '' ? '' : `${path}/`
  const below = [...files].filter(([name]) => name.startsWith(prefix))
  if (below.length === 0) throw notFound()
  const names = [...new Set(below.map(([name]) => name.slice(prefix.length).split('/')[0] ?? ''))]
  return ok(
    names.map((name) => {
      const file = files.get(`${prefix}${name}`)
      return {
        ...plain,
        name,
        path: `${prefix}${name}`,
        type: file ? 'file' : 'dir',
        size: file ? (repository.store.blobs.get(file.sha)?.length ?? 0) : 0,
        sha: file?.sha ?? repository.store.addTree(new Map(below.filter(([at]) => at.startsWith(`${prefix}${name}/`)))),
      }
    }),
  )
}

const putContents = (realm: Realm, call: Call) => {
  const { platform } = realm
  const repository = repositoryOf(realm, call)
  const branch = typeof call.body['branch'] === 'string' ? call.body['branch'] : repository.defaultBranch
  const path = call.params['path'] ?? ''
  const parent = repository.store.commit(found(repository.branches.get(branch)))
  const before = parent.files.get(path)
  if (before && call.body['sha'] !== before.sha) throw new HttpProblem(409, `${path} does not match ${before.sha}`)
  const { account } = actorOf(call)
  const mode: Mode = before?.mode ?? '100644'
  const files = withChanges(repository.store, parent.files, {
    [path]: { content: Buffer.from(String(call.body['content']), 'base64').toString('utf8'), mode },
  })
  const commit = addCommit(platform, repository, {
    parents: [parent.sha],
    files,
    message: String(call.body['message']),
    author: signatureOf(platform, account),
    byGitHub: true,
  })
  moveBranch(platform, repository, branch, commit.sha, { by: account })
  return { status: before ? 200 : 201, body: { content: null, commit: gitCommitView(platform, repository, commit) } }
}

const compare = (realm: Realm, call: Call) => {
  const repository = repositoryOf(realm, call)
  const [base = '', head = ''] = (call.params['basehead'] ?? '')
    .split('...')
    .map((side) => side.replace(/^[^:/]+:/, ''))
  const [from, to] = [resolve(repository, base), resolve(repository, head)]
  if (from === null || to === null) throw notFound()
  const { store } = repository
  const mergeBase = store.mergeBase(from, to)
  if (mergeBase === null) throw new HttpProblem(404, `No common ancestor between ${base} and ${head}.`)
  const ahead = store.between(from, to)
  const behind = store.between(to, from)
  const files = diff(store, store.commit(mergeBase).files, store.commit(to).files)
  const size = Math.min(250, Number(call.query['per_page'] ?? 250))
  const page = Number(call.query['page'] ?? 1)
  const url = `${repositoryUrl(realm.platform, repository)}/compare/${base}...${head}`
  const next = new URL(url)
  next.search = new URLSearchParams({ per_page: String(size), page: String(page + 1) }).toString()
  return {
    ...ok({
      url,
      html_url: url,
      base_commit: commitView(realm.platform, repository, store.commit(from)),
      merge_base_commit: commitView(realm.platform, repository, store.commit(mergeBase)),
      status:
        ahead.length === 0
          ? behind.length === 0
            ? 'identical'
            : 'behind'
          : behind.length === 0
            ? 'ahead'
            : 'diverged',
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: ahead
        .slice((page - 1) * size, page * size)
        .map((commit) => commitView(realm.platform, repository, commit)),
      ...(page === 1 && {
        files: files.slice(0, realm.caps.compareFiles).map((file) => fileView(realm.platform, repository, file, to)),
      }),
    }),
    ...(page * size < ahead.length && { headers: { link: `<${next.href}>; rel="next"` } }),
  }
}
