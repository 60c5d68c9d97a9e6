import { HttpProblem, found, unprocessable } from '../http/problem.js'
import { REPO, created, listUnder, list, ok, route } from '../http/route.js'
import { actorOf, commitOf, instant, number, repositoryOf, text } from './common.js'
import { checkRunView, checkSuiteView, combinedState, latestRuns, latestStatuses, statusView } from '../views/checks.js'
import { createCheckRun, setStatus, suiteFor, updateCheckRun } from '../operations/checks.js'
import { repositoryUrl, repositoryView } from '../views/repository.js'
import type { Call, Realm, Route } from '../http/route.js'
import type { CheckAction, CheckOutput, CheckRun, CheckStatus, CommitStatus, Conclusion } from '../state/checks.js'
import type { CheckChange } from '../operations/checks.js'

const CHECKS = ['checks', 'read'] as const
const WRITE = ['checks', 'write'] as const
const STATUSES = ['statuses', 'read'] as const

const changeOf = ({ body }: Call): CheckChange => {
  const output = body['output'] as CheckOutput | undefined
  const [started, completed] = [instant(body['started_at']), instant(body['completed_at'])]
  const [name, externalId, detailsUrl] = [text(body['name']), text(body['external_id']), text(body['details_url'])]
  return {
    ...(name !== undefined && { name }),
    ...(externalId !== undefined && { externalId }),
    ...(detailsUrl !== undefined && { detailsUrl }),
    ...(body['status'] !== undefined && { status: body['status'] as CheckStatus }),
    ...(body['conclusion'] !== undefined && { conclusion: body['conclusion'] as Conclusion }),
    ...(started !== undefined && { startedAt: started }),
    ...(completed !== undefined && { completedAt: completed }),
    ...(output && { output: { title: output.title, summary: output.summary, text: output.text ?? null } }),
    ...(body['actions'] !== undefined && { actions: body['actions'] as readonly CheckAction[] }),
  }
}

const runOf = (realm: Realm, call: Call): CheckRun =>
  found(repositoryOf(realm, call).checkRuns.find(({ id }) => id === number(call, 'check_run_id')))

const filtered = ({ query }: Call, runs: readonly CheckRun[]): readonly CheckRun[] => {
  const rows = runs.filter(
    (run) =>
      (query['check_name'] === undefined || run.name === query['check_name']) &&
      (query['status'] === undefined || run.status === query['status']) &&
      (query['app_id'] === undefined || run.suite.app.id === Number(query['app_id'])),
  )
  return [...(query['filter'] === 'all' ? rows : latestRuns(rows))].sort((a, b) => b.id - a.id)
}

/** Check runs, suites and commit statuses. */
export const checkRoutes: readonly Route[] = [
  route(`POST ${REPO}/check-runs`, WRITE, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { app } = actorOf(call)
    if (!app) throw new HttpProblem(403, 'You must authenticate via a GitHub App.')
    const sha = text(call.body['head_sha']) ?? ''
    if (!repository.store.commits.has(sha)) throw unprocessable(`No commit found for SHA: ${sha}`)
    const change = { ...changeOf(call), name: text(call.body['name']) ?? '' }
    if (change.status === 'completed' && change.conclusion === undefined)
      throw unprocessable('conclusion is required where status is completed')
    const run = createCheckRun(realm.platform, repository, suiteFor(realm.platform, repository, app, sha), change)
    return created(checkRunView(realm.platform, repository, run))
  }),
  route(`PATCH ${REPO}/check-runs/{check_run_id}`, WRITE, (realm, call) => {
    const run = runOf(realm, call)
    if (actorOf(call).app !== run.suite.app)
      throw new HttpProblem(403, 'Invalid app_id: check run can only be modified by the GitHub App that created it.')
    updateCheckRun(realm.platform, repositoryOf(realm, call), run, changeOf(call))
    return ok(checkRunView(realm.platform, repositoryOf(realm, call), run))
  }),
  route(`GET ${REPO}/check-runs/{check_run_id}`, CHECKS, (realm, call) =>
    ok(checkRunView(realm.platform, repositoryOf(realm, call), runOf(realm, call))),
  ),
  route(`GET ${REPO}/commits/{ref}/check-runs`, CHECKS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { sha } = commitOf(repository, call.params['ref'] ?? '')
    const rows = filtered(
      call,
      repository.checkRuns.filter(({ suite }) => suite.headSha === sha),
    )
    return listUnder(
      'check_runs',
      rows.map((run) => checkRunView(realm.platform, repository, run)),
    )
  }),
  route(`GET ${REPO}/commits/{ref}/check-suites`, CHECKS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { sha } = commitOf(repository, call.params['ref'] ?? '')
    const rows = repository.suites.filter(
      (suite) =>
        suite.headSha === sha && (call.query['app_id'] === undefined || suite.app.id === Number(call.query['app_id'])),
    )
    return listUnder(
      'check_suites',
      rows.map((suite) => wholeSuite(realm, call, suite)),
    )
  }),
  route(`GET ${REPO}/check-suites/{check_suite_id}`, CHECKS, (realm, call) =>
    ok(
      wholeSuite(
        realm,
        call,
        found(repositoryOf(realm, call).suites.find(({ id }) => id === number(call, 'check_suite_id'))),
      ),
    ),
  ),
  route(`GET ${REPO}/check-suites/{check_suite_id}/check-runs`, CHECKS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const rows = filtered(
      call,
      repository.checkRuns.filter(({ suite }) => suite.id === number(call, 'check_suite_id')),
    )
    return listUnder(
      'check_runs',
      rows.map((run) => checkRunView(realm.platform, repository, run)),
    )
  }),
  route(`GET ${REPO}/commits/{ref}/statuses`, STATUSES, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { sha } = commitOf(repository, call.params['ref'] ?? '')
    return list(
      repository.statuses
        .filter((status) => status.sha === sha)
        .reverse()
        .map((status) => statusView(realm.platform, repository, status)),
    )
  }),
  route(`GET ${REPO}/commits/{ref}/status`, STATUSES, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { sha } = commitOf(repository, call.params['ref'] ?? '')
    const latest = latestStatuses(repository, sha)
    const url = `${repositoryUrl(realm.platform, repository)}/commits/${sha}`
    const statuses = latest.map((status) => {
      const { creator: _, ...simple } = statusView(realm.platform, repository, status)
      return simple
    })
    return ok({
      state: combinedState(latest),
      statuses,
      sha,
      total_count: latest.length,
      repository: repositoryView(realm.platform, repository),
      commit_url: url,
      url: `${url}/status`,
    })
  }),
  route(`POST ${REPO}/statuses/{sha}`, ['statuses', 'write'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { sha } = commitOf(repository, call.params['sha'] ?? '')
    const status = setStatus(realm.platform, repository, {
      sha,
      state: call.body['state'] as CommitStatus['state'],
      context: text(call.body['context']) ?? 'default',
      description: text(call.body['description']) ?? null,
      targetUrl: text(call.body['target_url']) ?? null,
      creator: actorOf(call).account,
    })
    return created(statusView(realm.platform, repository, status))
  }),
]

const wholeSuite = (realm: Realm, call: Call, suite: Parameters<typeof checkSuiteView>[2]) => {
  const repository = repositoryOf(realm, call)
  const commit = repository.store.commit(suite.headSha)
  const iso = (at: number) => realm.platform.clock.iso(at)
  return {
    ...checkSuiteView(realm.platform, repository, suite),
    repository: repositoryView(realm.platform, repository),
    head_commit: {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: iso(commit.committer.date),
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
  }
}
