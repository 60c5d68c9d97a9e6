import type { BypassActor, Protection } from './facts.js'
import type { Group, GroupPart, ProtectionTerms } from './gate.js'
import { sameName } from './names.js'
import { ROLES } from './parameters.js'

/** One demand that GitHub does not enforce: its key in the policy, what is asked, and what is so. */
export type Weakness = {
  readonly key: string
  readonly asked: string | number | boolean
  readonly found: string | number | boolean
}

/** Everything in which a branch is protected less than asked. Keys that the terms do not name are not asked, but `admins`. */
export const weaknesses = (found: Protection, terms: ProtectionTerms): readonly Weakness[] => [
  ...(found.ownCheck ? [] : [weak('own_check', true, false)]),
  ...pullRequest(found, terms),
  ...checks(found, terms),
  ...(['upToDate', 'linearHistory', 'signedCommits', 'conversations'] as const).flatMap((key) =>
    terms[key] === true && !found[key] ? [weak(KEYS[key], true, false)] : [],
  ),
  ...(['forcePush', 'deletion'] as const).flatMap((key) =>
    terms[key] === false && found[key] ? [weak(KEYS[key], false, true)] : [],
  ),
  ...(terms.admins !== false && !found.admins ? [weak('admins', true, false)] : []),
  ...bypass(found, terms),
]

const KEYS = {
  upToDate: 'up_to_date',
  linearHistory: 'linear_history',
  signedCommits: 'signed_commits',
  conversations: 'conversations',
  forcePush: 'force_push',
  deletion: 'deletion',
} as const

const weak = (key: string, asked: Weakness['asked'], found: Weakness['found']): Weakness => ({ key, asked, found })

const pullRequest = (
  { pullRequest: found }: Protection,
  { pullRequest: asked }: ProtectionTerms,
): readonly Weakness[] => {
  if (asked === undefined) return []
  if (found === null) return [weak('pull_request', true, false)]
  const { approvals = 0 } = asked
  return [
    ...(found.approvals < approvals ? [weak('pull_request.approvals', approvals, found.approvals)] : []),
    ...(asked.dismissStale === true && !found.dismissStale ? [weak('pull_request.dismiss_stale', true, false)] : []),
    ...(asked.lastPush === true && !found.lastPush ? [weak('pull_request.last_push', true, false)] : []),
    ...(asked.codeOwners === true && !found.codeOwners ? [weak('pull_request.code_owners', true, false)] : []),
  ]
}

const checks = ({ checks: found }: Protection, { checks: asked = [] }: ProtectionTerms): readonly Weakness[] => {
  const required = new Set(found.map(({ name }) => name))
  return asked.flatMap((name) => (required.has(name) ? [] : [weak(`checks.${name}`, true, false)]))
}

const bypass = ({ bypass: found }: Protection, { bypass: asked }: ProtectionTerms): readonly Weakness[] => {
  if (asked === undefined || found === null) return []
  const allowed = asked.map(({ name }) => name).join(', ') || 'nobody'
  return found
    .filter((actor) => !asked.some((group) => mayBypass(group, actor)))
    .map((actor) => weak(`bypass.${actor.kind}`, allowed, actor.name))
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
