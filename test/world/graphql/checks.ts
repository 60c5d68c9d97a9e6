import { appNode, userNode } from './people.js'
import { commitNode } from './commits.js'
import { connection } from './eye.js'
import { deploymentNode, repositoryNode } from './repository.js'
import { latestRuns, pullsAt, suiteState } from '../views/checks.js'
import { pullNode } from './pulls.js'
import type { CheckRun, CheckSuite } from '../state/checks.js'
import type { Eye, PageArguments } from './eye.js'
import type { Repository } from '../state/repository.js'
import type { WorkflowRun } from '../state/actions.js'

const upper = (text: string | null) => text?.toUpperCase() ?? null

interface RunFilter {
  readonly checkType?: 'ALL' | 'LATEST' | null
  readonly checkName?: string | null
  readonly appId?: number | null
  readonly status?: string | null
  readonly statuses?: readonly string[] | null
  readonly conclusions?: readonly string[] | null
}

/** Without a filter every run of the suite, as GitHub has it; LATEST: the newest of each name. */
export const suiteNode = (eye: Eye, repository: Repository, suite: CheckSuite): object => {
  const { status, conclusion } = suiteState(repository, suite)
  const url = `${eye.platform.origin}/${repository.owner.login}/${repository.name}/suites/${suite.id}`
  return {
    __typename: 'CheckSuite',
    id: suite.nodeId,
    databaseId: suite.id,
    app: () => appNode(eye, suite.app),
    status: upper(status),
    conclusion: upper(conclusion),
    createdAt: eye.platform.clock.iso(suite.createdAt),
    updatedAt: eye.platform.clock.iso(suite.createdAt),
    creator: () => (suite.run ? userNode(eye, suite.run.actor) : null),
    commit: () => commitNode(eye, repository, repository.store.commit(suite.headSha)),
    repository: () => repositoryNode(eye, repository),
    url,
    resourcePath: url,
    workflowRun: () => suite.run && workflowRunNode(eye, suite.run),
    matchingPullRequests: (args: PageArguments) =>
      connection(pullsAt(repository, suite.headSha), args, (pull) => pullNode(eye, pull)),
    checkRuns: ({ filterBy, ...args }: PageArguments & { readonly filterBy?: RunFilter | null }) => {
      const all = repository.checkRuns.filter((run) => run.suite === suite)
      const rows = (filterBy?.checkType === 'LATEST' ? latestRuns(all) : all).filter(
        (run) =>
          (filterBy?.checkName == null || run.name === filterBy.checkName) &&
          (filterBy?.appId == null || run.suite.app.id === filterBy.appId) &&
          (filterBy?.status == null || upper(run.status) === filterBy.status) &&
          (!filterBy?.statuses || filterBy.statuses.includes(run.status.toUpperCase())) &&
          (!filterBy?.conclusions || filterBy.conclusions.includes(upper(run.conclusion) ?? '')),
      )
      return connection(rows, args, (run) => checkRunNode(eye, repository, run))
    },
  }
}

export const checkRunNode = (eye: Eye, repository: Repository, run: CheckRun): object => {
  const { clock, origin } = eye.platform
  const url = `${origin}/${repository.owner.login}/${repository.name}/runs/${run.id}`
  const deployment = repository.deployments.find(({ id }) => id === run.deployment)
  return {
    __typename: 'CheckRun',
    id: run.nodeId,
    databaseId: run.id,
    name: run.name,
    status: upper(run.status),
    conclusion: upper(run.conclusion),
    startedAt: run.startedAt === null ? null : clock.iso(run.startedAt),
    completedAt: run.completedAt === null ? null : clock.iso(run.completedAt),
    externalId: run.externalId,
    detailsUrl: run.detailsUrl,
    ...run.output,
    url,
    permalink: url,
    resourcePath: url,
    isRequired: () => false,
    checkSuite: () => suiteNode(eye, repository, run.suite),
    repository: () => repositoryNode(eye, repository),
    deployment: () => deployment && deploymentNode(eye, deployment),
  }
}

export const workflowRunNode = (eye: Eye, run: WorkflowRun): object => {
  const { clock, origin, nodeId } = {
    clock: eye.platform.clock,
    origin: eye.platform.origin,
    nodeId: eye.platform.nodeId('Workflow', run.workflowId),
  }
  const home = `/${run.repository.owner.login}/${run.repository.name}/actions`
  const createdAt = clock.iso(run.createdAt)
  const suite = run.attempts[run.attempts.length - 1]?.suite
  return {
    __typename: 'WorkflowRun',
    id: run.nodeId,
    databaseId: run.id,
    event: run.event,
    runNumber: run.number,
    createdAt,
    updatedAt: createdAt,
    url: `${origin}${home}/runs/${run.id}`,
    resourcePath: `${home}/runs/${run.id}`,
    checkSuite: () => suite && suiteNode(eye, run.repository, suite),
    workflow: {
      __typename: 'Workflow',
      id: nodeId,
      databaseId: run.workflowId,
      name: run.name,
      state: 'ACTIVE',
      createdAt,
      updatedAt: createdAt,
      url: `${origin}${home}/workflows/${run.path.split('/').pop()}`,
      resourcePath: `${home}/workflows/${run.path.split('/').pop()}`,
    },
    file: {
      __typename: 'WorkflowRunFile',
      id: `WRF_${run.id}`,
      path: run.path,
      repositoryName: `${origin}/${run.repository.owner.login}/${run.repository.name}`,
      repositoryFileUrl: `${origin}${home}`,
      resourcePath: home,
      url: `${origin}${home}`,
      viewerCanPushRepository: false,
      viewerCanReadRepository: true,
    },
  }
}
