const HOUR = 3_600_000

/** What GitHub says of a budget in the headers of every answer. */
export interface Budget {
  readonly limit: number
  readonly used: number
  readonly remaining: number
  /** When it is whole again, in seconds since the epoch. */
  readonly reset: number
  /** Nothing was left for this request. */
  readonly isSpent: boolean
}

/** Requests an hour, for each that asks by itself; an hour begins with the first request after the last one. */
export class Budgets {
  limit = 5000
  readonly #hours = new Map<string, { readonly until: number; used: number }>()

  spend(who: string, now: number): Budget {
    const known = this.#hours.get(who)
    const hour = known !== undefined && known.until > now ? known : { until: now + HOUR, used: 0 }
    this.#hours.set(who, hour)
    const isSpent = hour.used >= this.limit
    if (!isSpent) hour.used += 1
    const remaining = Math.max(0, this.limit - hour.used)
    return { limit: this.limit, used: hour.used, remaining, reset: Math.ceil(hour.until / 1000), isSpent }
  }
}

export const budgetHeaders = (
  { limit, used, remaining, reset }: Budget,
  resource: 'core' | 'graphql',
): Readonly<Record<string, string>> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-used': String(used),
  'x-ratelimit-reset': String(reset),
  'x-ratelimit-resource': resource,
})
