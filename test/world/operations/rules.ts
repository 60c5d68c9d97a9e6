import { UNTICKED, NOBODY, fnmatch } from '../state/rules.js'
import { fullName } from '../state/repository.js'
import { rulesetView } from '../views/rules.js'
import { isOrganisation } from '../state/people.js'
import type { Account } from '../state/people.js'
import type { Actors, BypassActor, ClassicProtection, Rule, Ruleset } from '../state/rules.js'
import type { Platform } from '../state/platform.js'
import type { ProtectionRule, Repository } from '../state/repository.js'

/** An exact name beats a pattern. */
export const classicRuleFor = (repository: Repository, branch: string): ProtectionRule | undefined =>
  repository.protections.find(({ pattern }) => pattern === branch) ??
  repository.protections.find(({ pattern }) => fnmatch(pattern, branch))

/** What a test says about classic protection: only what is ticked. */
export interface ProtectionSettings {
  readonly approvals?: number
  readonly dismissStale?: boolean
  readonly lastPush?: boolean
  readonly codeOwners?: boolean
  /** Names, or names pinned to an app (`null`: any source). */
  readonly checks?: readonly (string | { readonly name: string; readonly appId: number | null })[]
  readonly upToDate?: boolean
  readonly admins?: boolean
  readonly forcePush?: boolean
  readonly deletion?: boolean
  readonly linearHistory?: boolean
  readonly signedCommits?: boolean
  readonly conversations?: boolean
  readonly locked?: boolean
  readonly restrictedTo?: Partial<Actors>
  readonly bypassPullRequest?: Partial<Actors>
  readonly bypassForcePush?: Partial<Actors>
  readonly dismissal?: Partial<Actors>
}

const some = (actors: Partial<Actors> | undefined): Actors | null => (actors ? { ...NOBODY, ...actors } : null)

export const protectionFrom = (settings: ProtectionSettings): ClassicProtection => ({
  ...UNTICKED,
  required_status_checks:
    settings.checks || settings.upToDate !== undefined
      ? {
          strict: settings.upToDate ?? false,
          checks: (settings.checks ?? []).map((check) =>
            typeof check === 'string' ? { context: check, app_id: null } : { context: check.name, app_id: check.appId },
          ),
        }
      : null,
  required_pull_request_reviews:
    settings.approvals === undefined
      ? null
      : {
          dismiss_stale_reviews: settings.dismissStale ?? false,
          require_code_owner_reviews: settings.codeOwners ?? false,
          required_approving_review_count: settings.approvals,
          require_last_push_approval: settings.lastPush ?? false,
          dismissal_restrictions: some(settings.dismissal),
          bypass_pull_request_allowances: some(settings.bypassPullRequest),
        },
  enforce_admins: settings.admins ?? false,
  restrictions: some(settings.restrictedTo),
  required_linear_history: settings.linearHistory ?? false,
  allow_force_pushes: settings.forcePush ?? false,
  allow_deletions: settings.deletion ?? false,
  required_conversation_resolution: settings.conversations ?? false,
  required_signatures: settings.signedCommits ?? false,
  lock_branch: settings.locked ?? false,
  bypass_force_push_allowances: some(settings.bypassForcePush) ?? NOBODY,
})

export const protect = (
  platform: Platform,
  repository: Repository,
  pattern: string,
  protection: ClassicProtection,
  by: Account,
): ProtectionRule => {
  const known = repository.protections.find((rule) => rule.pattern === pattern)
  if (known) known.protection = protection
  const rule = known ?? platform.make('BranchProtectionRule', { pattern, protection })
  if (!known) repository.protections.push(rule)
  tellProtection(platform, repository, known ? 'edited' : 'created', rule, by)
  return rule
}

export const unprotect = (platform: Platform, repository: Repository, pattern: string, by: Account): void => {
  const index = repository.protections.findIndex((rule) => rule.pattern === pattern)
  const [gone] = index < 0 ? [] : repository.protections.splice(index, 1)
  if (!gone) throw new Error(`${pattern} is not protected`)
  tellProtection(platform, repository, 'deleted', gone, by)
}

