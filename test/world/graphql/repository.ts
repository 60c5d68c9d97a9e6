import { actorNode, appNode, teamNode } from './people.js'
import { allRulesets, classicRuleFor } from '../operations/rules.js'
import { allows } from '../http/route.js'
import { commitNode, objectNode } from './commits.js'
import { connection, demand, notFound } from './eye.js'
import { fnmatch } from '../state/rules.js'
import { fullName } from '../state/repository.js'
import { isOrganisation } from '../state/people.js'
import { last } from '../must.js'
import { pullNode } from './pulls.js'
import { resolve } from '../operations/git.js'
import { sees } from '../http/visible.js'
import type { Actors } from '../state/rules.js'
import type { Deployment, DeploymentStatus, Environment } from '../state/actions.js'
import type { Eye, PageArguments } from './eye.js'
import type { ProtectionRule, Repository } from '../state/repository.js'
import type { Pull, QueueEntry } from '../state/pulls.js'
import type { Ruleset } from '../state/rules.js'

export const findRepository = (eye: Eye, owner: string, name: string): object => {
  const repository = eye.platform.findRepository(owner, name)
  if (!repository || !sees(eye.platform, eye.caller, repository))
    throw notFound(`a Repository with the name '${owner}/${name}'`)
  return repositoryNode(eye, repository)
}

export const refNode = (eye: Eye, repository: Repository, qualified: string): object | null => {
  const names = qualified.startsWith('refs/') ? [qualified] : [`refs/heads/${qualified}`, `refs/tags/${qualified}`]
  const full = names.find((name) =>
    name.startsWith('refs/tags/') ? repository.tags.has(name.slice(10)) : repository.branches.has(name.slice(11)),
  )
  if (full === undefined) return null
  const sha = resolve(repository, full)
  const prefix = full.startsWith('refs/tags/') ? 'refs/tags/' : 'refs/heads/'
  const name = full.slice(prefix.length)
  const tag = prefix === 'refs/tags/' ? repository.tags.get(name)?.object : null
  const commit = () => objectNode(eye, repository, sha)
  const rule = prefix === 'refs/heads/' ? classicRuleFor(repository, name) : undefined
  return {
    __typename: 'Ref',
    id: `REF_${repository.id}_${full}`,
    name,
    prefix,
    repository: () => repositoryNode(eye, repository),
    target: () =>
      tag
        ? {
            __typename: 'Tag',
            id: `TA_${tag.sha}`,
            oid: tag.sha,
            abbreviatedOid: tag.sha.slice(0, 7),
            name,
            message: tag.message,
            target: commit,
            repository: () => repositoryNode(eye, repository),
          }
        : commit(),
    branchProtectionRule: () => {
      demand(eye, 'administration')
      return rule ? protectionNode(eye, repository, rule) : null
    },
    associatedPullRequests: (args: PageArguments) =>
      connection(
        repository.pulls.filter(({ head, headRepository }) => head === name && headRepository === repository),
        args,
        (pull) => pullNode(eye, pull),
      ),
  }
}

interface PullFilter extends PageArguments {
  readonly states?: readonly string[] | null
  readonly headRefName?: string | null
  readonly baseRefName?: string | null
  readonly labels?: readonly string[] | null
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null
}

const stateOf = (pull: Pull): string => (pull.mergedAt !== null ? 'MERGED' : pull.state.toUpperCase())

const pullsBy = (
  repository: Repository,
  { states, headRefName, baseRefName, labels, orderBy }: PullFilter,
): readonly Pull[] => {
  const rows = repository.pulls.filter(
    (pull) =>
      (!states || states.includes(stateOf(pull))) &&
      (!headRefName || pull.head === headRefName) &&
      (!baseRefName || pull.base === baseRefName) &&
      (!labels || labels.some((label) => pull.labels.includes(label))),
  )
  const at = (pull: Pull) => (orderBy?.field === 'UPDATED_AT' ? pull.updatedAt : pull.createdAt)
  return orderBy
    ? [...rows].sort((a, b) => (orderBy.direction === 'ASC' ? 1 : -1) * (at(a) - at(b) || a.number - b.number))
    : rows
}

const PERMISSION = { read: 'READ', triage: 'TRIAGE', write: 'WRITE', maintain: 'MAINTAIN', admin: 'ADMIN' } as const

