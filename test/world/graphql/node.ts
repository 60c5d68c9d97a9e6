import { actorNode, appNode, organisationNode, teamNode } from './people.js'
import { checkRunNode, suiteNode, workflowRunNode } from './checks.js'
import { commentNode, pullNode, reviewNode, threadNode } from './pulls.js'
import { deploymentNode, queueEntryNode, repositoryNode } from './repository.js'
import { notFound } from './eye.js'
import { sees } from '../http/visible.js'
import type { Eye } from './eye.js'
import type { Node } from '../state/nodes.js'
import type { Repository } from '../state/repository.js'

/** An object by its node id; hidden is not found. */
export const nodeOf = (eye: Eye, id: string): object | null => {
  const node = eye.platform.nodes.get(id)
  const home = node && homeOf(eye, node)
  if (!node || (home && !sees(eye.platform, eye.caller, home))) throw notFound(`a node with the global id of '${id}'`)
  return show(eye, node, home ?? null)
}

const homeOf = ({ platform }: Eye, node: Node): Repository | undefined => {
  switch (node.kind) {
    case 'Repository':
      return node.value
    case 'PullRequest':
    case 'Deployment':
    case 'WorkflowRun':
      return node.value.repository
    case 'PullRequestReview':
    case 'PullRequestReviewThread':
    case 'IssueComment':
    case 'MergeQueueEntry':
      return node.value.pull.repository
    case 'CheckSuite':
      return platform.repositories.find(({ suites }) => suites.includes(node.value))
    case 'CheckRun':
      return platform.repositories.find(({ checkRuns }) => checkRuns.includes(node.value))
    case 'User':
    case 'Bot':
    case 'Organization':
    case 'Team':
    case 'App':
    case 'Installation':
    case 'StatusContext':
    case 'Environment':
    case 'DeploymentStatus':
    case 'BranchProtectionRule':
    case 'RepositoryRuleset':
    case 'Release':
    case 'Activity':
      return undefined
  }
}

const show = (eye: Eye, node: Node, home: Repository | null): object | null => {
  switch (node.kind) {
    case 'User':
    case 'Bot':
      return actorNode(eye, node.value)
    case 'Organization':
      return organisationNode(eye, node.value)
    case 'Team':
      return teamNode(eye, node.value)
    case 'App':
      return appNode(eye, node.value)
    case 'Repository':
      return repositoryNode(eye, node.value)
    case 'PullRequest':
      return pullNode(eye, node.value)
    case 'PullRequestReview':
      return reviewNode(eye, node.value)
    case 'PullRequestReviewThread':
      return threadNode(eye, node.value)
    case 'IssueComment':
      return commentNode(eye, node.value)
    case 'MergeQueueEntry':
      return queueEntryNode(eye, node.value)
    case 'CheckSuite':
      return home && suiteNode(eye, home, node.value)
    case 'CheckRun':
      return home && checkRunNode(eye, home, node.value)
    case 'WorkflowRun':
      return workflowRunNode(eye, node.value)
    case 'Deployment':
      return deploymentNode(eye, node.value)
    case 'Installation':
    case 'StatusContext':
    case 'Environment':
    case 'DeploymentStatus':
    case 'BranchProtectionRule':
    case 'RepositoryRuleset':
    case 'Release':
    case 'Activity':
      return null
  }
}
