import type { Account } from './people.js'

export type Access = 'read' | 'write' | 'admin'
export type Permissions = Readonly<Record<string, Access>>

/** A GitHub App with its bot account. */
export interface App {
  readonly id: number
  readonly nodeId: string
  readonly slug: string
  readonly name: string
  readonly owner: Account
  readonly bot: Account
  /** Public halves of the private keys that its page lists; none: an app that nobody here speaks for. */
  publicKeys: readonly string[]
}

export interface Installation {
  readonly id: number
  readonly app: App
  readonly account: Account
  permissions: Permissions
  events: readonly string[]
  suspendedAt: number | null
  /** `null`: all repositories of the account. */
  repositories: Set<number> | null
  readonly createdAt: number
}
