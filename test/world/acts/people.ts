import { WorldCore } from '../core.js'
import { addApp, foundRepository } from '../found.js'
import * as people from '../operations/people.js'
import type { App, Permissions } from '../state/apps.js'
import type { Membership, RepositoryRole, Team } from '../state/people.js'
import type { InRepository } from '../core.js'
import type { Repository } from '../state/repository.js'

export interface TeamOptions {
  readonly parent?: string
  readonly privacy?: Team['privacy']
  readonly id?: number
}

/** What people do to teams, roles, repositories and the installation. Whoever is named and unknown comes to exist. */
export class WorldOfPeople extends WorldCore {
  protected get owner() {
    return this.who('owner')
  }

  async createsTeam(
    slug: string,
    members: readonly string[] = [],
    { parent, privacy, id }: TeamOptions = {},
  ): Promise<Team> {
    const team = people.addTeam(this.platform, this.founded.organisation, this.owner, {
      name: slug,
      parent: parent === undefined ? null : this.team(parent),
      ...(privacy && { privacy }),
      ...(id !== undefined && { id }),
    })
    for (const login of members)
      people.joinTeam(this.platform, team, this.person(login), this.owner, { role: 'member', state: 'active' })
    await this.afterAct()
    return team
  }

  async joinsTeam(login: string, slug: string, membership: Partial<Membership> = {}): Promise<void> {
    people.joinTeam(this.platform, this.team(slug), this.person(login), this.owner, {
      role: 'member',
      state: 'active',
      ...membership,
    })
    await this.afterAct()
  }

  async leavesTeam(login: string, slug: string): Promise<void> {
    people.leaveTeam(this.platform, this.team(slug), this.who(login), this.owner)
    await this.afterAct()
  }

  /** The slug follows the name; another team may then take the old one. */
  async renamesTeam(slug: string, name: string): Promise<void> {
    people.renameTeam(this.platform, this.team(slug), name, this.owner)
    await this.afterAct()
  }

  async deletesTeam(slug: string): Promise<void> {
    people.deleteTeam(this.platform, this.team(slug), this.owner)
    await this.afterAct()
  }

  /** GitHub says nothing about a team that moves below another. */
  async movesTeam(slug: string, parent: string | null): Promise<void> {
    this.team(slug).parent = parent === null ? null : this.team(parent)
    await this.afterAct()
  }

  async joinsOrganisation(login: string, role: 'admin' | 'member' = 'member'): Promise<void> {
    const account = this.platform.findAccount(login) ?? this.platform.addAccount('User', login)
    people.joinOrganisation(this.platform, this.founded.organisation, account, this.owner, role)
    await this.afterAct()
  }

  async leavesOrganisation(login: string): Promise<void> {
    people.leaveOrganisation(this.platform, this.founded.organisation, this.who(login), this.owner)
    await this.afterAct()
  }

  /** The login changes hands; ids do not. */
  async renamesAccount(from: string, to: string): Promise<void> {
    this.who(from).login = to
    await this.afterAct()
  }

  /** `null` takes all access away. */
  async hasRole(login: string, role: RepositoryRole | null, { repo }: InRepository = {}): Promise<void> {
    people.setRole(this.platform, this.repository(repo), this.person(login), role, this.owner)
    await this.afterAct()
  }

  async givesTeamRole(slug: string, role: RepositoryRole, { repo }: InRepository = {}): Promise<void> {
    this.repository(repo).teamRoles.set(this.team(slug).id, role)
    await this.afterAct()
  }

  async createsRepository(name: string, files?: Readonly<Record<string, string>>): Promise<Repository> {
    const repository = foundRepository(this.platform, this.founded.organisation, name, files)
    people.tellRepository(this.platform, repository, 'created', this.owner)
    await this.afterAct()
    return repository
  }

  async archives({ repo }: InRepository = {}): Promise<void> {
    this.repository(repo).archived = true
    people.tellRepository(this.platform, this.repository(repo), 'archived', this.owner)
    await this.afterAct()
  }

  async changesDefaultBranch(branch: string, { repo }: InRepository = {}): Promise<void> {
    const repository = this.repository(repo)
    const from = repository.defaultBranch
    repository.defaultBranch = branch
    people.tellRepository(this.platform, repository, 'edited', this.owner, { changes: { default_branch: { from } } })
    await this.afterAct()
  }

  async publishes({ repo }: InRepository = {}): Promise<void> {
    this.repository(repo).private = false
    people.tellRepository(this.platform, this.repository(repo), 'publicized', this.owner)
    await this.afterAct()
  }

  /** Another App that reports checks. */
  anotherApp(slug: string): App {
    return (
      this.platform.apps.find((app) => app.slug === slug) ??
      addApp(this.platform, {
        id: this.platform.nextId('App') + 1000,
        slug,
        bot: this.platform.nextId('User') + 100_000,
        owner: this.owner,
      })
    )
  }

  /** Only these repositories; `null`: all. */
  async installsOn(repositories: readonly string[] | null): Promise<void> {
    people.selectRepositories(
      this.platform,
      this.installation,
      repositories?.map((name) => this.repository(name)) ?? null,
      this.owner,
    )
    await this.afterAct()
  }

  /** Merged into what the installation has; `null` takes a permission away. Tokens keep what they were given. */
  async grants(changes: Readonly<Record<string, Permissions[string] | null>>): Promise<void> {
    const merged = { ...this.installation.permissions, ...changes }
    const permissions = Object.fromEntries(
      Object.entries(merged).flatMap(([name, access]) => (access ? [[name, access] as const] : [])),
    )
    people.setPermissions(this.platform, this.installation, permissions, this.owner)
    this.realm.keyring.expireInstallationTokens()
    await this.afterAct()
  }

  async suspendsApp(suspended = true): Promise<void> {
    people.suspend(this.platform, this.installation, this.owner, suspended)
    await this.afterAct()
  }

  /** Webhooks of what was done reach the app before the act returns; what the app makes of them may come later. */
  protected async afterAct(): Promise<void> {
    if (this.webhooks.automatic) await this.webhooks.deliver()
  }
}
