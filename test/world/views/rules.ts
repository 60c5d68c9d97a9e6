import { userView, teamView, appView } from './people.js'
import { repositoryUrl } from './repository.js'
import type { Actors, ClassicProtection, Ruleset } from '../state/rules.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'
import { isOrganisation } from '../state/people.js'

const actors = (platform: Platform, repository: Repository, { users, teams, apps }: Actors) => ({
  users: users.map((login) => userView(platform, platform.account(login))),
  teams: isOrganisation(repository.owner)
    ? repository.owner.teams.filter(({ slug }) => teams.includes(slug)).map((team) => teamView(platform, team))
    : [],
  apps: platform.apps.filter(({ slug }) => apps.includes(slug)).map((app) => appView(platform, app)),
})

/** Classic protection of one branch. Keys that are off are absent where GitHub leaves them out. */
export const protectionView = (
  platform: Platform,
  repository: Repository,
  branch: string,
  protection: ClassicProtection,
) => {
  const url = `${repositoryUrl(platform, repository)}/branches/${branch}/protection`
  const reviews = protection.required_pull_request_reviews
  const checks = protection.required_status_checks
  return {
    url,
    required_status_checks: checks
      ? {
          url: `${url}/required_status_checks`,
          strict: checks.strict,
          contexts: checks.checks.map(({ context }) => context),
          contexts_url: `${url}/required_status_checks/contexts`,
          checks: checks.checks,
        }
      : undefined,
    required_pull_request_reviews: reviews
      ? {
          url: `${url}/required_pull_request_reviews`,
          dismiss_stale_reviews: reviews.dismiss_stale_reviews,
          require_code_owner_reviews: reviews.require_code_owner_reviews,
          required_approving_review_count: reviews.required_approving_review_count,
          require_last_push_approval: reviews.require_last_push_approval,
          dismissal_restrictions: reviews.dismissal_restrictions
            ? actors(platform, repository, reviews.dismissal_restrictions)
            : undefined,
          bypass_pull_request_allowances: reviews.bypass_pull_request_allowances
            ? actors(platform, repository, reviews.bypass_pull_request_allowances)
            : undefined,
        }
      : undefined,
    restrictions: protection.restrictions ? actors(platform, repository, protection.restrictions) : undefined,
    required_signatures: { url: `${url}/required_signatures`, enabled: protection.required_signatures },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforce_admins },
    required_linear_history: { enabled: protection.required_linear_history },
    allow_force_pushes: { enabled: protection.allow_force_pushes },
    allow_deletions: { enabled: protection.allow_deletions },
    block_creations: { enabled: protection.block_creations },
    required_conversation_resolution: { enabled: protection.required_conversation_resolution },
    lock_branch: { enabled: protection.lock_branch },
    allow_fork_syncing: { enabled: protection.allow_fork_syncing },
  }
}

/** `withBypass`: the caller may write the ruleset; else the field is silently missing. */
export const rulesetView = (
  platform: Platform,
  ruleset: Ruleset,
  { detail, withBypass }: { readonly detail: boolean; readonly withBypass: boolean },
) => ({
  id: ruleset.id,
  name: ruleset.name,
  target: ruleset.target,
  source_type: ruleset.sourceType,
  source: ruleset.source,
  enforcement: ruleset.enforcement,
  node_id: ruleset.nodeId,
  created_at: platform.clock.iso(ruleset.createdAt),
  updated_at: platform.clock.iso(ruleset.updatedAt),
  ...(detail && {
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    current_user_can_bypass: 'never',
  }),
  ...(detail && withBypass && { bypass_actors: ruleset.bypassActors }),
})
