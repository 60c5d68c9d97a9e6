import { GitHubServer } from './http/server.js'
import { Hub } from './webhooks/hub.js'
import { Keyring } from './http/auth.js'
import { Platform } from './state/platform.js'
import { actionRoutes } from './rest/actions.js'
import { appRoutes } from './rest/app.js'
import { checkRoutes } from './rest/checks.js'
import { convertManifest, miscRoutes, oauthWeb } from './rest/misc.js'
import { deliveryRoutes } from './rest/deliveries.js'
import { foundWorld, keys } from './found.js'
import { gitRoutes } from './rest/git.js'
import { graphql } from './graphql/execute.js'
import { peopleRoutes } from './rest/people.js'
import { pullRoutes } from './rest/pulls.js'
import { route } from './http/route.js'
import { ruleRoutes } from './rest/rules.js'
import { controls } from './controls.js'
import { last, must } from './must.js'
import { fullName } from './state/repository.js'
import type { Account, Team } from './state/people.js'
import type { App, Installation } from './state/apps.js'
import type { Comment, Pull, Review } from './state/pulls.js'
import type { Clock } from './clock.js'
import type { Founded } from './found.js'
import type { GitHubControls } from './controls.js'
import type { Realm } from './http/route.js'
import type { Repository } from './state/repository.js'

export interface WorldOptions {
  /** When it is; default: Monday 2 March 2026, 09:00 UTC. */
  readonly at?: number | string
  readonly port?: number
}

export const WEBHOOK_SECRET = 'a secret that only GitHub and the app share'

/** A pull request, or what has one; a repository by `owner/name` or itself. */
export type InRepository = { readonly repo?: string | Repository }

/** GitHub itself, as tests hold it: state, server, webhooks. {@link World} adds what people and programs do there. */
export class WorldCore {
  readonly platform: Platform
  readonly webhooks: Hub
  readonly founded: Founded
  readonly realm: Realm
  readonly #server: GitHubServer
  readonly #idle: (() => Promise<void> | void)[] = []
  #signedIn: string | null = null

