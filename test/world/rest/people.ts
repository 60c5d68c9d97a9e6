import { HttpProblem, found, notFound } from '../http/problem.js'
import { list, listUnder, noContent, ok, route } from '../http/route.js'
import { accountOf, actorOf, number, organisationOf, repositoryOf } from './common.js'
import {
  fullTeamView,
  installationView,
  legacyPermission,
  organisationView,
  orgMembershipView,
  rolePermissions,
  teamView,
  userView,
} from '../views/people.js'
import { membershipIn } from '../state/people.js'
import { repositoryView } from '../views/repository.js'
import { sees } from '../http/visible.js'
import type { Account, Organisation, Team } from '../state/people.js'
import type { Call, Realm, Route } from '../http/route.js'

const MEMBERS = ['members', 'read'] as const
const METADATA = ['metadata', 'read'] as const

/** Secret teams are hidden from nobody who may read members: an installation sees them all. */
const teamOf = (realm: Realm, call: Call): Team =>
  found(organisationOf(realm, call).teams.find(({ slug }) => slug === call.params['team_slug']))

const active = (organisation: Organisation, id: number): boolean => organisation.members.get(id)?.state === 'active'

const publicUser = (realm: Realm, account: Account) => ({
  ...userView(realm.platform, account),
  name: account.name,
  company: null,
  blog: '',
  location: null,
  email: null,
  hireable: null,
  bio: null,
  created_at: realm.platform.clock.iso(),
  updated_at: realm.platform.clock.iso(),
  user_view_type: 'public',
})

const everyone = ({ platform }: Realm): readonly Account[] => [...platform.accounts.values()]

