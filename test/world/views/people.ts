import { membershipIn } from '../state/people.js'
import type { Account, Organisation, RepositoryRole, Team } from '../state/people.js'
import type { App, Installation } from '../state/apps.js'
import type { Platform } from '../state/platform.js'

/** Accounts, teams, apps and installations as REST and webhooks show them; what is missing here is filled from the description. */
export const userView = ({ origin, api }: Platform, { id, nodeId, login, type }: Account) => ({
  login,
  id,
  node_id: nodeId,
  type: type === 'Organization' ? 'Organization' : type,
  site_admin: false,
  url: `${api}/users/${encodeURIComponent(login)}`,
  html_url: `${origin}/${encodeURIComponent(login)}`,
})

export const nullableUser = (platform: Platform, account: Account | null) =>
  account ? userView(platform, account) : null

export const organisationView = ({ api }: Platform, { id, nodeId, login }: Account) => ({
  login,
  id,
  node_id: nodeId,
  url: `${api}/orgs/${login}`,
})

const teamBase = ({ api }: Platform, team: Team) => ({
  id: team.id,
  node_id: team.nodeId,
  name: team.name,
  slug: team.slug,
  description: null,
  privacy: team.privacy,
  notification_setting: 'notifications_enabled',
  permission: 'pull',
  url: `${api}/organizations/${team.organisation.id}/team/${team.id}`,
})

export const teamView = (platform: Platform, team: Team) => ({
  ...teamBase(platform, team),
  parent: team.parent
    ? { ...teamBase(platform, team.parent), type: 'organization', organization_id: team.organisation.id }
    : null,
  type: 'organization',
  organization_id: team.organisation.id,
})

/** A team as webhooks show it. */
export const teamEventView = (platform: Platform, team: Team) => ({
  ...teamBase(platform, team),
  parent: team.parent ? teamBase(platform, team.parent) : null,
})

export const fullTeamView = (platform: Platform, team: Team) => ({
  ...teamView(platform, team),
  members_count: [...platform.accounts.values()].filter(({ id }) => membershipIn(team, id)?.state === 'active').length,
  repos_count: platform.repositories.filter(({ teamRoles }) => teamRoles.has(team.id)).length,
  created_at: platform.clock.iso(),
  updated_at: platform.clock.iso(),
  organization: { ...organisationView(platform, team.organisation), type: 'Organization' },
})

export const appView = (platform: Platform, app: App, installation?: Installation) => ({
  id: app.id,
  slug: app.slug,
  node_id: app.nodeId,
  name: app.name,
  owner: userView(platform, app.owner),
  description: null,
  external_url: `${platform.origin}/apps/${app.slug}`,
  html_url: `${platform.origin}/apps/${app.slug}`,
  permissions: installation?.permissions ?? {},
  events: installation?.events ?? [],
})

export const installationView = (platform: Platform, installation: Installation) => ({
  id: installation.id,
  account: userView(platform, installation.account),
  repository_selection: installation.repositories === null ? 'all' : 'selected',
  access_tokens_url: `${platform.api}/app/installations/${installation.id}/access_tokens`,
  repositories_url: `${platform.api}/installation/repositories`,
  app_id: installation.app.id,
  app_slug: installation.app.slug,
  target_id: installation.account.id,
  target_type: installation.account.type,
  permissions: installation.permissions,
  events: installation.events,
  created_at: platform.clock.iso(installation.createdAt),
  updated_at: platform.clock.iso(installation.createdAt),
  single_file_name: null,
  suspended_by: null,
  suspended_at: installation.suspendedAt === null ? null : platform.clock.iso(installation.suspendedAt),
})

/** What a role means in the older words of `permissions`. */
export const rolePermissions = (role: RepositoryRole | null) => ({
  pull: role !== null,
  triage: role !== null && role !== 'read',
  push: role === 'write' || role === 'maintain' || role === 'admin',
  maintain: role === 'maintain' || role === 'admin',
  admin: role === 'admin',
})

/** The older four-word permission: maintain reads as write, triage as read. */
export const legacyPermission = (role: RepositoryRole | null) =>
  role === null ? 'none' : role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role

export const orgMembershipView = (platform: Platform, organisation: Organisation, account: Account) => {
  const member = organisation.members.get(account.id)
  return {
    url: `${platform.api}/orgs/${organisation.login}/memberships/${account.login}`,
    state: member?.state ?? 'pending',
    role: member?.role ?? 'member',
    organization_url: `${platform.api}/orgs/${organisation.login}`,
    organization: organisationView(platform, organisation),
    user: userView(platform, account),
  }
}
