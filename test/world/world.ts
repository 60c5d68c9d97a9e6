import { WorldOfActions } from './acts/actions.js'
import type { EnvironmentSettings } from './operations/environments.js'
import type { ProtectionSettings, RulesetSettings } from './operations/rules.js'
import type { RepositoryRole } from './state/people.js'
import type { TeamOptions } from './acts/people.js'
import type { WorldOptions } from './core.js'

/** GitHub with an organisation, a repository, people and this app, over HTTP. Begin with {@link aWorld}. */
export class World extends WorldOfActions {}

/** A world to be: say what it has, then await it. */
export class WorldBuilder implements PromiseLike<World> {
  readonly #options: WorldOptions
  readonly #steps: ((world: World) => unknown)[] = []

  constructor(options: WorldOptions) {
    this.#options = options
  }

  #with(step: (world: World) => unknown): this {
    this.#steps.push(step)
    return this
  }

  withTeam(slug: string, members: readonly string[], options: TeamOptions = {}): this {
    return this.#with((world) => world.createsTeam(slug, members, options))
  }

  withPerson(login: string, role: RepositoryRole | null = 'write'): this {
    return this.#with((world) => world.hasRole(login, role))
  }

  withRepository(name: string, files: Readonly<Record<string, string>> = {}): this {
    return this.#with((world) => world.createsRepository(name, { 'README.md': `# ${name}\n`, ...files }))
  }

  /** Files on the default branch of acme/shop. */
  withFiles(files: Readonly<Record<string, string>>): this {
    return this.#with((world) => world.pushesTo('main', { by: 'owner', files }))
  }

  withPolicy(text: string): this {
    return this.#with((world) => world.commitsPolicy(text))
  }

  withOrganisationPolicy(text: string): this {
    return this.#with((world) => world.organisationPolicy(text))
  }

  withEnvironment(name: string, settings: EnvironmentSettings = {}): this {
    return this.#with((world) => world.createsEnvironment(name, settings))
  }

  withProtection(branch: string, settings: ProtectionSettings): this {
    return this.#with((world) => world.protects(branch, settings))
  }

  withRuleset(settings: RulesetSettings): this {
    return this.#with((world) => world.addsRuleset(settings))
  }

  /** Anything else that a world can do before it is watched. */
  where(step: (world: World) => unknown): this {
    return this.#with(step)
  }

  then<Done = World, Failed = never>(
    done?: ((world: World) => Done | PromiseLike<Done>) | null,
    failed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.#start().then(done, failed)
  }

  async #start(): Promise<World> {
    const world = new World(this.#options)
    await world.start(this.#options.port)
    for (const step of this.#steps) await step(world)
    return world
  }
}

/**
 * GitHub with acme/shop, its people (dev, lena, leo, dora, dan, ada, cora, bob; `owner` owns acme) and the app installed.
 * @example const world = await aWorld().withTeam('development-leads', ['lena']).withPolicy(text)
 */
export const aWorld = (options: WorldOptions = {}): WorldBuilder => new WorldBuilder(options)
