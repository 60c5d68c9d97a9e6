import { GraphQLError } from './library.js'
import { connection, demand, notFound } from './eye.js'
import { isOrganisation, membershipIn } from '../state/people.js'
import type { Account, Organisation, Team } from '../state/people.js'
import type { App } from '../state/apps.js'
import type { Eye, PageArguments } from './eye.js'

/** Accounts as GraphQL shows them. A bot's login has no `[bot]` here, and no `user`. */
export const actorNode = ({ platform }: Eye, account: Account | null) => {
  if (!account) return null
  const { type, id, nodeId, name } = account
  const login = type === 'Bot' ? account.login.replace(/\[bot\]$/, '') : account.login
  return {
    __typename: type,
    id: nodeId,
    databaseId: id,
    login,
    name,
    url: `${platform.origin}/${login}`,
    resourcePath: `/${login}`,
    createdAt: platform.clock.iso(),
    updatedAt: platform.clock.iso(),
    email: '',
    isViewer: false,
    isSiteAdmin: false,
  }
}

/** A user, where the field has no room for a bot. */
export const userNode = (eye: Eye, account: Account | null) =>
  account?.type === 'User' ? actorNode(eye, account) : null

export const appNode = ({ platform }: Eye, app: App) => ({
  __typename: 'App',
  id: app.nodeId,
  databaseId: app.id,
  slug: app.slug,
  name: app.name,
  url: `${platform.origin}/apps/${app.slug}`,
  createdAt: platform.clock.iso(),
  updatedAt: platform.clock.iso(),
})

const users = ({ platform }: Eye) => [...platform.accounts.values()].filter(({ type }) => type === 'User')

export const teamNode = (eye: Eye, team: Team): object => ({
  __typename: 'Team',
  id: team.nodeId,
  databaseId: team.id,
  slug: team.slug,
  name: team.name,
  combinedSlug: `${team.organisation.login}/${team.slug}`,
  privacy: team.privacy === 'secret' ? 'SECRET' : 'VISIBLE',
  organization: () => organisationNode(eye, team.organisation),
  parentTeam: () => team.parent && teamNode(eye, team.parent),
  childTeams: (page: PageArguments) =>
    connection(
      team.organisation.teams.filter(({ parent }) => parent === team),
      page,
      (child) => teamNode(eye, child),
    ),
  members: ({
    membership = 'ALL',
    role,
    ...page
  }: PageArguments & { readonly membership?: string; readonly role?: string | null }) => {
    const rows = users(eye).flatMap((account) => {
      const member = membershipIn(team, account.id)
      if (member?.state !== 'active') return []
      if ((membership === 'IMMEDIATE' && member.inherited) || (membership === 'CHILD_TEAM' && !member.inherited))
        return []
      return role && member.role.toUpperCase() !== role ? [] : [{ account, member }]
    })
    return connection(rows, page, ({ account }) => actorNode(eye, account), {
      edge: ({ member }) => ({ role: member.role.toUpperCase() }),
    })
  },
})

export const organisationNode = (eye: Eye, organisation: Organisation): object => ({
  ...actorNode(eye, organisation),
  team: ({ slug }: { readonly slug: string }) => {
    demand(eye, 'members')
    const team = organisation.teams.find((one) => one.slug === slug.toLowerCase())
    return team ? teamNode(eye, team) : null
  },
  teams: (page: PageArguments) => {
    demand(eye, 'members')
    return connection(organisation.teams, page, (team) => teamNode(eye, team))
  },
  membersWithRole: (page: PageArguments) => {
    demand(eye, 'members')
    const rows = users(eye).filter(({ id }) => organisation.members.get(id)?.state === 'active')
    return connection(rows, page, (account) => actorNode(eye, account), {
      edge: ({ id }) => ({
        role: organisation.members.get(id)?.role === 'admin' ? 'ADMIN' : 'MEMBER',
        hasTwoFactorEnabled: null,
      }),
    })
  },
})

export const findOrganisation = (eye: Eye, login: string): object => {
  const account = eye.platform.findAccount(login)
  if (!account || !isOrganisation(account)) throw notFound(`an Organization with the login of '${login}'`)
  return organisationNode(eye, account)
}

export const findUser = (eye: Eye, login: string): object | null => {
  const account = eye.platform.findAccount(login)
  if (account?.type !== 'User') throw notFound(`a User with the login of '${login}'`)
  return actorNode(eye, account)
}

export const viewerNode = (eye: Eye): object | null => {
  switch (eye.caller.kind) {
    case 'user':
      return actorNode(eye, eye.caller.account)
    case 'installation':
      return { ...actorNode(eye, eye.caller.installation.app.bot), __typename: 'User' }
    case 'app':
    case 'nobody':
      throw new GraphQLError('This endpoint requires you to be authenticated.', { extensions: { type: 'FORBIDDEN' } })
  }
}
