import { HttpProblem, found, unprocessable } from '../http/problem.js'
import { REPO, created, list, listUnder, noContent, ok, route } from '../http/route.js'
import { actorOf, number, repositoryOf, text } from './common.js'
import { addDeployment, addDeploymentStatus } from '../operations/deployments.js'
import { approvalsView, cancelRun } from '../operations/actions.js'
import { answerGate } from '../operations/answers.js'
import {
  currentAttempt,
  deploymentStatusView,
  deploymentView,
  environmentView,
  jobView,
  pendingView,
  runView,
} from '../views/actions.js'
import { enableRule, findEnvironment } from '../operations/environments.js'
import { latestRuns, latestStatuses } from '../views/checks.js'
import { resolve } from '../operations/git.js'
import type { Attempt, Deployment, Environment, WorkflowRun } from '../state/actions.js'
import type { Call, Realm, Route } from '../http/route.js'

const ACTIONS = ['actions', 'read'] as const
const DEPLOYMENTS = ['deployments', 'read'] as const
const RUN = `${REPO}/actions/runs/{run_id}`

const runOf = (realm: Realm, call: Call): WorkflowRun =>
  found(repositoryOf(realm, call).runs.find(({ id }) => id === number(call, 'run_id')))

const attemptOf = (realm: Realm, call: Call): Attempt =>
  found(runOf(realm, call).attempts.find((one) => one.number === number(call, 'attempt_number')))

const environmentOf = (realm: Realm, call: Call): Environment =>
  found(findEnvironment(repositoryOf(realm, call), call.params['environment_name'] ?? ''))

const deploymentOf = (realm: Realm, call: Call): Deployment =>
  found(repositoryOf(realm, call).deployments.find(({ id }) => id === number(call, 'deployment_id')))

const jobs = (realm: Realm, run: WorkflowRun, attempts: readonly Attempt[]) =>
  listUnder(
    'jobs',
    attempts.flatMap((attempt) => attempt.jobs.map((job) => jobView(realm.platform, run, attempt, job))),
  )

const listed =
  ({ query }: Call) =>
  (run: WorkflowRun): boolean => {
    const { status, conclusion } = currentAttempt(run)
    return (
      (query['head_sha'] === undefined || run.headSha === query['head_sha']) &&
      (query['event'] === undefined || run.event === query['event']) &&
      (query['branch'] === undefined || run.headBranch === query['branch']) &&
      (query['actor'] === undefined || run.actor.login === query['actor']) &&
      (query['status'] === undefined || query['status'] === status || query['status'] === conclusion)
    )
  }

