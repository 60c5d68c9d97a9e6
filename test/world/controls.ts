import type { Fault } from './http/faults.js'
import type { GitHubServer, Recorded } from './http/server.js'
import type { Realm } from './http/route.js'

export interface GitHubControls {
  /** Every call that reached GitHub, oldest first. */
  readonly requests: readonly Recorded[]
  forgetsRequests(): void
  /** The next matching request goes wrong; see {@link Fault}. */
  fails(fault: Fault): void
  /** Decides about every further request how it goes wrong; `null`: it goes well. */
  troubles(plan: () => Fault | null): void
  /** Faults that did not happen yet will not. */
  recovers(): void
  /** Tokens of all installations stop working, as after an hour. */
  expiresTokens(): void
  /** Where lists end without a word. */
  caps(caps: Partial<Realm['caps']>): void
  /** Requests an hour, per installation. */
  budget(requests: number): void
}

export const controls = (server: GitHubServer, realm: Realm): GitHubControls => ({
  get requests() {
    return server.requests
  },
  forgetsRequests() {
    server.requests.length = 0
  },
  fails(fault) {
    server.faults.add(fault)
  },
  troubles(plan) {
    server.faults.plan = plan
  },
  recovers() {
    server.faults.clear()
  },
  expiresTokens() {
    realm.keyring.expireInstallationTokens()
  },
  caps(caps) {
    Object.assign(realm.caps, caps)
  },
  budget(requests) {
    server.budgets.limit = requests
  },
})