/** Organisations, teams, people and what they may do. */
export const peopleRoutes: readonly Route[] = [
  route('GET /user', 'any', (realm, call) => {
    if (call.caller.kind !== 'user') throw new HttpProblem(403, 'Resource not accessible by integration')
    return ok(publicUser(realm, actorOf(call).account))
  }),
  route('GET /user/orgs', 'any', (realm, call) => {
    const { account } = actorOf(call)
    return list(
      everyone(realm)
        .filter((one): one is Organisation => one.type === 'Organization' && active(one as Organisation, account.id))
        .map((one) => ({ ...organisationView(realm.platform, one), description: null })),
    )
  }),
  route('GET /user/installations', 'any', ({ platform }) =>
    listUnder(
      'installations',
      platform.installations
        .filter(({ app }) => app.publicKeys.length > 0)
        .map((one) => installationView(platform, one)),
    ),
  ),
  route('GET /user/installations/{installation_id}/repositories', 'any', ({ platform }, call) => {
    const installation = found(platform.installations.find(({ id }) => id === number(call, 'installation_id')))
    return listUnder(
      'repositories',
      platform
        .repositoriesOf(installation)
        .filter((one) => sees(platform, call.caller, one))
        .map((one) => repositoryView(platform, one)),
    )
  }),
  route('GET /users/{username}', 'any', (realm, call) => ok(publicUser(realm, accountOf(realm, call)))),
  route('GET /user/{account_id}', 'any', (realm, call) =>
    ok(publicUser(realm, found(realm.platform.accountById(number(call, 'account_id'))))),
  ),
  route('GET /orgs/{org}', 'any', (realm, call) => {
    const organisation = organisationOf(realm, call)
    const now = realm.platform.clock.iso()
    return ok({
      ...organisationView(realm.platform, organisation),
      name: organisation.name,
      description: null,
      type: 'Organization',
      created_at: now,
      updated_at: now,
      archived_at: null,
    })
  }),
  route('GET /orgs/{org}/installations', ['organization_administration', 'read'], (realm, call) => {
    const organisation = organisationOf(realm, call)
    return listUnder(
      'installations',
      realm.platform.installations
        .filter(({ account }) => account === organisation)
        .map((one) => installationView(realm.platform, one)),
    )
  }),
  route('GET /orgs/{org}/repos', METADATA, (realm, call) => {
    const organisation = organisationOf(realm, call)
    return list(
      realm.platform.repositories
        .filter((one) => one.owner === organisation && sees(realm.platform, call.caller, one))
        .map((one) => repositoryView(realm.platform, one)),
    )
  }),
  route('GET /orgs/{org}/members', MEMBERS, (realm, call) => {
    const organisation = organisationOf(realm, call)
    const role = call.query['role'] ?? 'all'
    const members = everyone(realm).filter(
      ({ id }) => active(organisation, id) && (role === 'all' || organisation.members.get(id)?.role === role),
    )
    return list(members.map((one) => userView(realm.platform, one)))
  }),
  route('GET /orgs/{org}/members/{username}', MEMBERS, (realm, call) => {
    if (!active(organisationOf(realm, call), accountOf(realm, call).id)) throw notFound()
    return noContent
  }),
  route('GET /orgs/{org}/memberships/{username}', MEMBERS, (realm, call) => {
    const [organisation, account] = [organisationOf(realm, call), accountOf(realm, call)]
    found(organisation.members.get(account.id))
    return ok(orgMembershipView(realm.platform, organisation, account))
  }),
  route('GET /orgs/{org}/teams', MEMBERS, (realm, call) =>
    list(organisationOf(realm, call).teams.map((team) => teamView(realm.platform, team))),
  ),
  route('GET /orgs/{org}/teams/{team_slug}', MEMBERS, (realm, call) =>
    ok(fullTeamView(realm.platform, teamOf(realm, call))),
  ),
  route('GET /orgs/{org}/teams/{team_slug}/teams', MEMBERS, (realm, call) => {
    const team = teamOf(realm, call)
    return list(
      team.organisation.teams.filter(({ parent }) => parent === team).map((child) => teamView(realm.platform, child)),
    )
  }),
  route('GET /orgs/{org}/teams/{team_slug}/members', MEMBERS, (realm, call) => {
    const team = teamOf(realm, call)
    const role = call.query['role'] ?? 'all'
    const rows = everyone(realm).flatMap((account) => {
      const member = membershipIn(team, account.id)
      if (member?.state !== 'active' || (role !== 'all' && member.role !== role)) return []
      return [{ ...userView(realm.platform, account), role: member.role, inherited: member.inherited }]
    })
    return list(rows)
  }),
  route('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', MEMBERS, (realm, call) => {
    const [team, account] = [teamOf(realm, call), accountOf(realm, call)]
    const member = found(membershipIn(team, account.id))
    const owner = team.organisation.members.get(account.id)?.role === 'admin'
    return ok({
      url: `${realm.platform.api}/organizations/${team.organisation.id}/team/${team.id}/memberships/${account.login}`,
      state: member.state,
      role: owner ? 'maintainer' : member.role,
    })
  }),
  route('GET /repos/{owner}/{repo}/teams', METADATA, (realm, call) => {
    const { teamRoles } = repositoryOf(realm, call)
    const teams = [...realm.platform.nodes.values()].flatMap((node) =>
      node.kind === 'Team' && teamRoles.has(node.value.id) ? [node.value] : [],
    )
    return list(
      teams.map((team) => ({ ...teamView(realm.platform, team), permission: teamRoles.get(team.id) ?? 'pull' })),
    )
  }),
  route('GET /repos/{owner}/{repo}/collaborators', METADATA, (realm, call) => {
    const repository = repositoryOf(realm, call)
    const rows = everyone(realm).flatMap((account) => {
      const role = account.type === 'User' ? realm.platform.roleOf(repository, account) : null
      return role ? [{ ...userView(realm.platform, account), permissions: rolePermissions(role), role_name: role }] : []
    })
    return list(rows)
  }),
  route('GET /repos/{owner}/{repo}/collaborators/{username}', METADATA, (realm, call) => {
    if (realm.platform.roleOf(repositoryOf(realm, call), accountOf(realm, call)) === null) throw notFound()
    return noContent
  }),
  route('GET /repos/{owner}/{repo}/collaborators/{username}/permission', METADATA, (realm, call) => {
    const account = accountOf(realm, call)
    const role = realm.platform.roleOf(repositoryOf(realm, call), account)
    return ok({
      permission: legacyPermission(role),
      role_name: role ?? 'none',
      user: { ...userView(realm.platform, account), permissions: rolePermissions(role), role_name: role ?? 'none' },
    })
  }),
]
