import { createRequire } from 'node:module'
import { handlersFor, type EventName, type Received } from '../../src/handlers/index.js'
import type { Hint } from '../../src/gatekeeper/subject.js'

export type Json = Readonly<Record<string, unknown>>

const all = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly Json[]
}[]

/** This app in all handler tests; `OTHER` is some other app. */
export const APP = 4242
export const OTHER = 15368
export const NOW = Date.UTC(2026, 10, 22, 12)
export const SHA = 'a'.repeat(40)
export const BASE = 'b'.repeat(40)
export const ZERO = '0'.repeat(40)
const REPOSITORY = { id: 7, name: 'shop', owner: { login: 'acme' }, default_branch: 'main' }

/** Captured payloads. Those of repository webhooks lack the installation that an app's always have; it is added. */
export const examplesOf = (event: string): readonly Json[] =>
  (all.find(({ name }) => name === event)?.examples ?? []).map((payload) => ({ installation: { id: 3 }, ...payload }))

/** The least payload that an event of this kind can have, and what the test is about. */
export const payload = (more: Json): Json => ({
  installation: { id: 3 },
  repository: REPOSITORY,
  sender: { id: 9, login: 'lena', type: 'User' },
  ...more,
})

const hintsOf = handlersFor({ appId: APP, policyRepository: '.github' })

export const hints = (name: EventName, body: unknown, id = 'delivery-1'): readonly Hint[] =>
  hintsOf({ id, name, payload: body } satisfies Received, NOW)

/** Hints without the address that nearly all begin with. */
export const beyondAddress = (name: EventName, body: unknown): readonly Hint[] =>
  hints(name, body).filter(({ kind }) => kind !== 'address')

export const REPO = { repository: 7 }
export const wakes = (about: readonly string[], sha?: string) => ({
  kind: 'wake',
  scope: REPO,
  about,
  ...(sha === undefined ? {} : { sha }),
})
export const wakesAll = (about: readonly string[]) => ({ kind: 'wake', scope: { installation: 3 }, about })
export const touches = (subject: Json, more: Json = {}) => ({
  kind: 'touch',
  subject: { repository: 7, ...subject },
  installation: 3,
  ...more,
})
