import { Clock } from '../clock.js'
import { must } from '../must.js'
import { ObjectStore } from './git.js'
import { isOrganisation } from './people.js'
import type { App, Installation } from './apps.js'
import type { Account, Organisation, RepositoryRole, Team } from './people.js'
import type { Kinds, Node } from './nodes.js'
import type { Repository } from './repository.js'

/** Something happened: an event with its action (`''` for events without), and what its body says beyond the common part. */
export interface Happening {
  readonly event: string
  readonly action: string
  readonly sender: Account
  readonly repository?: Repository
  readonly organisation?: Account
  /** Deliver to this app only, as for buttons of its own check runs. */
  readonly onlyTo?: App
  readonly body: Readonly<Record<string, unknown>>
}

const FIRST_IDS: Readonly<Record<string, number>> = {
  Organization: 9000,
  User: 100,
  Team: 4700,
  Repository: 700,
  App: 300,
  Installation: 5000,
}

/** GitHub's state: who and what there is. Changes are made by the files in `acts/` and `rest/`, and said by {@link tell}. */
export class Platform {
  readonly clock: Clock
  readonly accounts = new Map<number, Account>()
  readonly apps: App[] = []
  readonly installations: Installation[] = []
  readonly repositories: Repository[] = []
  readonly nodes = new Map<string, Node>()
  readonly #counters = new Map<string, number>()
  readonly #listeners: ((happening: Happening) => void)[] = []
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  origin = 'http://127.0.0.1'

  constructor(start: number | string) {
    this.clock = new Clock(start)
  }

  get api(): string {
    return `${this.origin}/api/v3`
  }

  /** The next id of its kind; the same in every run. */
  nextId(kind: string): number {
    const next = (this.#counters.get(kind) ?? FIRST_IDS[kind] ?? 10_000 + kind.length * 1000) + 1
    this.#counters.set(kind, next)
    return next
  }

  nodeId(kind: string, id: number): string {
    return `${kind.replace(/[^A-Z]/g, '')}_${Buffer.from(`${kind}:${id}`).toString('base64url')}`
  }

  /** Makes an object with id and node id, to be found by GraphQL's `node`. */
  make<Kind extends keyof Kinds>(
    kind: Kind,
    fields: Omit<Kinds[Kind], 'id' | 'nodeId'>,
    id: number = this.nextId(kind),
  ): Kinds[Kind] {
    const nodeId = this.nodeId(kind, id)
    const value = { ...fields, id, nodeId } as unknown as Kinds[Kind]
    this.nodes.set(nodeId, { kind, value } as unknown as Node)
    return value
  }

  onHappening(listener: (happening: Happening) => void): void {
    this.#listeners.push(listener)
  }

  tell(happening: Happening): void {
    for (const listener of this.#listeners) listener(happening)
  }

  addAccount(type: Account['type'], login: string, id?: number): Account {
    const plain = {
      type,
      login,
      name: login[0]?.toUpperCase() + login.slice(1),
      email: `${login.replace(/\W/g, '')}@example.com`,
      suspended: false,
    }
    const account =
      type === 'Organization'
        ? this.make('Organization', { ...plain, type, members: new Map(), teams: [], rulesets: [] }, id)
        : type === 'Bot'
          ? this.make('Bot', { ...plain, type }, id ?? this.#freeId())
          : this.make('User', { ...plain, type }, id ?? this.#freeId())
    this.accounts.set(account.id, account)
    return account
  }

  /** No id is given twice, also where some were chosen. */
  #freeId(): number {
    for (;;) {
      const id = this.nextId('User')
      if (!this.accounts.has(id)) return id
    }
  }

  findAccount(login: string): Account | undefined {
    return [...this.accounts.values()].find((account) => account.login.toLowerCase() === login.toLowerCase())
  }

  account(login: string): Account {
    return must(this.findAccount(login), `account ${login}`)
  }

  accountById(id: number): Account | undefined {
    return this.accounts.get(id)
  }

  /** @throws when no organisation has this login. */
  organisation(login: string): Organisation {
    const account = this.account(login)
    if (!isOrganisation(account)) throw new Error(`${login} is no organisation`)
    return account
  }

  addRepository(owner: Account, name: string, parent: Repository | null = null): Repository {
    const now = this.clock.now()
    const repository = this.make('Repository', {
      owner,
      name,
      parent,
      store: parent?.store ?? new ObjectStore(),
      createdAt: now,
      private: parent?.private ?? true,
      archived: false,
      defaultBranch: 'main',
      pushedAt: now,
      collaborators: new Map<number, RepositoryRole>(),
      teamRoles: new Map<number, RepositoryRole>(),
      branches: new Map<string, string>(),
      tags: new Map(),
      protections: [],
      rulesets: [],
      pulls: [],
      suites: [],
      checkRuns: [],
      statuses: [],
      environments: [],
      runs: [],
      deployments: [],
      releases: [],
      activity: [],
      queues: new Map(),
      issues: new Map(),
      truncatedTrees: new Set<string>(),
      nextNumber: 1,
    })
    this.repositories.push(repository)
    return repository
  }

  findRepository(owner: string, name: string): Repository | undefined {
    const is = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()
    return this.repositories.find((repository) => is(repository.owner.login, owner) && is(repository.name, name))
  }

  repository(full: string): Repository {
    const [owner = '', name = ''] = full.split('/')
    return must(this.findRepository(owner, name), `repository ${full}`)
  }

  repositoriesOf(installation: Installation): readonly Repository[] {
    return this.repositories.filter(
      ({ id, owner }) =>
        owner === installation.account && (installation.repositories === null || installation.repositories.has(id)),
    )
  }

  /** Highest of all grants; `null`: none. Members of the organisation may read at least. */
  roleOf(repository: Repository, account: Account): RepositoryRole | null {
    const { owner } = repository
    const grants: (RepositoryRole | undefined)[] = [repository.collaborators.get(account.id)]
    if (owner === account) grants.push('admin')
    if (isOrganisation(owner)) {
      const member = owner.members.get(account.id)
      if (member?.state === 'active') grants.push(member.role === 'admin' ? 'admin' : 'read')
      for (const team of owner.teams) if (this.#inTeam(team, account)) grants.push(repository.teamRoles.get(team.id))
    }
    return (['admin', 'maintain', 'write', 'triage', 'read'] as const).find((role) => grants.includes(role)) ?? null
  }

  #inTeam(team: Team, account: Account): boolean {
    return (
      team.members.get(account.id)?.state === 'active' ||
      team.organisation.teams.some((child) => child.parent === team && this.#inTeam(child, account))
    )
  }

  isAdmin(repository: Repository, account: Account): boolean {
    return this.roleOf(repository, account) === 'admin'
  }
}
