import { z } from 'zod'
import { Unreadable } from '../../gatekeeper/ports.js'
import type { BypassActor } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { filled, positive, text, whole } from '../shapes.js'

const switched = z.object({ enabled: z.boolean() }).optional()
const person = z.object({ id: positive, login: text })
const named = z.object({ id: positive, slug: text })

const protection = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean().optional(),
      contexts: z.array(text).optional(),
      checks: z.array(z.object({ context: filled, app_id: whole.nullish() })).optional(),
    })
    .nullish(),
  enforce_admins: z.object({ enabled: z.boolean() }),
  required_pull_request_reviews: z
    .object({
      dismiss_stale_reviews: z.boolean().optional(),
      require_code_owner_reviews: z.boolean().optional(),
      required_approving_review_count: whole.optional(),
      require_last_push_approval: z.boolean().optional(),
      bypass_pull_request_allowances: z
        .object({
          users: z.array(person).optional(),
          teams: z.array(named).optional(),
          apps: z.array(named).optional(),
        })
        .nullish(),
    })
    .nullish(),
  required_linear_history: switched,
  allow_force_pushes: switched,
  allow_deletions: switched,
  required_conversation_resolution: switched,
  required_signatures: switched,
})

export type Classic = z.infer<typeof protection> & { readonly bypass: readonly BypassActor[] | null }

const branchReply = z.object({ name: filled, protected: z.boolean() })

const isNotProtected = (error: Unreadable) => error.status === 404 && error.reason.includes('Branch not protected')

/**
 * Classic branch protection; `null`: the branch has none. GitHub's 404 says "not protected" and "not for you" alike, so
 * the branch itself is asked: protected, with no rule of a ruleset to explain it, means that something is hidden.
 */
export const readClassic = async (scope: Scope, branch: string, hasRules: boolean): Promise<Classic | null> => {
  const what = `protection of ${branch}`
  const at = { owner: scope.owner, repo: scope.repo, branch }
  try {
    const found = await scope.api.get(what, 'GET /repos/{owner}/{repo}/branches/{branch}/protection', at, protection)
    return { ...found, bypass: bypassOf(found) }
  } catch (error) {
    if (!(error instanceof Unreadable) || error.status !== 404) throw error
    const shown = await scope.api.get(
      `branch ${branch}`,
      'GET /repos/{owner}/{repo}/branches/{branch}',
      at,
      branchReply,
    )
    if (!shown.protected) return null
    if (isNotProtected(error) && hasRules) return null
    throw unreadable(what, 'the branch is protected, and GitHub does not show this installation how', 404)
  }
}

const bypassOf = ({ required_pull_request_reviews: reviews }: z.infer<typeof protection>): readonly BypassActor[] => {
  const { users = [], teams = [], apps = [] } = reviews?.bypass_pull_request_allowances ?? {}
  return [
    ...users.map(({ id, login }) => ({ kind: 'user', id, name: login }) as const),
    ...teams.map(({ id, slug }) => ({ kind: 'team', id, name: slug }) as const),
    ...apps.map(({ id, slug }) => ({ kind: 'app', id, name: slug }) as const),
  ]
}
