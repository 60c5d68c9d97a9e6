import { isOrganisation, slugOf, withChildren } from '../state/people.js'
import { orgMembershipView, teamEventView, userView, installationView } from '../views/people.js'
import { repositoryView } from '../views/repository.js'
import type { Account, Membership, Organisation, RepositoryRole, Team } from '../state/people.js'
import type { Installation, Permissions } from '../state/apps.js'
import type { Platform } from '../state/platform.js'
import type { Repository } from '../state/repository.js'

/** A team of an organisation; `id` where a policy pins it. */
export const addTeam = (
  platform: Platform,
  organisation: Organisation,
  by: Account,
  wanted: {
    readonly name: string
    readonly parent?: Team | null
    readonly privacy?: Team['privacy']
    readonly id?: number
  },
): Team => {
  const fields = {
    organisation,
    name: wanted.name,
    slug: slugOf(wanted.name),
    privacy: wanted.privacy ?? 'closed',
    parent: wanted.parent ?? null,
    members: new Map<number, Membership>(),
  }
  const team = wanted.id === undefined ? platform.make('Team', fields) : platform.make('Team', fields, wanted.id)
  organisation.teams.push(team)
  tellTeam(platform, team, 'created', by)
  return team
}

const tellTeam = (
  platform: Platform,
  team: Team,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
) =>
  platform.tell({
    event: 'team',
    action,
    organisation: team.organisation,
    sender,
    body: { team: teamEventView(platform, team), ...more },
  })

export const renameTeam = (platform: Platform, team: Team, name: string, by: Account): void => {
  const from = team.name
  team.name = name
  team.slug = slugOf(name)
  tellTeam(platform, team, 'edited', by, { changes: { name: { from } } })
}

/** Its child teams go with it. */
export const deleteTeam = (platform: Platform, team: Team, by: Account): void => {
  for (const one of withChildren(team)) {
    team.organisation.teams.splice(team.organisation.teams.indexOf(one), 1)
    platform.nodes.delete(one.nodeId)
  }
  tellTeam(platform, team, 'deleted', by)
}

/** An invitation makes no event of membership; only its acceptance does. */
export const joinTeam = (
  platform: Platform,
  team: Team,
  account: Account,
  by: Account,
  membership: Membership,
): void => {
  team.members.set(account.id, membership)
  if (membership.state === 'active') tellMembership(platform, team, account, 'added', by)
}

export const leaveTeam = (platform: Platform, team: Team, account: Account, by: Account): void => {
  team.members.delete(account.id)
  tellMembership(platform, team, account, 'removed', by)
}

const tellMembership = (platform: Platform, team: Team, account: Account, action: string, sender: Account) =>
  platform.tell({
    event: 'membership',
    action,
    organisation: team.organisation,
    sender,
    body: { scope: 'team', member: userView(platform, account), team: teamEventView(platform, team) },
  })

export const joinOrganisation = (
  platform: Platform,
  organisation: Organisation,
  account: Account,
  by: Account,
  role: 'admin' | 'member' = 'member',
): void => {
  organisation.members.set(account.id, { role, state: 'active' })
  tellOrganisation(platform, organisation, account, 'member_added', by)
}

/** Who leaves the organisation leaves its teams. */
export const leaveOrganisation = (
  platform: Platform,
  organisation: Organisation,
  account: Account,
  by: Account,
): void => {
  for (const team of organisation.teams) if (team.members.has(account.id)) leaveTeam(platform, team, account, by)
  for (const { owner, collaborators } of platform.repositories)
    if (owner === organisation) collaborators.delete(account.id)
  tellOrganisation(platform, organisation, account, 'member_removed', by)
  organisation.members.delete(account.id)
}

const tellOrganisation = (
  platform: Platform,
  organisation: Organisation,
  account: Account,
  action: string,
  sender: Account,
) => {
  const { organization: _, ...membership } = orgMembershipView(platform, organisation, account)
  platform.tell({ event: 'organization', action, organisation, sender, body: { membership } })
}

/** `null` takes the collaborator away. */
export const setRole = (
  platform: Platform,
  repository: Repository,
  account: Account,
  role: RepositoryRole | null,
  by: Account,
): void => {
  const before = repository.collaborators.get(account.id)
  if (role) repository.collaborators.set(account.id, role)
  else repository.collaborators.delete(account.id)
  const action = role === null ? 'removed' : before ? 'edited' : 'added'
  const changes =
    action === 'removed'
      ? {}
      : {
          changes: {
            permission:
              action === 'edited'
                ? { from: before ?? null, to: role }
                : { to: role === 'admin' ? 'admin' : role === 'read' ? 'read' : 'write' },
          },
        }
  platform.tell({
    event: 'member',
    action,
    repository,
    sender: by,
    body: { member: userView(platform, account), ...changes },
  })
}

export const tellInstallation = (
  platform: Platform,
  installation: Installation,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void =>
  platform.tell({
    event: action === 'added' || action === 'removed' ? 'installation_repositories' : 'installation',
    action,
    sender,
    ...(isOrganisation(installation.account) && { organisation: installation.account }),
    body: { installation: installationView(platform, installation), ...more },
  })

const shortRepository = (platform: Platform, repository: Repository) => {
  const { id, node_id, name, full_name, private: hidden } = repositoryView(platform, repository)
  return { id, node_id, name, full_name, private: hidden }
}

/** Which repositories the app is installed on; `null`: all. */
export const selectRepositories = (
  platform: Platform,
  installation: Installation,
  repositories: readonly Repository[] | null,
  by: Account,
): void => {
  const before = platform.repositoriesOf(installation)
  installation.repositories = repositories === null ? null : new Set(repositories.map(({ id }) => id))
  const after = platform.repositoriesOf(installation)
  const [added, removed] = [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))]
  const body = {
    repository_selection: repositories === null ? 'all' : 'selected',
    repositories_added: added.map((one) => shortRepository(platform, one)),
    repositories_removed: removed.map((one) => shortRepository(platform, one)),
    requester: null,
  }
  if (added.length > 0) tellInstallation(platform, installation, 'added', by, body)
  if (removed.length > 0) tellInstallation(platform, installation, 'removed', by, body)
}

export const setPermissions = (
  platform: Platform,
  installation: Installation,
  permissions: Permissions,
  by: Account,
): void => {
  installation.permissions = permissions
  tellInstallation(platform, installation, 'new_permissions_accepted', by)
}

export const suspend = (platform: Platform, installation: Installation, by: Account, suspended: boolean): void => {
  installation.suspendedAt = suspended ? platform.clock.now() : null
  tellInstallation(platform, installation, suspended ? 'suspend' : 'unsuspend', by)
}

export const tellRepository = (
  platform: Platform,
  repository: Repository,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void => platform.tell({ event: 'repository', action, repository, sender, body: more })
