import { z } from 'zod'
import type { Person, TeamRef, UserRef } from '../../policy/facts.js'
import { teamId, userId } from '../../policy/facts.js'
import { Renamed, unreadable } from '../errors.js'
import { told } from '../query-first.js'
import type { Scope } from '../scope.js'
import { account, filled, positive, text } from '../shapes.js'

/** Where the ids first seen under a policy's names are pinned, until a commit touches `groups`. */
export const pinScope = (repository: number): string => `policy/${repository}`

const team = z.object({ id: positive, slug: filled })

const member = z.intersection(
  z.object({ inherited: z.boolean().optional(), type: text }),
  account.transform((person) => ({ person })),
)

/**
 * Holds a name to the account it was first seen with, or to the id that the policy gives.
 * @throws {Renamed} when it is another one now.
 */
export const holdToPin = async (scope: Scope, name: string, id: number, given: number | undefined): Promise<void> => {
  const pinned = given ?? (await scope.records.pin(pinScope(scope.id), name, teamId(id), scope.clock.now()))
  if (pinned !== id) throw new Renamed(`${name} is another one now: its id is ${id}, pinned is ${pinned}`)
}

export interface Team {
  readonly id: number
  readonly members: readonly Person[]
}

const TEAM = `
query Team($org: String!, $slug: String!, $membership: TeamMembershipType!) {
  organization(login: $org) { team(slug: $slug) {
    databaseId slug
    members(first: 100, membership: $membership) {
      totalCount pageInfo { hasNextPage } nodes { databaseId login }
    }
  } }
}`

const teamReply = z.object({
  organization: z.object({
    team: z.object({
      databaseId: positive,
      slug: filled,
      members: z.object({
        totalCount: z.number().int(),
        pageInfo: z.object({ hasNextPage: z.literal(false) }),
        nodes: z.array(z.object({ databaseId: positive, login: filled })),
      }),
    }),
  }),
})

/** A team of up to a hundred people, from one query; `null`: that does not tell it whole. */
const askTeam = async (scope: Scope, { slug, inherited }: TeamRef): Promise<Team | null> => {
  const variables = { org: scope.owner, slug, membership: inherited ? 'ALL' : 'IMMEDIATE' }
  const reply = await told(() => scope.api.query(`team ${slug}`, TEAM, variables, teamReply))
  if (reply === null) return null
  const { databaseId: id, slug: found, members } = reply.organization.team
  if (found.toLowerCase() !== slug.toLowerCase() || members.nodes.length !== members.totalCount) return null
  return {
    id,
    members: members.nodes.map(({ databaseId, login }) => ({ id: userId(databaseId), login, kind: 'user' })),
  }
}

/** A team's id and active members, child teams' included unless the policy says otherwise; apps never. */
export const readTeam = async (scope: Scope, ref: TeamRef): Promise<Team> =>
  (await askTeam(scope, ref)) ?? listTeam(scope, ref)

const listTeam = async (scope: Scope, { slug, inherited }: TeamRef): Promise<Team> => {
  const at = { org: scope.owner, team_slug: slug }
  const { id, slug: found } = await scope.api.get(`team ${slug}`, 'GET /orgs/{org}/teams/{team_slug}', at, team)
  if (found.toLowerCase() !== slug.toLowerCase()) throw unreadable(`team ${slug}`, `GitHub answered with ${found}`)
  const what = `members of team ${slug}`
  const rows = await scope.api.all(what, 'GET /orgs/{org}/teams/{team_slug}/members', at, member)
  const own = inherited ? rows : await directOf(scope, slug, rows)
  return { id, members: own.flatMap(({ person }) => (person?.kind === 'user' ? [person] : [])) }
}

const immediate = z.object({
  organization: z.object({
    team: z.object({
      members: z.object({
        totalCount: z.number().int(),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: text.nullable() }),
        nodes: z.array(z.object({ databaseId: positive })),
      }),
    }),
  }),
})

const IMMEDIATE = `
query($org: String!, $slug: String!, $after: String) {
  organization(login: $org) { team(slug: $slug) {
    members(first: 100, after: $after, membership: IMMEDIATE) {
      totalCount pageInfo { hasNextPage endCursor } nodes { databaseId }
    }
  } }
}`

type Member = z.infer<typeof member>

/** Only those who are in the team themselves; asked of GraphQL where REST does not mark who came by a child team. */
const directOf = async (scope: Scope, slug: string, rows: readonly Member[]): Promise<readonly Member[]> => {
  if (rows.every(({ inherited }) => inherited !== undefined)) return rows.filter(({ inherited }) => inherited === false)
  const what = `direct members of team ${slug}`
  const ids = new Set<number>()
  for (let after: string | null = null; ;) {
    const reply: z.infer<typeof immediate> = await scope.api.query(
      what,
      IMMEDIATE,
      { org: scope.owner, slug, after },
      immediate,
    )
    const { nodes, pageInfo, totalCount } = reply.organization.team.members
    for (const { databaseId } of nodes) ids.add(databaseId)
    after = pageInfo.endCursor
    if (pageInfo.hasNextPage && nodes.length > 0) continue
    if (ids.size !== totalCount) throw unreadable(what, `GitHub counts ${totalCount} and lists ${ids.size}`)
    return rows.filter(({ person }) => person !== null && ids.has(person.id))
  }
}

/** The account that the policy means by a login. */
export const readUser = async (scope: Scope, { login }: UserRef): Promise<Person> => {
  const person = await scope.api.get(`user ${login}`, 'GET /users/{username}', { username: login }, account)
  if (person === null) throw unreadable(`user ${login}`, 'it is no person and no app')
  if (person.login.toLowerCase() !== login.toLowerCase())
    throw unreadable(`user ${login}`, `GitHub answered with ${person.login}`)
  return person
}

/** An account by its login now; `null`: there is none. */
export const findUser = (scope: Scope, login: string): Promise<Person | null> =>
  scope.api.find(`user ${login}`, 'GET /users/{username}', { username: login }, account)

/** An account by its id, with the login it has now. */
export const findUserById = async (scope: Scope, id: number): Promise<Person | null> => {
  const what = `user ${id}`
  const person = await scope.api.find(what, 'GET /user/{account_id}', { account_id: id }, account)
  if (person !== null && person.id !== id) throw unreadable(what, `GitHub answered with ${person.id}`)
  return person
}

/**
 * Members of an organisation. Of any but the repository's own, GitHub shows an app only who is public, which would be a
 * shorter list.
 */
export const readOrganization = async (scope: Scope, organization: string): Promise<readonly Person[]> => {
  const what = `members of ${organization}`
  if (organization.toLowerCase() !== scope.owner.toLowerCase())
    throw unreadable(what, 'an app is shown all members of the repository’s own organisation only')
  const people = await scope.api.all(what, 'GET /orgs/{org}/members', { org: organization }, account)
  return people.flatMap((person) => (person?.kind === 'user' ? [person] : []))
}