export const repositoryNode = (eye: Eye, repository: Repository): object => {
  const { platform } = eye
  const iso = platform.clock.iso(repository.createdAt)
  return {
    __typename: 'Repository',
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    owner: () =>
      isOrganisation(repository.owner) ? actorNode(eye, repository.owner) : actorNode(eye, repository.owner),
    isPrivate: repository.private,
    isArchived: repository.archived,
    isDisabled: false,
    isFork: repository.parent !== null,
    isLocked: false,
    isEmpty: false,
    visibility: repository.private ? 'PRIVATE' : 'PUBLIC',
    parent: () => repository.parent && repositoryNode(eye, repository.parent),
    createdAt: iso,
    updatedAt: platform.clock.iso(repository.pushedAt),
    pushedAt: platform.clock.iso(repository.pushedAt),
    url: `${platform.origin}/${fullName(repository)}`,
    resourcePath: `/${fullName(repository)}`,
    defaultBranchRef: () => refNode(eye, repository, `refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { readonly qualifiedName: string }) => refNode(eye, repository, qualifiedName),
    refs: ({ refPrefix, ...args }: PageArguments & { readonly refPrefix: string }) => {
      const names = refPrefix.startsWith('refs/tags/')
        ? [...repository.tags.keys()].map((name) => `refs/tags/${name}`)
        : [...repository.branches.keys()].map((name) => `refs/heads/${name}`)
      return connection(
        names.filter((name) => name.startsWith(refPrefix)),
        args,
        (name) => refNode(eye, repository, name),
      )
    },
    object: ({ oid, expression }: { readonly oid?: string | null; readonly expression?: string | null }) => {
      if (oid) return objectNode(eye, repository, oid)
      const [revision = '', path] = (expression ?? '').split(/:(.*)/s)
      return objectNode(
        eye,
        repository,
        resolve(repository, revision === 'HEAD' ? repository.defaultBranch : revision),
        path,
      )
    },
    pullRequest: ({ number }: { readonly number: number }) => {
      const pull = repository.pulls.find((one) => one.number === number)
      if (!pull) throw notFound(`a PullRequest with the number of ${number}`)
      return pullNode(eye, pull)
    },
    pullRequests: (args: PullFilter) => connection(pullsBy(repository, args), args, (pull) => pullNode(eye, pull)),
    branchProtectionRules: (args: PageArguments) => {
      demand(eye, 'administration')
      return connection(repository.protections, args, (rule) => protectionNode(eye, repository, rule))
    },
    rulesets: ({
      includeParents = true,
      targets,
      ...args
    }: PageArguments & { readonly includeParents?: boolean | null; readonly targets?: readonly string[] | null }) =>
      connection(
        (includeParents === false ? repository.rulesets : allRulesets(repository)).filter(
          ({ target }) => !targets || targets.includes(target.toUpperCase()),
        ),
        args,
        (ruleset) => rulesetNode(eye, ruleset),
      ),
    collaborators: ({ login, ...args }: PageArguments & { readonly login?: string | null }) => {
      const rows = [...platform.accounts.values()].flatMap((account) => {
        const role = account.type === 'User' ? platform.roleOf(repository, account) : null
        return role && (!login || account.login === login) ? [{ account, role }] : []
      })
      return connection(rows, args, ({ account }) => actorNode(eye, account), {
        edge: ({ role }) => ({ permission: PERMISSION[role] }),
      })
    },
    environments: (args: PageArguments) =>
      connection(repository.environments, args, (one) => environmentNode(one, repository, eye)),
    environment: ({ name }: { readonly name: string }) => {
      const found = repository.environments.find((one) => one.name === name)
      return found ? environmentNode(found, repository, eye) : null
    },
    deployments: ({
      environments,
      orderBy,
      ...args
    }: PageArguments & {
      readonly environments?: readonly string[] | null
      readonly orderBy?: { readonly direction: string } | null
    }) => {
      const rows = repository.deployments.filter(
        ({ environment }) => !environments || environments.includes(environment),
      )
      return connection(orderBy?.direction === 'DESC' ? [...rows].reverse() : rows, args, (one) =>
        deploymentNode(eye, one),
      )
    },
    mergeQueue: ({ branch }: { readonly branch?: string | null }) =>
      queueNode(eye, repository, branch ?? repository.defaultBranch),
    releases: (args: PageArguments) =>
      connection(repository.releases, args, (one) => ({
        __typename: 'Release',
        id: one.nodeId,
        databaseId: one.id,
        name: one.name,
        tagName: one.tag,
        description: one.body,
        isDraft: one.draft,
        isPrerelease: one.prerelease,
        createdAt: platform.clock.iso(one.createdAt),
      })),
  }
}

const queueNode = (eye: Eye, repository: Repository, branch: string): object | null => {
  const entries = repository.queues.get(branch)
  if (!entries) return null
  const url = `${eye.platform.origin}/${fullName(repository)}/queue/${branch}`
  return {
    __typename: 'MergeQueue',
    id: `MQ_${repository.id}_${branch}`,
    url,
    resourcePath: url,
    repository: () => repositoryNode(eye, repository),
    entries: (args: PageArguments) => connection(entries, args, (entry) => queueEntryNode(eye, entry)),
  }
}

export const queueEntryNode = (eye: Eye, entry: QueueEntry): object => {
  const { repository, base } = entry.pull
  return {
    __typename: 'MergeQueueEntry',
    id: entry.nodeId,
    enqueuedAt: eye.platform.clock.iso(entry.enqueuedAt),
    enqueuer: () => actorNode(eye, entry.enqueuer),
    headCommit: () => commitNode(eye, repository, repository.store.commit(entry.head)),
    baseCommit: () => commitNode(eye, repository, repository.store.commit(entry.base)),
    jump: entry.jump,
    solo: entry.solo,
    position: (repository.queues.get(base) ?? []).indexOf(entry) + 1,
    state: 'AWAITING_CHECKS',
    pullRequest: () => pullNode(eye, entry.pull),
    mergeQueue: () => queueNode(eye, repository, base),
  }
}

const actorsOf = (eye: Eye, repository: Repository, { users, teams, apps }: Actors): readonly object[] => [
  ...users.flatMap((login) => actorNode(eye, eye.platform.findAccount(login) ?? null) ?? []),
  ...(isOrganisation(repository.owner)
    ? repository.owner.teams.filter(({ slug }) => teams.includes(slug)).map((team) => teamNode(eye, team))
    : []),
  ...eye.platform.apps.filter(({ slug }) => apps.includes(slug)).map((app) => appNode(eye, app)),
]

const protectionNode = (eye: Eye, repository: Repository, rule: ProtectionRule): object => {
  const { protection, pattern } = rule
  const { required_pull_request_reviews: reviews, required_status_checks: checks } = protection
  const allowances = (actors: Actors | null | undefined) => (args: PageArguments) =>
    connection(actors ? actorsOf(eye, repository, actors) : [], args, (actor) => ({
      id: 'A',
      actor,
      branchProtectionRule: null,
    }))
  return {
    __typename: 'BranchProtectionRule',
    id: rule.nodeId,
    databaseId: rule.id,
    pattern,
    isAdminEnforced: protection.enforce_admins,
    requiresApprovingReviews: reviews !== null,
    requiredApprovingReviewCount: reviews?.required_approving_review_count ?? null,
    dismissesStaleReviews: reviews?.dismiss_stale_reviews ?? false,
    requiresCodeOwnerReviews: reviews?.require_code_owner_reviews ?? false,
    requireLastPushApproval: reviews?.require_last_push_approval ?? false,
    restrictsReviewDismissals: reviews?.dismissal_restrictions != null,
    requiresStatusChecks: checks !== null,
    requiresStrictStatusChecks: checks?.strict ?? false,
    requiredStatusCheckContexts: checks?.checks.map(({ context }) => context) ?? [],
    requiredStatusChecks:
      checks?.checks.map(({ context, app_id }) => ({
        context,
        app: () => eye.platform.apps.filter(({ id }) => id === app_id).map((app) => appNode(eye, app))[0] ?? null,
      })) ?? [],
    allowsForcePushes: protection.allow_force_pushes,
    allowsDeletions: protection.allow_deletions,
    blocksCreations: protection.block_creations,
    lockBranch: protection.lock_branch,
    lockAllowsFetchAndMerge: protection.allow_fork_syncing,
    requiresLinearHistory: protection.required_linear_history,
    requiresCommitSignatures: protection.required_signatures,
    requiresConversationResolution: protection.required_conversation_resolution,
    requiresDeployments: false,
    requiredDeploymentEnvironments: [],
    restrictsPushes: protection.restrictions !== null,
    repository: () => repositoryNode(eye, repository),
    bypassForcePushAllowances: allowances(protection.bypass_force_push_allowances),
    bypassPullRequestAllowances: allowances(reviews?.bypass_pull_request_allowances),
    pushAllowances: allowances(protection.restrictions),
    reviewDismissalAllowances: allowances(reviews?.dismissal_restrictions),
    branchProtectionRuleConflicts: (args: PageArguments) => connection([], args, () => null),
    matchingRefs: (args: PageArguments) =>
      connection(
        [...repository.branches.keys()].filter((name) => fnmatch(pattern, name)),
        args,
        (name) => refNode(eye, repository, `refs/heads/${name}`),
      ),
  }
}

/** Bypass actors are for callers who may write the ruleset; others get null, without an error. */
const rulesetNode = (eye: Eye, ruleset: Ruleset): object => {
  const mayWrite =
    eye.caller.kind === 'user' ||
    (eye.caller.kind === 'installation' && allows(eye.caller.permissions['administration'], 'write'))
  const [createdAt, updatedAt] = [ruleset.createdAt, ruleset.updatedAt].map((at) => eye.platform.clock.iso(at))
  return {
    __typename: 'RepositoryRuleset',
    id: ruleset.nodeId,
    databaseId: ruleset.id,
    name: ruleset.name,
    target: ruleset.target.toUpperCase(),
    enforcement: ruleset.enforcement.toUpperCase(),
    createdAt,
    updatedAt,
    conditions: { refName: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: (args: PageArguments) =>
      connection(ruleset.rules, args, ({ type }) => ({
        __typename: 'RepositoryRule',
        id: `RR_${type}`,
        type: type.toUpperCase(),
      })),
    bypassActors: (args: PageArguments) =>
      mayWrite
        ? connection(ruleset.bypassActors, args, (one) => ({
            __typename: 'RepositoryRulesetBypassActor',
            id: `BA_${one.actor_id}`,
            bypassMode: one.bypass_mode.toUpperCase(),
            organizationAdmin: one.actor_type === 'OrganizationAdmin',
            deployKey: one.actor_type === 'DeployKey',
            repositoryRoleDatabaseId: one.actor_type === 'RepositoryRole' ? one.actor_id : null,
          }))
        : null,
    source: () => {
      const owner = eye.platform.findAccount(ruleset.source)
      if (ruleset.sourceType === 'Organization') return actorNode(eye, owner ?? null)
      return repositoryNode(eye, eye.platform.repository(ruleset.source))
    },
  }
}

/** Custom protection rules are invisible here, as on GitHub. */
const environmentNode = (environment: Environment, repository: Repository, eye: Eye): object => ({
  __typename: 'Environment',
  id: environment.nodeId,
  databaseId: environment.id,
  name: environment.name,
  latestCompletedDeployment: () => {
    const done = repository.deployments.filter(
      (one) => one.environment === environment.name && one.statuses.some(({ state }) => state === 'success'),
    )
    const newest = last(done)
    return newest ? deploymentNode(eye, newest) : null
  },
  protectionRules: (args: PageArguments) => {
    const types = [
      ...(environment.reviewers.length > 0 ? ['REQUIRED_REVIEWERS'] : []),
      ...(environment.waitTimer > 0 ? ['WAIT_TIMER'] : []),
      ...(environment.branchPolicy ? ['BRANCH_POLICY'] : []),
    ]
    return connection(types, args, (type) => ({
      databaseId: environment.id,
      type,
      timeout: environment.waitTimer,
      preventSelfReview: environment.preventSelfReview,
    }))
  },
})

const deploymentState = ({ statuses }: Deployment): string => {
  const state = last(statuses)?.state ?? 'pending'
  return state === 'success' ? 'ACTIVE' : state.toUpperCase()
}

const deploymentStatusNode = (eye: Eye, deployment: Deployment, status: DeploymentStatus): object => ({
  __typename: 'DeploymentStatus',
  id: status.nodeId,
  state: status.state.toUpperCase(),
  description: status.description,
  environment: status.environment,
  logUrl: status.logUrl === '' ? null : status.logUrl,
  environmentUrl: status.environmentUrl === '' ? null : status.environmentUrl,
  creator: () => actorNode(eye, status.creator),
  createdAt: eye.platform.clock.iso(status.createdAt),
  updatedAt: eye.platform.clock.iso(status.createdAt),
  deployment: () => deploymentNode(eye, deployment),
})

export const deploymentNode = (eye: Eye, deployment: Deployment): object => {
  const { repository, statuses } = deployment
  const newest = last(statuses)
  return {
    __typename: 'Deployment',
    id: deployment.nodeId,
    databaseId: deployment.id,
    commitOid: deployment.sha,
    commit: () => commitNode(eye, repository, repository.store.commit(deployment.sha)),
    environment: deployment.originalEnvironment,
    originalEnvironment: deployment.originalEnvironment,
    latestEnvironment: deployment.environment,
    description: deployment.description,
    task: deployment.task,
    payload: JSON.stringify(deployment.payload),
    creator: () => actorNode(eye, deployment.creator),
    ref: () => refNode(eye, repository, deployment.ref),
    repository: () => repositoryNode(eye, repository),
    state: deploymentState(deployment),
    createdAt: eye.platform.clock.iso(deployment.createdAt),
    updatedAt: eye.platform.clock.iso(deployment.updatedAt),
    latestStatus: () => newest && deploymentStatusNode(eye, deployment, newest),
    statuses: (args: PageArguments) =>
      connection([...statuses].reverse(), args, (status) => deploymentStatusNode(eye, deployment, status)),
  }
}