const tellProtection = (
  platform: Platform,
  repository: Repository,
  action: string,
  { id, pattern, protection }: ProtectionRule,
  by: Account,
) => {
  const level = (on: boolean) => (on ? 'everyone' : 'off')
  platform.tell({
    event: 'branch_protection_rule',
    action,
    repository,
    sender: by,
    body: {
      rule: {
        id,
        repository_id: repository.id,
        name: pattern,
        created_at: platform.clock.iso(),
        updated_at: platform.clock.iso(),
        pull_request_reviews_enforcement_level: level(protection.required_pull_request_reviews !== null),
        required_approving_review_count: protection.required_pull_request_reviews?.required_approving_review_count ?? 0,
        dismiss_stale_reviews_on_push: protection.required_pull_request_reviews?.dismiss_stale_reviews ?? false,
        required_status_checks: protection.required_status_checks?.checks.map(({ context }) => context) ?? [],
        required_status_checks_enforcement_level: level(protection.required_status_checks !== null),
        strict_required_status_checks_policy: protection.required_status_checks?.strict ?? false,
        admin_enforced: protection.enforce_admins,
        allow_force_pushes_enforcement_level: level(protection.allow_force_pushes),
        allow_deletions_enforcement_level: level(protection.allow_deletions),
      },
      ...(action === 'edited' && { changes: {} }),
    },
  })
}

export interface RulesetSettings {
  readonly name: string
  /** The repository's, or the whole organisation's. */
  readonly of?: 'repository' | 'organisation'
  readonly target?: Ruleset['target']
  readonly enforcement?: Ruleset['enforcement']
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly rules: readonly Rule[]
  readonly bypass?: readonly BypassActor[]
}

export const addRuleset = (
  platform: Platform,
  repository: Repository,
  settings: RulesetSettings,
  by: Account,
): Ruleset => {
  const wide = settings.of === 'organisation'
  const now = platform.clock.now()
  const ruleset = platform.make('RepositoryRuleset', {
    source: wide ? repository.owner.login : fullName(repository),
    sourceType: wide ? 'Organization' : 'Repository',
    name: settings.name,
    target: settings.target ?? 'branch',
    enforcement: settings.enforcement ?? 'active',
    include: settings.include ?? ['~DEFAULT_BRANCH'],
    exclude: settings.exclude ?? [],
    rules: settings.rules,
    bypassActors: settings.bypass ?? [],
    createdAt: now,
    updatedAt: now,
  })
  rulesetsHome(repository, ruleset).push(ruleset)
  tellRuleset(platform, repository, 'created', ruleset, by)
  return ruleset
}

const rulesetsHome = (repository: Repository, { sourceType }: Ruleset): Ruleset[] => {
  if (sourceType === 'Repository') return repository.rulesets
  if (!isOrganisation(repository.owner)) throw new Error(`${repository.owner.login} is no organisation`)
  return repository.owner.rulesets
}

export const editRuleset = (
  platform: Platform,
  repository: Repository,
  ruleset: Ruleset,
  changes: Partial<Pick<Ruleset, 'enforcement' | 'rules' | 'include' | 'exclude' | 'bypassActors'>>,
  by: Account,
): void => {
  Object.assign(ruleset, changes, { updatedAt: platform.clock.now() })
  tellRuleset(platform, repository, 'edited', ruleset, by)
}

export const removeRuleset = (platform: Platform, repository: Repository, ruleset: Ruleset, by: Account): void => {
  const home = rulesetsHome(repository, ruleset)
  home.splice(home.indexOf(ruleset), 1)
  tellRuleset(platform, repository, 'deleted', ruleset, by)
}

const tellRuleset = (platform: Platform, repository: Repository, action: string, ruleset: Ruleset, by: Account) =>
  platform.tell({
    event: 'repository_ruleset',
    action,
    sender: by,
    ...(ruleset.sourceType === 'Repository' ? { repository } : { organisation: repository.owner }),
    body: { repository_ruleset: rulesetView(platform, ruleset, { detail: true, withBypass: false }) },
  })

/** Rulesets of the repository and of its organisation. */
export const allRulesets = (repository: Repository): readonly Ruleset[] => [
  ...repository.rulesets,
  ...(isOrganisation(repository.owner) ? repository.owner.rulesets : []),
]
