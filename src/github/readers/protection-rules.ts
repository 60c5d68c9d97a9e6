import { z } from 'zod'
import { Unreadable } from '../../gatekeeper/ports.js'
import type { BypassActor, Protection, RequiredCheck } from '../../policy/facts.js'
import { parsed } from '../errors.js'
import type { Scope } from '../scope.js'
import { filled, positive, text, whole } from '../shapes.js'

/** What the active rules of all rulesets together demand of a branch. */
export interface Rules {
  readonly any: boolean
  readonly pullRequests: readonly NonNullable<Protection['pullRequest']>[]
  readonly checks: readonly RequiredCheck[]
  readonly upToDate: boolean
  readonly noForcePush: boolean
  readonly noDeletion: boolean
  readonly linearHistory: boolean
  readonly signedCommits: boolean
  readonly conversations: boolean
  readonly bypass: readonly BypassActor[] | null
}

const rule = z.object({ type: filled, parameters: z.unknown().optional(), ruleset_id: positive.optional() })
type Rule = z.infer<typeof rule>

const demanded = z.boolean().default(false)

/** What a rule does not say, it does not demand. */
const pullRequestRule = z
  .object({
    required_approving_review_count: whole.default(0),
    dismiss_stale_reviews_on_push: demanded,
    require_last_push_approval: demanded,
    require_code_owner_review: demanded,
    required_review_thread_resolution: demanded,
  })
  .transform((found) => ({
    approvals: found.required_approving_review_count,
    dismissStale: found.dismiss_stale_reviews_on_push,
    lastPush: found.require_last_push_approval,
    codeOwners: found.require_code_owner_review,
    conversations: found.required_review_thread_resolution,
  }))

const checksRule = z.object({
  strict_required_status_checks_policy: demanded,
  required_status_checks: z.array(z.object({ context: filled, integration_id: whole.nullish() })),
})

const actors = z.array(z.object({ actor_id: whole.nullish(), actor_type: text }))
const ruleset = z.object({ bypass_actors: actors.optional() })

const KIND: ReadonlyMap<string, BypassActor['kind']> = new Map([
  ['Integration', 'app'],
  ['OrganizationAdmin', 'organization_admin'],
  ['RepositoryRole', 'role'],
  ['Team', 'team'],
  ['DeployKey', 'deploy_key'],
  ['User', 'user'],
])
/** Ids that GitHub gives its own repository roles. */
const ROLE: ReadonlyMap<number, string> = new Map([
  [2, 'maintain'],
  [4, 'write'],
  [5, 'admin'],
])

/** Who may go past one ruleset; `null`: GitHub does not show it to this installation. */
const bypassOf = async (scope: Scope, id: number): Promise<readonly BypassActor[] | null> => {
  const at = { owner: scope.owner, repo: scope.repo, ruleset_id: id }
  try {
    const found = await scope.api.get(`ruleset ${id}`, 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', at, ruleset)
    return found.bypass_actors?.map(actorOf) ?? null
  } catch (error) {
    // Who may bypass is one part of protection, asked only where a policy names it: not shown is `null`, never "nobody".
    if (error instanceof Unreadable) return null
    throw error
  }
}

const actorOf = ({ actor_id: actorId, actor_type: type }: z.infer<typeof actors>[number]): BypassActor => {
  const id = actorId ?? null
  const kind = KIND.get(type)
  if (!kind) return { kind: 'role', id, name: type }
  return { kind, id, name: (kind === 'role' && id !== null ? ROLE.get(id) : undefined) ?? `${type} ${id ?? ''}`.trim() }
}

const sumOf = (lists: readonly (readonly BypassActor[] | null)[]): readonly BypassActor[] | null =>
  lists.every((list) => list !== null) ? lists.flat() : null

/** Rules of every active ruleset that covers the branch, whole. */
export const readRules = async (scope: Scope, branch: string): Promise<Rules> => {
  const found = await scope.api.all(
    `rules of ${branch}`,
    'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    { owner: scope.owner, repo: scope.repo, branch },
    rule,
  )
  const ids = [...new Set(found.map(({ ruleset_id: id }) => id))]
  const bypass = await Promise.all(ids.map(async (id) => (id === undefined ? null : bypassOf(scope, id))))
  return { ...rulesOf(found), bypass: sumOf(bypass) }
}

const rulesOf = (found: readonly Rule[]): Omit<Rules, 'bypass'> => {
  const has = (type: string) => found.some((one) => one.type === type)
  const ofType = (type: string) => found.filter((one) => one.type === type).map(({ parameters }) => parameters)
  const pullRequests = ofType('pull_request').map((parameters) =>
    parsed('a pull_request rule', pullRequestRule, parameters),
  )
  const checks = ofType('required_status_checks').map((parameters) =>
    parsed('a required_status_checks rule', checksRule, parameters),
  )
  return {
    any: found.length > 0,
    pullRequests,
    checks: checks.flatMap(({ required_status_checks: required }) =>
      required.map(({ context, integration_id: id }) => ({ name: context, appId: id ?? null })),
    ),
    upToDate: has('merge_queue') || checks.some((one) => one.strict_required_status_checks_policy),
    noForcePush: has('non_fast_forward'),
    noDeletion: has('deletion'),
    linearHistory: has('required_linear_history'),
    signedCommits: has('required_signatures'),
    conversations: pullRequests.some((one) => one.conversations),
  }
}
