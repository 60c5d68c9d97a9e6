import { classicRuleFor, allRulesets } from './rules.js'
import { fnmatch, ruleCovers } from '../state/rules.js'
import type { App } from '../state/apps.js'
import type { Environment } from '../state/actions.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

export interface EnvironmentSettings {
  /** This app's deployment protection rule is enabled on it. */
  readonly gated?: boolean
  /** Minutes. */
  readonly waitTimer?: number
  /** Logins of users, or `team:slug`. */
  readonly reviewers?: readonly string[]
  readonly preventSelfReview?: boolean
  readonly branchPolicy?: 'protected' | readonly string[] | null
  readonly canAdminsBypass?: boolean
}

/** Naming an environment makes it, bare; only its settings protect it. Names are compared without case. */
export const environmentNamed = (platform: Platform, repository: Repository, name: string): Environment => {
  const known = findEnvironment(repository, name)
  if (known) return known
  const now = platform.clock.now()
  const environment = platform.make('Environment', {
    name,
    createdAt: now,
    updatedAt: now,
    waitTimer: 0,
    reviewers: [],
    preventSelfReview: false,
    branchPolicy: null,
    canAdminsBypass: true,
    customRules: [],
  })
  repository.environments.push(environment)
  return environment
}

export const findEnvironment = (repository: Repository, name: string): Environment | undefined =>
  repository.environments.find((environment) => environment.name.toLowerCase() === name.toLowerCase())

export const enableRule = (platform: Platform, environment: Environment, app: App): void => {
  if (environment.customRules.some((rule) => rule.app === app)) return
  const id = platform.nextId('DeploymentProtectionRule')
  environment.customRules.push({ id, nodeId: platform.nodeId('DeploymentProtectionRule', id), app, enabled: true })
}

export const disableRule = (environment: Environment, app: App): void => {
  environment.customRules = environment.customRules.filter((rule) => rule.app !== app)
}

/** Whether the environment lets this ref deploy. Without any protection in the repository, `protected` lets every branch. */
export const mayDeploy = (repository: Repository, environment: Environment, ref: string): boolean => {
  const short = ref.replace(/^refs\/(heads|tags)\//, '')
  if (environment.branchPolicy === null) return true
  if (environment.branchPolicy !== 'protected')
    return environment.branchPolicy.some((pattern) => fnmatch(pattern, short))
  if (repository.protections.length === 0) return ref.startsWith('refs/heads/')
  return ref.startsWith('refs/heads/') && isProtected(repository, short)
}

export const isProtected = (repository: Repository, branch: string): boolean =>
  classicRuleFor(repository, branch) !== undefined ||
  allRulesets(repository).some(
    (ruleset) =>
      ruleset.enforcement === 'active' && ruleCovers(ruleset, `refs/heads/${branch}`, repository.defaultBranch),
  )
