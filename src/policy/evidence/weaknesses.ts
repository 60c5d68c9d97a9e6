import type { BypassActor, Protection } from '../facts.js'
import type { Group, GroupPart, ProtectionTerms } from '../gate.js'
import { sameName } from '../reading/names.js'
import { ROLES } from '../parameters.js'

/** One demand that GitHub does not enforce: its key in the policy, what is asked, and what is so. */
export type Weakness = {
  readonly key: string
  readonly asked: string | number | boolean
  readonly found: string | number | boolean
}

/** Everything in which a branch is protected less than asked. Keys that the terms do not name are not asked, but `admins`. */
export const weaknesses = (found: Protection, terms: ProtectionTerms): readonly Weakness[] => {
  const weak: Weakness[] = []
  if (!found.ownCheck) weak.push({ key: 'own_check', asked: true, found: false })
  if (terms.pullRequest !== undefined) pullRequest(found.pullRequest, terms.pullRequest, weak)
  for (const name of terms.checks ?? [])
    if (!found.checks.some((check) => check.name === name))
      weak.push({ key: `checks.${name}`, asked: true, found: false })
  for (const key of DEMANDED)
    if (terms[key] === true && !found[key]) weak.push({ key: KEYS[key], asked: true, found: false })
  for (const key of FORBIDDEN)
    if (terms[key] === false && found[key]) weak.push({ key: KEYS[key], asked: false, found: true })
  if (terms.admins !== false && !found.admins) weak.push({ key: 'admins', asked: true, found: false })
  weak.push(...bypass(found, terms))
  return weak
}

const KEYS = {
  upToDate: 'up_to_date',
  linearHistory: 'linear_history',
  signedCommits: 'signed_commits',
  conversations: 'conversations',
  forcePush: 'force_push',
  deletion: 'deletion',
} as const

const DEMANDED = ['upToDate', 'linearHistory', 'signedCommits', 'conversations'] as const
const FORBIDDEN = ['forcePush', 'deletion'] as const

const pullRequest = (
  found: Protection['pullRequest'],
  asked: NonNullable<ProtectionTerms['pullRequest']>,
  weak: Weakness[],
): void => {
  if (found === null) {
    weak.push({ key: 'pull_request', asked: true, found: false })
    return
  }
  const { approvals = 0 } = asked
  if (found.approvals < approvals)
    weak.push({ key: 'pull_request.approvals', asked: approvals, found: found.approvals })
  for (const [key, name] of PULL_REQUEST)
    if (asked[key] === true && !found[key]) weak.push({ key: `pull_request.${name}`, asked: true, found: false })
}

const PULL_REQUEST = [
  ['dismissStale', 'dismiss_stale'],
  ['lastPush', 'last_push'],
  ['codeOwners', 'code_owners'],
] as const

const bypass = ({ bypass: found }: Protection, { bypass: asked }: ProtectionTerms): readonly Weakness[] => {
  if (asked === undefined || found === null) return []
  const allowed = asked.map(({ name }) => name).join(', ') || 'nobody'
  return found
    .filter((actor) => !asked.some((group) => mayBypass(group, actor)))
    .map((actor) => ({ key: `bypass.${actor.kind}`, asked: allowed, found: actor.name }))
}

const mayBypass = ({ parts }: Group, actor: BypassActor): boolean => parts.some((part) => covers(part, actor))

/** A person who is in a named team, but may bypass in their own name, is not covered: the list itself must be as named. */
const covers = (part: GroupPart, { kind, id, name }: BypassActor): boolean => {
  switch (kind) {
    case 'team':
      return part.kind === 'team' && (part.id === undefined ? sameName(part.slug, name) : part.id === id)
    case 'user':
      return part.kind === 'user' && (part.id === undefined ? sameName(part.login, name) : part.id === id)
    case 'app':
      return part.kind === 'user' && sameName(part.login, `${name}[bot]`)
    case 'role':
      return part.kind === 'role' && atLeast(name, part.role)
    case 'organization_admin':
      return part.kind === 'organization' || part.kind === 'role'
    case 'deploy_key':
      return false
  }
}

const atLeast = (name: string, least: (typeof ROLES)[number]): boolean =>
  ROLES.findIndex((role) => role === name) >= ROLES.indexOf(least)
