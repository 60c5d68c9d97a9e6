import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../gatekeeper/ports.js'
import { gaugesOf, type Standing } from './gauges.js'

/** One call to GitHub; `installation` is `null` for the app's own. */
export interface CallMade {
  readonly installation: number | null
  /** The kind of subject it was made for. */
  readonly about: string
  readonly resource: string
  readonly status: number
}

export interface MetricsParts {
  readonly version: string
  readonly clock: Clock
  /** Events that the app handles; all others are told as `other`, for their names come from outside. */
  readonly events: readonly string[]
  /** How everything stands at this moment; read once for each scrape. */
  readonly standing: () => Promise<Standing>
}

/** What is counted, and the page that shows it. No label names an organisation, a repository or a person. */
export interface Metrics {
  /** A delivery came to the front door. */
  delivered(event: string, outcome: string): void
  /** A delivery named these subjects, by their keys. */
  named(keys: readonly string[], receivedAt: number): void
  /** A gate has decided something that it had not before. */
  decided(gate: string, decision: string): void
  /** A look at a subject ended. */
  looked(kind: string, key: string, isJudged: boolean): void
  called(call: CallMade): void
  render(): Promise<{ readonly type: string; readonly text: string }>
  close(): void
}

/** Subjects whose delivery is remembered until they are judged; beyond that the oldest go unmeasured. */
const REMEMBERED = 10_000
const NANOSECONDS = 1e9
/** Seconds; an answer is expected within some, and what GitHub's limits hold back takes up to an hour. */
const BUCKETS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600]

const countersIn = (registers: Registry[]) => ({
  deliveries: new Counter({
    name: 'release_gates_deliveries_total',
    help: 'Deliveries at the front door, by event and what came of them.',
    labelNames: ['event', 'outcome'] as const,
    registers,
  }),
  decisions: new Counter({
    name: 'release_gates_decisions_total',
    help: 'Decisions that a gate had not made before of the same subject, by kind of gate.',
    labelNames: ['gate', 'decision'] as const,
    registers,
  }),
  looks: new Counter({
    name: 'release_gates_looks_total',
    help: 'Looks at subjects, by kind of subject; failed: made again later.',
    labelNames: ['about', 'outcome'] as const,
    registers,
  }),
  calls: new Counter({
    name: 'release_gates_github_calls_total',
    help: 'Calls to GitHub, by what they were made for; status 0: no answer, 429: refused for a limit, also by this app itself.',
    labelNames: ['installation', 'about', 'resource', 'status'] as const,
    registers,
  }),
  answers: new Histogram({
    name: 'release_gates_answer_seconds',
    help: 'From a delivery until the subject that it names was judged and GitHub told.',
    labelNames: ['about'] as const,
    buckets: BUCKETS,
    registers,
  }),
})

/** Since when each subject waits for the answer to a delivery. */
const waitingRoom = () => {
  const since = new Map<string, number>()
  return {
    add(keys: readonly string[], at: number) {
      for (const key of keys) if (!since.has(key)) since.set(key, at)
      for (const key of since.keys()) {
        if (since.size <= REMEMBERED) return
        since.delete(key)
      }
    },
    take(key: string): number | null {
      const at = since.get(key) ?? null
      since.delete(key)
      return at
    },
  }
}

export const createMetrics = ({ version, clock, events, standing }: MetricsParts): Metrics => {
  const registry = new Registry()
  const counters = countersIn([registry])
  const gauges = gaugesOf([registry])
  const known: ReadonlySet<string> = new Set(events)
  const waiting = waitingRoom()
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const lag = new Gauge({
    name: 'release_gates_event_loop_lag_seconds',
    help: 'How late the process came to its work since the last scrape.',
    labelNames: ['quantile'] as const,
    registers: [registry],
  })
  new Gauge({
    name: 'release_gates_info',
    help: 'The version that runs.',
    labelNames: ['version'] as const,
    registers: [registry],
  }).set({ version }, 1)

  return {
    delivered: (event, outcome) => counters.deliveries.inc({ event: known.has(event) ? event : 'other', outcome }),
    named: (keys, receivedAt) => waiting.add(keys, receivedAt),
    decided: (gate, decision) => counters.decisions.inc({ gate, decision }),
    looked(kind, key, isJudged) {
      counters.looks.inc({ about: kind, outcome: isJudged ? 'judged' : 'failed' })
      const since = isJudged ? waiting.take(key) : null
      if (since !== null) counters.answers.observe({ about: kind }, Math.max(0, clock.now() - since) / 1_000)
    },
    called: ({ installation, about, resource, status }) =>
      counters.calls.inc({ installation: String(installation ?? 'app'), about, resource, status: String(status) }),
    async render() {
      for (const [quantile, percent] of [
        ['0.5', 50],
        ['0.99', 99],
      ] as const)
        lag.set({ quantile }, Math.max(0, delay.percentile(percent) / NANOSECONDS))
      lag.set({ quantile: '1' }, delay.count > 0 ? delay.max / NANOSECONDS : 0)
      delay.reset()
      gauges(await standing(), clock.now())
      return { type: registry.contentType, text: await registry.metrics() }
    },
    close: () => void delay.disable(),
  }
}
