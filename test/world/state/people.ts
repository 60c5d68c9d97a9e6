import type { Ruleset } from './rules.js'

export type RepositoryRole = 'read' | 'triage' | 'write' | 'maintain' | 'admin'

/** An account by id; logins change hands. */
export interface Account {
  readonly id: number
  readonly nodeId: string
  readonly type: 'User' | 'Bot' | 'Organization'
  login: string
  name: string
  email: string
  suspended: boolean
}

export interface Membership {
  role: 'member' | 'maintainer'
  /** `pending` is an invitation, not membership. */
  state: 'active' | 'pending'
}

export interface Team {
  readonly id: number
  readonly nodeId: string
  readonly organisation: Organisation
  name: string
  /** Made from the name: a rename changes it, and another team may take the old one. */
  slug: string
  privacy: 'closed' | 'secret'
  parent: Team | null
  readonly members: Map<number, Membership>
}

export interface Organisation extends Account {
  readonly members: Map<number, { role: 'admin' | 'member'; state: 'active' | 'pending' }>
  readonly teams: Team[]
  readonly rulesets: Ruleset[]
}

export const isOrganisation = (account: Account): account is Organisation => account.type === 'Organization'

export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** The team and everything below it. */
export const withChildren = (team: Team): readonly Team[] => [
  team,
  ...team.organisation.teams.filter((child) => child.parent === team).flatMap(withChildren),
]

/** Direct membership first, else one inherited from a child team; `null`: none, not even an invitation. */
export const membershipIn = (team: Team, user: number): (Membership & { readonly inherited: boolean }) | null => {
  const own = team.members.get(user)
  if (own) return { ...own, inherited: false }
  const child = withChildren(team).find((below) => below.members.has(user))
  const below = child?.members.get(user)
  return below ? { role: 'member', state: below.state, inherited: true } : null
}
