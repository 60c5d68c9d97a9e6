/** What goes wrong, and when. */
export interface Fault {
  /** Matches the path after `/api/v3`, with its query; for GraphQL the operation's name or `/graphql`. */
  readonly path?: RegExp
  readonly method?: string
  /** How often; default: once. */
  readonly times?: number
  readonly status?: number
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
  /** `primary`: 403 with no budget left; `secondary`: 403 (or `status`) with retry-after. */
  readonly rateLimit?: 'primary' | 'secondary'
  /** Seconds, for a secondary limit. */
  readonly retryAfter?: number
  /** Answers only after so many real milliseconds. */
  readonly slow?: number
  /**
   * `reset` drops the connection before anything is done, `never` says nothing. The act takes effect, and then: `lost`
   * drops the connection before a word of the reply, `half` in the middle of its body (where it has none, before it).
   */
  readonly connection?: 'reset' | 'never' | 'half' | 'lost'
  /** GraphQL: the field (its response path, such as `repository.pullRequest.reviews`) is null and named in `errors`. */
  readonly field?: string
  readonly type?: string
  /** Keeps only so many items of a list, without a word. */
  readonly keeps?: number
}

/** Trouble waiting to happen, oldest first. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = []

  /** Asked about every request that no fault waits for; `null`: it goes well. */
  plan: (() => Fault | null) | null = null

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting.length = 0
    this.plan = null
  }

  /** The fault that befalls this request, used up once. */
  take(method: string, path: string, alias?: string): Fault | null {
    const hit = this.#waiting.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || fault.path.test(path) || (alias !== undefined && fault.path.test(alias))),
    )
    if (!hit) return this.plan?.() ?? null
    hit.left -= 1
    return hit.fault
  }
}
