import type { CheckResult, Deployment, Fact, Facts, Instant, Release, ReleaseApproval } from '../src/policy/facts.js'
import type { Gate } from '../src/policy/gate.js'
import type { RawShippedCommit, RawSituation } from '../src/policy/scenario/schema.js'
import { decide, scenarioFacts } from './dist.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Monday, 23 November 2026, 10:00 UTC: inside the gate's window. */
export const MONDAY: Instant = Date.UTC(2026, 10, 23, 10)

const AUTHORS = ['dev', 'devi', 'davy', 'drew', 'dana'] as const
const LEADS = ['lena', 'leo', 'lou'] as const
const BODY = `# Feature brief\n\nWhat it is for.\n\n## Test data\n\nWhat it was tried with.\n\n## Security assessment\n\n- [x] looked at\n\n## Rollback plan\n\nRelease the one before.\n`

/** Fifty commits: 25 merged pull requests, each a merge made by GitHub and the commit that it brought. */
const commits = (): RawShippedCommit[] =>
  Array.from({ length: 25 }, (_, index) => {
    const author = AUTHORS[index % AUTHORS.length] ?? 'dev'
    const change = { number: index + 1, author, merged_by: 'mona', gate: 'allow' as const, body: BODY }
    const before = index === 0 ? 'base' : `m${index - 1}`
    return [
      { sha: `f${index}`, author, parents: [before], change, made_by_github: false },
      { sha: `m${index}`, author, parents: [before, `f${index}`], change, made_by_github: true },
    ]
  }).flat()

const HEAD = 'm24'

const situation: RawSituation = {
  teams: { 'development-leads': [...LEADS], 'delivery-managers': ['dora', 'dan'], core: ['cora', 'carl'] },
  roles: { mona: 'maintain', cora: 'admin', dev: 'write' },
  deployment: {
    sha: HEAD,
    by: 'dora',
    ships: commits(),
    checks: { test: 'success', 'security-scan': 'success' },
    released: [
      { environment: 'development', sha: HEAD, at: new Date(MONDAY - 20 * HOUR).toISOString() },
      { environment: 'production', sha: 'base', at: new Date(MONDAY - 72 * HOUR).toISOString(), contained: true },
    ],
    approvals: [{ by: 'lena', at: new Date(MONDAY - HOUR).toISOString() }],
  },
}

/** Everything that the gate asks, for a deployment that it allows on Monday. */
export const releaseFacts = (gate: Gate): Facts =>
  scenarioFacts.factsOf(
    {
      raw: situation,
      kind: 'deployment',
      now: MONDAY,
      repository: 'acme/shop',
      defaultBranch: 'main',
      branch: 'main',
    },
    decide.questionsOf(gate),
    [gate],
  )

/** One deployment as it is read afresh, the n-th of many that differ. */
export interface Reading {
  readonly facts: Facts
  readonly now: Instant
}

const valueOf = <T>(facts: Facts, key: string): T => {
  const fact = facts.get(key)
  if (fact?.known !== true) throw new Error(`the benchmark has no ${key}`)
  return fact.value as T
}

/**
 * The n-th reading of the same subject: deployment, approvals, checks, releases and all that is recorded by us are new
 * objects with other content; the commits that ship, the teams and the branch's protection are the objects of `base`,
 * as a gateway's cache gives them out while nothing changed.
 */
export const reading = (base: Facts, n: number): Reading => {
  const now = MONDAY + (n % 97) * 7 * MINUTE + (n % 1013)
  const fact = (value: unknown): Fact => ({ known: true, value, source: 'bench', at: now })
  const facts = new Map(base)
  facts.set('deployment', fact(deployment(valueOf(base, 'deployment'), n)))
  facts.set('approvals', fact(approvals(valueOf(base, 'approvals'), n)))
  facts.set('checks', fact(checks(valueOf(base, 'checks'), n)))
  facts.set(
    'released',
    fact(valueOf<readonly Release[]>(base, 'released').map((each) => ({ ...each, at: each.at + n }))),
  )
  facts.set('releases', fact([]))
  facts.set('overrides', fact([]))
  facts.set('bypasses', fact([]))
  return { facts, now }
}

const deployment = (given: Deployment, n: number): Deployment => ({
  ...given,
  requestedAt: given.requestedAt - n,
  attempt: 1 + (n % 7 === 6 ? 1 : 0),
})

/** One in eight has none, one in seven (the second attempt) an old one, some have two or three. */
const approvals = (given: readonly ReleaseApproval[], n: number): readonly ReleaseApproval[] => {
  const [first] = given
  if (first === undefined) throw new Error('the benchmark has no approval')
  const many = n % 8 === 0 ? 0 : 1 + (n % 3)
  return Array.from({ length: many }, (_, index) => ({ ...first, at: first.at + n + index, comment: `yes ${n}` }))
}

/** One in five is still running, one in eleven failed. */
const checks = (given: readonly CheckResult[], n: number): readonly CheckResult[] =>
  given.map((each, index) => ({
    ...each,
    conclusion: index > 0 ? each.conclusion : n % 5 === 0 ? 'running' : n % 11 === 0 ? 'failure' : each.conclusion,
    at: each.at + n,
  }))