  constructor({ at = '2026-03-02T09:00:00Z' }: WorldOptions = {}) {
    this.platform = new Platform(at)
    this.webhooks = new Hub(this.platform)
    this.webhooks.secret = WEBHOOK_SECRET
    this.realm = {
      platform: this.platform,
      keyring: new Keyring(this.platform),
      hub: this.webhooks,
      oauth: { clientId: 'Iv1.release-gates', clientSecret: 'an oauth secret' },
      caps: { compareFiles: 300, pullFiles: 3000, pullCommits: 250 },
    }
    const conversion = route('POST /app-manifests/{code}/conversions', 'open', (realm) =>
      convertManifest(realm, keys().privateKey, WEBHOOK_SECRET),
    )
    const routes = [
      ...appRoutes,
      ...deliveryRoutes,
      ...peopleRoutes,
      ...gitRoutes,
      ...pullRoutes,
      ...checkRoutes,
      ...ruleRoutes,
      ...actionRoutes,
      ...miscRoutes,
      conversion,
    ]
    this.#server = new GitHubServer(
      this.realm,
      routes,
      graphql,
      oauthWeb(() => this.#signedIn),
    )
    this.github = controls(this.#server, this.realm)
    this.founded = foundWorld(this.platform)
  }

  /** Starts to listen; before that the world only exists. */
  async start(port = 0): Promise<void> {
    this.platform.origin = await this.#server.listen(port)
  }

  get clock(): Clock {
    return this.platform.clock
  }

  get app(): App {
    return this.founded.app
  }

  get installation(): Installation {
    return this.founded.installation
  }

  /** Trouble on request, and what was asked of GitHub. */
  readonly github: GitHubControls

  /** What the app, or the world itself, did against GitHub's description. */
  get violations(): readonly string[] {
    return this.#server.violations
  }

  /** For tests that break the description on purpose: what was noted until now is fine. */
  forgivesViolations(): void {
    this.#server.violations.length = 0
  }

  /** `http://127.0.0.1:PORT`. */
  get origin(): string {
    return this.platform.origin
  }

  /** What the app is started with. */
  env(): Readonly<
    Record<
      | 'APP_ID'
      | 'PRIVATE_KEY'
      | 'WEBHOOK_SECRET'
      | 'GHE_HOST'
      | 'GHE_PROTOCOL'
      | 'GITHUB_CLIENT_ID'
      | 'GITHUB_CLIENT_SECRET',
      string
    >
  > {
    return {
      APP_ID: String(this.app.id),
      PRIVATE_KEY: keys().privateKey,
      WEBHOOK_SECRET,
      GHE_HOST: this.origin.replace('http://', ''),
      GHE_PROTOCOL: 'http',
      GITHUB_CLIENT_ID: this.realm.oauth.clientId,
      GITHUB_CLIENT_SECRET: this.realm.oauth.clientSecret,
    }
  }

  /** The app's whole webhook address. */
  sendsWebhooksTo(url: string): void {
    this.webhooks.target = url
  }

  /** A token of the app's installation with all its permissions, or of a person. */
  token(login?: string): string {
    const { keyring } = this.realm
    return login === undefined
      ? keyring.issueInstallation(this.installation, this.installation.permissions, null)
      : keyring.issueUser(this.who(login))
  }

  /** Who is signed in to GitHub in the browser, and approves the app's sign-in; `null`: declines. */
  signsIn(login: string | null): void {
    this.#signedIn = login
  }

  /** Asked after every round of deliveries; settles when the app has nothing left to do. */
  onSettled(idle: () => Promise<void> | void): void {
    this.#idle.push(idle)
  }

  async deliver(): Promise<void> {
    await this.webhooks.deliver()
  }

  /** Everything is delivered and the app is idle. What the app did meanwhile is delivered too. */
  async settled(): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      const before = this.webhooks.delivered.length
      await this.webhooks.deliver()
      for (const idle of this.#idle) await idle()
      await this.webhooks.deliver()
      if (this.webhooks.delivered.length === before) return
    }
    throw new Error('The app and GitHub keep each other busy: 50 rounds of deliveries and no end')
  }

  /** @throws {Error} when a request or reply was not as GitHub describes it. */
  async close(): Promise<void> {
    await this.#server.close()
    if (this.violations.length > 0)
      throw new Error(`Not as GitHub describes it:\n${[...new Set(this.violations)].join('\n')}`)
  }

  who(login: string): Account {
    return this.platform.account(login)
  }

  /** A person by login, made a member with write where nobody has it. */
  person(login: string): Account {
    const known = this.platform.findAccount(login)
    if (known) return known
    const account = this.platform.addAccount('User', login)
    this.founded.organisation.members.set(account.id, { role: 'member', state: 'active' })
    for (const { owner, collaborators } of this.platform.repositories)
      if (owner === this.founded.organisation) collaborators.set(account.id, 'write')
    return account
  }

  team(slug: string): Team {
    return must(
      this.founded.organisation.teams.find((team) => team.slug === slug),
      `team ${slug}`,
    )
  }

  repository(repo: InRepository['repo'] = this.founded.repository): Repository {
    return typeof repo === 'string' ? this.platform.repository(repo) : repo
  }

  pull(number: number, repo?: InRepository['repo']): Pull {
    return must(
      this.repository(repo).pulls.find((pull) => pull.number === number),
      `pull request #${number} in ${fullName(this.repository(repo))}`,
    )
  }

  protected latestReview(pull: Pull, login: string): Review {
    return must(last(pull.reviews.filter(({ user }) => user?.login === login)), `review of ${login} on #${pull.number}`)
  }

  /** Comments on a pull request by the app. */
  repliesOn(pull: Pull): readonly Comment[] {
    return pull.comments.filter(({ viaApp }) => viaApp === this.app.id)
  }
}
