import { afterEach, expect, test } from '@jest/globals'
import type { Standing } from '../../src/web/gauges.js'
import { createMetrics, type Metrics } from '../../src/web/metrics.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const QUIET: Standing = {
  deliveries: { waiting: 0, oldest: null, dead: 0 },
  subjects: { waiting: 0, oldest: null, dead: 0, failing: 0 },
  allowances: [],
  clockOffset: null,
  credentials: null,
}

const open: Metrics[] = []
afterEach(() => open.splice(0).forEach((metrics) => metrics.close()))

const someMetrics = (standing: Partial<Standing> = {}) => {
  let now = NOW
  const metrics = createMetrics({
    version: '1.2.3',
    clock: { now: () => now },
    events: ['pull_request'],
    standing: async () => ({ ...QUIET, ...standing }),
  })
  open.push(metrics)
  return { metrics, passes: (by: number) => (now += by), shown: async () => (await metrics.render()).text }
}

test('what was counted is shown in the text format of Prometheus', async () => {
  const { metrics, shown } = someMetrics()
  metrics.delivered('pull_request', 'accepted')
  metrics.decided('merge', 'allow')
  metrics.called({ installation: 5, about: 'change', resource: 'graphql', status: 200 })
  metrics.called({ installation: null, about: 'app', resource: 'core', status: 401 })
  expect((await metrics.render()).type).toMatch(/^text\/plain/)
  const text = await shown()
  expect(text).toContain('release_gates_info{version="1.2.3"} 1')
  expect(text).toContain('release_gates_deliveries_total{event="pull_request",outcome="accepted"} 1')
  expect(text).toContain('release_gates_decisions_total{gate="merge",decision="allow"} 1')
  expect(text).toContain(
    'release_gates_github_calls_total{installation="5",about="change",resource="graphql",status="200"} 1',
  )
  expect(text).toContain(
    'release_gates_github_calls_total{installation="app",about="app",resource="core",status="401"} 1',
  )
  expect(text).toMatch(/release_gates_event_loop_lag_seconds\{quantile="0.99"\} \d/)
})

test('an event that nobody handles does not become a label', async () => {
  const { metrics, shown } = someMetrics()
  metrics.delivered('acme_shop', 'wrong_signature')
  const text = await shown()
  expect(text).toContain('release_gates_deliveries_total{event="other",outcome="wrong_signature"} 1')
  expect(text).not.toContain('acme')
})

test('an answer takes from its oldest delivery until the subject was judged', async () => {
  const { metrics, passes, shown } = someMetrics()
  metrics.named(['change/7/1'], NOW)
  passes(2_000)
  metrics.named(['change/7/1'], NOW + 2_000)
  metrics.looked('change', 'change/7/1', false)
  passes(1_000)
  metrics.looked('change', 'change/7/1', true)
  metrics.looked('change', 'change/7/1', true)
  const text = await shown()
  expect(text).toContain('release_gates_answer_seconds_sum{about="change"} 3')
  expect(text).toContain('release_gates_answer_seconds_count{about="change"} 1')
  expect(text).toContain('release_gates_looks_total{about="change",outcome="judged"} 2')
  expect(text).toContain('release_gates_looks_total{about="change",outcome="failed"} 1')
})

test('what waits, what GitHub has left and how the clock stands are read when they are shown', async () => {
  const budget = { limit: 5_000, remaining: 12, resetAt: NOW + 60_000 }
  const { passes, shown } = someMetrics({
    deliveries: { waiting: 3, oldest: NOW - 7_000, dead: 1 },
    subjects: { waiting: 2, oldest: NOW - 90_000, dead: 0, failing: 1 },
    allowances: [{ installation: 5, budgets: new Map([['core', budget]]), pausedUntil: NOW + 30_000 }],
    clockOffset: -1_500,
    credentials: false,
  })
  const text = await shown()
  for (const line of [
    'store_up 1',
    'waiting{what="deliveries"} 3',
    'oldest_waiting_seconds{what="deliveries"} 7',
    'oldest_waiting_seconds{what="subjects"} 90',
    'dead_letters{what="deliveries"} 1',
    'failing_subjects 1',
    'github_budget_remaining{installation="5",resource="core"} 12',
    'github_paused_seconds{installation="5"} 30',
    'clock_offset_seconds -1.5',
    'credentials_accepted 0',
  ])
    expect(text).toContain(`release_gates_${line}\n`)
  passes(60_000)
  expect(await shown()).toContain('release_gates_github_budget_remaining{installation="5",resource="core"} 5000\n')
})

test('a store that does not answer is said to be down, and the rest is shown', async () => {
  const { metrics, shown } = someMetrics({ deliveries: null, subjects: null })
  metrics.decided('release', 'deny')
  const text = await shown()
  expect(text).toContain('release_gates_store_up 0\n')
  expect(text).toContain('release_gates_decisions_total{gate="release",decision="deny"} 1')
})
