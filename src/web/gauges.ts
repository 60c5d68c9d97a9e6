import { Gauge, type Registry } from 'prom-client'

/** How much is waiting, and since when the oldest of it; instants in epoch milliseconds. */
export interface Backlog {
  readonly waiting: number
  readonly oldest: number | null
  readonly dead: number
}

/** What GitHub has left to one installation. */
export interface Left {
  readonly installation: number
  readonly budgets: ReadonlyMap<
    string,
    { readonly limit: number; readonly remaining: number; readonly resetAt: number }
  >
  readonly pausedUntil: number | null
}

/** How everything stands. `null`: the store does not tell. */
export interface Standing {
  readonly deliveries: Backlog | null
  readonly subjects: (Backlog & { readonly failing: number }) | null
  readonly allowances: readonly Left[]
  /** Milliseconds that GitHub's clock is ahead of ours; `null`: not heard yet. */
  readonly clockOffset: number | null
  /** Whether GitHub takes the app's own credentials; `null`: not heard yet. */
  readonly credentials: boolean | null
}

const age = (since: number | null, now: number): number => (since === null ? 0 : Math.max(0, now - since) / 1_000)

/** The gauges of a page, and how to set them all to a moment. */
export const gaugesOf = (registers: Registry[]) => {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `release_gates_${name}`, help, labelNames: [...labelNames], registers })
  const store = gauge('store_up', 'Whether the store answers.', [])
  const waiting = gauge('waiting', 'Deliveries and subjects that wait for their turn.', ['what'])
  const oldest = gauge('oldest_waiting_seconds', 'Age of the oldest of them, an unjudged subject or a delivery.', [
    'what',
  ])
  const dead = gauge('dead_letters', 'Given up after many failures; the sweep raises subjects again.', ['what'])
  const failing = gauge('failing_subjects', 'Subjects whose last look failed.', [])
  const remaining = gauge('github_budget_remaining', 'Requests (REST) or points (GraphQL) left of the hour.', [
    'installation',
    'resource',
  ])
  const limit = gauge('github_budget_limit', 'Requests or points an hour.', ['installation', 'resource'])
  const paused = gauge('github_paused_seconds', 'How long GitHub wants to be left alone still.', ['installation'])
  const offset = gauge('clock_offset_seconds', 'How far GitHub’s clock is ahead of ours.', [])
  const credentials = gauge('credentials_accepted', 'Whether GitHub takes the app’s key.', [])

  const backlog = (what: string, found: Backlog | null, now: number): void => {
    if (found === null) return
    waiting.set({ what }, found.waiting)
    oldest.set({ what }, age(found.oldest, now))
    dead.set({ what }, found.dead)
  }
  const allowance = ({ installation, budgets, pausedUntil }: Left, now: number): void => {
    paused.set({ installation }, pausedUntil === null ? 0 : (pausedUntil - now) / 1_000)
    for (const [resource, budget] of budgets) {
      limit.set({ installation, resource }, budget.limit)
      remaining.set({ installation, resource }, now >= budget.resetAt ? budget.limit : budget.remaining)
    }
  }

  return (standing: Standing, now: number): void => {
    const { deliveries, subjects, clockOffset } = standing
    store.set(deliveries === null || subjects === null ? 0 : 1)
    backlog('deliveries', deliveries, now)
    backlog('subjects', subjects, now)
    if (subjects !== null) failing.set(subjects.failing)
    for (const one of standing.allowances) allowance(one, now)
    if (clockOffset !== null) offset.set(clockOffset / 1_000)
    if (standing.credentials !== null) credentials.set(standing.credentials ? 1 : 0)
  }
}
