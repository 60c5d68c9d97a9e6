import type { Urgency } from '../../gatekeeper/ports.js'

/** GitHub's two budgets of an installation: REST, and GraphQL. */
export type Resource = 'core' | 'graphql'

/** What one call weighs against GitHub's limits. */
export interface Weight {
  readonly resource: Resource
  /** Points of the secondary limit: a REST read and a query 1, a REST write 5. */
  readonly points: number
  /** Whether it makes something that people see: GitHub counts those apart. */
  readonly creates: boolean
}

/** So much within so long; `window` in milliseconds. */
export interface Allowance {
  readonly most: number
  readonly window: number
}

export interface Limits {
  /** Requests of an installation under way at once. */
  readonly concurrent: number
  readonly points: { readonly [Of in Resource]: Allowance }
  readonly creations: readonly Allowance[]
  /** The part of each allowance that a call may fill. */
  readonly share: { readonly [Of in Urgency]: number }
  /** The part of the hourly budget that a call leaves to more urgent ones. */
  readonly reserve: { readonly [Of in Urgency]: number }
  /** How long to wait after a secondary limit that does not say, and the longest that this doubles to; milliseconds. */
  readonly pause: { readonly first: number; readonly longest: number }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * As GitHub documents them: 100 requests at once, 900 points a minute for REST and 2,000 for GraphQL, 80 creations a
 * minute and 500 an hour. Half of the concurrency is left to whatever else acts for the installation.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const GITHUB_LIMITS: Limits = {
  concurrent: 50,
  points: { core: { most: 900, window: MINUTE }, graphql: { most: 2_000, window: MINUTE } },
  creations: [
    { most: 80, window: MINUTE },
    { most: 500, window: HOUR },
  ],
  share: { release: 1, change: 0.9, background: 0.6 },
  reserve: { release: 0, change: 0.05, background: 0.2 },
  pause: { first: MINUTE, longest: 16 * MINUTE },
}

const GRAPHQL = /^POST \S*\/graphql$/

/** What a route weighs: everything written to GraphQL's address is a query, for this app changes nothing through it. */
export const weightOf = (route: string): Weight => {
  if (GRAPHQL.test(route)) return { resource: 'graphql', points: 1, creates: false }
  const reads = /^(?:GET|HEAD) /.test(route)
  return { resource: 'core', points: reads ? 1 : 5, creates: route.startsWith('POST ') }
}