/** Workflow runs, jobs, environments and deployments. */
export const actionRoutes: readonly Route[] = [
  route(`GET ${REPO}/actions/runs`, ACTIONS, (realm, call) =>
    listUnder(
      'workflow_runs',
      [...repositoryOf(realm, call).runs]
        .reverse()
        .filter(listed(call))
        .map((run) => runView(realm.platform, run)),
    ),
  ),
  route(`GET ${RUN}`, ACTIONS, (realm, call) => ok(runView(realm.platform, runOf(realm, call)))),
  route(`GET ${RUN}/attempts/{attempt_number}`, ACTIONS, (realm, call) =>
    ok(runView(realm.platform, runOf(realm, call), attemptOf(realm, call))),
  ),
  route(`GET ${RUN}/jobs`, ACTIONS, (realm, call) => {
    const run = runOf(realm, call)
    return jobs(realm, run, call.query['filter'] === 'all' ? run.attempts : [currentAttempt(run)])
  }),
  route(`GET ${RUN}/attempts/{attempt_number}/jobs`, ACTIONS, (realm, call) =>
    jobs(realm, runOf(realm, call), [attemptOf(realm, call)]),
  ),
  route(`GET ${REPO}/actions/jobs/{job_id}`, ACTIONS, (realm, call) => {
    const rows = repositoryOf(realm, call).runs.flatMap((run) =>
      run.attempts.flatMap((attempt) => attempt.jobs.map((job) => ({ run, attempt, job }))),
    )
    const { run, attempt, job } = found(rows.find(({ job: { id } }) => id === number(call, 'job_id')))
    return ok(jobView(realm.platform, run, attempt, job))
  }),
  route(`GET ${RUN}/approvals`, ACTIONS, (realm, call) => ok(approvalsView(realm.platform, runOf(realm, call)))),
  route(`GET ${RUN}/pending_deployments`, ACTIONS, (realm, call) => {
    const run = runOf(realm, call)
    return ok(currentAttempt(run).pending.map((pending) => pendingView(realm.platform, run, pending)))
  }),
  route(`POST ${RUN}/deployment_protection_rule`, ['deployments', 'write'], (realm, call) => {
    const { app } = actorOf(call)
    if (!app) throw new HttpProblem(403, 'Resource not accessible by integration')
    const answer = {
      environment: text(call.body['environment_name']) ?? '',
      state: text(call.body['state']),
      comment: text(call.body['comment']) ?? '',
    }
    answerGate(realm.platform, runOf(realm, call), app, answer)
    return noContent
  }),
  route(`POST ${RUN}/cancel`, ['actions', 'write'], (realm, call) => {
    const run = runOf(realm, call)
    if (currentAttempt(run).status === 'completed')
      throw new HttpProblem(409, 'Cannot cancel a workflow run that is completed.')
    cancelRun(realm.platform, run)
    return { status: 202, body: {} }
  }),
  route(`GET ${REPO}/environments`, ACTIONS, (realm, call) => {
    const repository = repositoryOf(realm, call)
    return listUnder(
      'environments',
      repository.environments.map((one) => environmentView(realm.platform, repository, one)),
    )
  }),
  route(`GET ${REPO}/environments/{environment_name}`, ACTIONS, (realm, call) =>
    ok(environmentView(realm.platform, repositoryOf(realm, call), environmentOf(realm, call))),
  ),
  route(`GET ${REPO}/environments/{environment_name}/deployment_protection_rules`, ACTIONS, (realm, call) => {
    const rules = environmentOf(realm, call).customRules
    const shown = rules.map(({ id, nodeId, app, enabled }) => ({
      id,
      node_id: nodeId,
      enabled,
      app: {
        id: app.id,
        slug: app.slug,
        node_id: app.nodeId,
        integration_url: `${realm.platform.api}/apps/${app.slug}`,
      },
    }))
    return ok({ total_count: rules.length, custom_deployment_protection_rules: shown })
  }),
  route(
    `POST ${REPO}/environments/{environment_name}/deployment_protection_rules`,
    ['administration', 'write'],
    (realm, call) => {
      const environment = environmentOf(realm, call)
      const app = found(realm.platform.apps.find(({ id }) => id === call.body['integration_id']))
      enableRule(realm.platform, environment, app)
      const rule = found(environment.customRules.find((one) => one.app === app))
      return created({
        id: rule.id,
        node_id: rule.nodeId,
        enabled: rule.enabled,
        app: {
          id: app.id,
          slug: app.slug,
          node_id: app.nodeId,
          integration_url: `${realm.platform.api}/apps/${app.slug}`,
        },
      })
    },
  ),
  route(`GET ${REPO}/environments/{environment_name}/deployment-branch-policies`, ACTIONS, (realm, call) => {
    const { branchPolicy, id } = environmentOf(realm, call)
    const names = branchPolicy === null || branchPolicy === 'protected' ? [] : branchPolicy
    return listUnder(
      'branch_policies',
      names.map((name, index) => ({ id: id * 10 + index, node_id: `DBP_${index}`, name, type: 'branch' })),
    )
  }),
  route(`GET ${REPO}/deployments`, DEPLOYMENTS, (realm, call) => {
    const { query } = call
    const rows = repositoryOf(realm, call).deployments.filter(
      (one) =>
        (query['sha'] === undefined || one.sha === query['sha']) &&
        (query['ref'] === undefined || one.ref === query['ref']) &&
        (query['task'] === undefined || one.task === query['task']) &&
        (query['environment'] === undefined || one.environment === query['environment']),
    )
    return list([...rows].reverse().map((one) => deploymentView(realm.platform, one)))
  }),
  route(`POST ${REPO}/deployments`, ['deployments', 'write'], (realm, call) => createDeployment(realm, call)),
  route(`GET ${REPO}/deployments/{deployment_id}`, DEPLOYMENTS, (realm, call) =>
    ok(deploymentView(realm.platform, deploymentOf(realm, call))),
  ),
  route(`GET ${REPO}/deployments/{deployment_id}/statuses`, DEPLOYMENTS, (realm, call) => {
    const deployment = deploymentOf(realm, call)
    return list(
      [...deployment.statuses].reverse().map((status) => deploymentStatusView(realm.platform, deployment, status)),
    )
  }),
  route(`POST ${REPO}/deployments/{deployment_id}/statuses`, ['deployments', 'write'], (realm, call) => {
    const deployment = deploymentOf(realm, call)
    const { account, app } = actorOf(call)
    const { body } = call
    const environment = text(body['environment'])
    const description = text(body['description']) ?? ''
    if (description.length > 140) throw unprocessable('description is too long (maximum is 140 characters)')
    const status = addDeploymentStatus(realm.platform, deployment, {
      state: text(body['state']) ?? '',
      creator: account,
      viaApp: app,
      description,
      logUrl: text(body['log_url']) ?? text(body['target_url']) ?? '',
      environmentUrl: text(body['environment_url']) ?? '',
      autoInactive: body['auto_inactive'] !== false,
      ...(environment !== undefined && { environment }),
    })
    return created(deploymentStatusView(realm.platform, deployment, status))
  }),
]

/** GitHub asks for successful contexts unless the caller waives them with an empty list. */
const createDeployment = (realm: Realm, call: Call) => {
  const repository = repositoryOf(realm, call)
  const { body } = call
  const ref = text(body['ref']) ?? ''
  const sha = resolve(repository, ref)
  if (sha === null) throw unprocessable(`No ref found for: ${ref}`)
  const required = body['required_contexts'] as readonly string[] | undefined
  const checks = latestRuns(repository.checkRuns.filter(({ suite }) => suite.headSha === sha))
  const red =
    required?.length === 0
      ? []
      : [
          ...latestStatuses(repository, sha)
            .filter(({ state, context }) => state !== 'success' && (required?.includes(context) ?? true))
            .map(({ context }) => context),
          ...(required ?? []).filter((context) =>
            checks.some(({ name, conclusion }) => name === context && conclusion !== 'success'),
          ),
        ]
  if (red.length > 0) throw new HttpProblem(409, `Conflict: Commit status checks failed for ${ref}: ${red.join(', ')}`)
  const { account, app } = actorOf(call)
  const deployment = addDeployment(realm.platform, repository, {
    sha,
    ref,
    environment: text(body['environment']) ?? 'production',
    creator: account,
    viaApp: app,
    task: text(body['task']) ?? 'deploy',
    payload: body['payload'],
    description: text(body['description']) ?? null,
    transient: body['transient_environment'] === true,
    ...(typeof body['production_environment'] === 'boolean' && { production: body['production_environment'] }),
  })
  return created(deploymentView(realm.platform, deployment))
}
