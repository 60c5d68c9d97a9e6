/** Classic branch protection, every key of `GET /branches/{b}/protection`. */
export interface ClassicProtection {
  required_status_checks: {
    strict: boolean
    checks: readonly { readonly context: string; readonly app_id: number | null }[]
  } | null
  enforce_admins: boolean
  required_pull_request_reviews: {
    dismiss_stale_reviews: boolean
    require_code_owner_reviews: boolean
    required_approving_review_count: number
    require_last_push_approval: boolean
    dismissal_restrictions: Actors | null
    bypass_pull_request_allowances: Actors | null
  } | null
  restrictions: Actors | null
  required_linear_history: boolean
  allow_force_pushes: boolean
  allow_deletions: boolean
  block_creations: boolean
  required_conversation_resolution: boolean
  required_signatures: boolean
  lock_branch: boolean
  allow_fork_syncing: boolean
  /** Who may force push all the same; GraphQL alone shows it. */
  bypass_force_push_allowances: Actors
}

/** Logins and slugs. */
export interface Actors {
  readonly users: readonly string[]
  readonly teams: readonly string[]
  readonly apps: readonly string[]
}

export const NOBODY: Actors = { users: [], teams: [], apps: [] }

/** What GitHub sets where nothing was ticked. */
export const UNTICKED: ClassicProtection = {
  required_status_checks: null,
  enforce_admins: false,
  required_pull_request_reviews: null,
  restrictions: null,
  required_linear_history: false,
  allow_force_pushes: false,
  allow_deletions: false,
  block_creations: false,
  required_conversation_resolution: false,
  required_signatures: false,
  lock_branch: false,
  allow_fork_syncing: false,
  bypass_force_push_allowances: NOBODY,
}

export interface Rule {
  readonly type: string
  readonly parameters?: Readonly<Record<string, unknown>>
}

export interface BypassActor {
  readonly actor_type: 'Integration' | 'OrganizationAdmin' | 'RepositoryRole' | 'Team' | 'DeployKey' | 'User'
  readonly actor_id: number | null
  readonly bypass_mode: 'always' | 'pull_request' | 'exempt'
}

export interface Ruleset {
  readonly id: number
  readonly nodeId: string
  /** `owner/name` of the repository, or the organisation's login. */
  readonly source: string
  readonly sourceType: 'Repository' | 'Organization'
  name: string
  target: 'branch' | 'tag' | 'push'
  enforcement: 'active' | 'evaluate' | 'disabled'
  include: readonly string[]
  exclude: readonly string[]
  rules: readonly Rule[]
  /** Shown only to a caller who may write the ruleset. */
  bypassActors: readonly BypassActor[]
  readonly createdAt: number
  updatedAt: number
}

/** Ruby's `File.fnmatch` as GitHub uses it: `*` stops at a slash, `**` does not. */
export const fnmatch = (pattern: string, name: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?/g, '\u0000')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replaceAll('\u0000', '.*')
  return new RegExp(`^${source}$`).test(name)
}

/** Whether an active ruleset speaks about a ref such as `refs/heads/main`. */
export const ruleCovers = (ruleset: Ruleset, ref: string, defaultBranch: string): boolean => {
  if (ruleset.target !== (ref.startsWith('refs/tags/') ? 'tag' : 'branch')) return false
  const matches = (pattern: string) =>
    pattern === '~ALL' ||
    (pattern === '~DEFAULT_BRANCH' ? ref === `refs/heads/${defaultBranch}` : fnmatch(pattern, ref))
  return ruleset.include.some(matches) && !ruleset.exclude.some(matches)
}
