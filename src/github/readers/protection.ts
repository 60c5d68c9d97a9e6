import type { Protection, RequiredCheck } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { readClassic, type Classic } from './protection-classic.js'
import { readForcePushers } from './force-pushers.js'
import { readRules, type Rules } from './protection-rules.js'

/** The check that must be required and pinned to this app. */
const OWN_CHECK = 'release-gates/merge'

const on = (switched: { readonly enabled: boolean } | undefined): boolean => switched?.enabled === true

const requiredOf = (classic: Classic | null, rules: Rules): readonly RequiredCheck[] => {
  const status = classic?.required_status_checks
  const pinned = (status?.checks ?? []).map(({ context, app_id: id }) => ({
    name: context,
    appId: id === undefined || id === null || id < 0 ? null : id,
  }))
  const bare = (status?.contexts ?? [])
    .filter((name) => !pinned.some((check) => check.name === name))
    .map((name) => ({ name, appId: null }))
  return [...pinned, ...bare, ...rules.checks]
}

const pullRequestOf = (classic: Classic | null, rules: Rules): Protection['pullRequest'] => {
  const reviews = classic?.required_pull_request_reviews
  const layers = [
    ...(reviews
      ? [
          {
            approvals: reviews.required_approving_review_count ?? 0,
            dismissStale: reviews.dismiss_stale_reviews ?? false,
            lastPush: reviews.require_last_push_approval ?? false,
            codeOwners: reviews.require_code_owner_reviews ?? false,
          },
        ]
      : []),
    ...rules.pullRequests,
  ]
  if (layers.length === 0) return null
  return {
    approvals: Math.max(...layers.map(({ approvals }) => approvals)),
    dismissStale: layers.some(({ dismissStale }) => dismissStale),
    lastPush: layers.some(({ lastPush }) => lastPush),
    codeOwners: layers.some(({ codeOwners }) => codeOwners),
  }
}

/** Both layers joined: of each rule the stricter, of who may bypass the sum. */
export const joinProtection = (branch: string, classic: Classic | null, rules: Rules, appId: number): Protection => {
  const checks = requiredOf(classic, rules)
  const forbids = (switched: { readonly enabled: boolean } | undefined) =>
    classic !== null && switched?.enabled === false
  return {
    branch,
    pullRequest: pullRequestOf(classic, rules),
    checks,
    ownCheck: checks.some((check) => check.name === OWN_CHECK && check.appId === appId),
    upToDate: classic?.required_status_checks?.strict === true || rules.upToDate,
    forcePush: !forbids(classic?.allow_force_pushes) && !rules.noForcePush,
    deletion: !forbids(classic?.allow_deletions) && !rules.noDeletion,
    linearHistory: on(classic?.required_linear_history) || rules.linearHistory,
    signedCommits: on(classic?.required_signatures) || rules.signedCommits,
    conversations: on(classic?.required_conversation_resolution) || rules.conversations,
    admins: classic === null ? rules.any : on(classic.enforce_admins),
    bypass: bypassOf(classic, rules),
  }
}

const bypassOf = (classic: Classic | null, rules: Rules): Protection['bypass'] => {
  if (rules.bypass === null || classic?.bypass === null) return null
  return [...rules.bypass, ...(classic?.bypass ?? [])]
}

const withForcePushers = async (scope: Scope, branch: string, classic: Classic): Promise<Classic> => {
  const pushers = await readForcePushers(scope, branch)
  return { ...classic, bypass: pushers && classic.bypass && [...classic.bypass, ...pushers] }
}

/** What GitHub enforces on a branch now, classic protection and rulesets together. Both must be readable. */
export const readProtection = async (scope: Scope, branch: string): Promise<Protection> => {
  const rules = await readRules(scope, branch)
  const classic = await readClassic(scope, branch, rules.any)
  return joinProtection(branch, classic && (await withForcePushers(scope, branch, classic)), rules, scope.appId)
}
