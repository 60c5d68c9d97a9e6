import type { Access } from '../state/apps.js'
import type { Caller, Keyring } from './auth.js'
import type { Platform } from '../state/platform.js'
import type { Hub } from '../webhooks/hub.js'

/** What a route sees of the world. */
export interface Realm {
  readonly platform: Platform
  readonly keyring: Keyring
  readonly hub: Hub
  readonly oauth: { readonly clientId: string; readonly clientSecret: string }
  /** Lists cut short on request: what a caller must not take for whole. */
  readonly caps: { compareFiles: number; pullFiles: number; pullCommits: number }
}

export interface Call {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly caller: Caller
}

export interface Reply {
  readonly status: number
  readonly body?: unknown
  /** A list to be cut into pages, alone or under a key beside its `total_count`. */
  readonly list?: readonly unknown[]
  readonly under?: string
  /** Beside a list under a key. */
  readonly beside?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Installation permission a route asks for; `jwt`: the app itself; `any`: whoever has a token; `open`: everybody. */
export type Need = readonly [permission: string, access: Access] | 'jwt' | 'any' | 'open'

export interface Route {
  readonly method: string
  /** GitHub's path template, as in the description. */
  readonly path: string
  readonly needs: Need
  readonly handle: (realm: Realm, call: Call) => Reply | Promise<Reply>
}

export const route = (line: string, needs: Need, handle: Route['handle']): Route => {
  const [method = '', path = ''] = line.split(' ')
  return { method, path, needs, handle }
}

export const REPO = '/repos/{owner}/{repo}'
export const ok = (body: unknown): Reply => ({ status: 200, body })
export const created = (body: unknown): Reply => ({ status: 201, body })
export const noContent: Reply = { status: 204 }
export const list = (items: readonly unknown[]): Reply => ({ status: 200, list: items })
export const listUnder = (
  under: string,
  items: readonly unknown[],
  beside: Readonly<Record<string, unknown>> = {},
): Reply => ({ status: 200, list: items, under, beside })

const LEVEL: Readonly<Record<Access, number>> = { read: 1, write: 2, admin: 3 }

export const allows = (granted: Access | undefined, wanted: Access): boolean =>
  granted !== undefined && LEVEL[granted] >= LEVEL[wanted]
