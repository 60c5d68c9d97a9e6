import { decide, questionsOf } from '../decide.js'
import type { Instant } from '../facts.js'
import type { Gate } from '../gate.js'
import { gateOfPush, gateOfRelease, gatesOfChange, mergeGateOfShipped, type Policies } from '../composing/gates.js'
import type { ShippedJudge } from './commits.js'
import { factsOf, type Situation } from './facts.js'
import type { Judged, Scenario } from './file.js'
import type { RawSituation } from './schema.js'
import { topicKeys } from './topics.js'
import type { Code, Decision, Finding, Verdict } from '../verdict.js'

/** Monday, 23 November 2026, 10:00 UTC: now, where a scenario does not say. */
const USUAL_NOW = Date.UTC(2026, 10, 23, 10)

export interface ScenarioResult {
  readonly scenario: Scenario
  readonly verdict: Verdict
  readonly expected: Decision
  readonly actual: Decision
  readonly ok: boolean
  /** Codes that were expected among the findings and are not. */
  readonly missing: readonly Code[]
  /** Set where `until` is not when the gate looks again. */
  readonly until: { readonly expected: Instant | null; readonly actual: Instant | null } | null
}

/** Judges one scenario by the policies in force: the facts it states, the same pure decision that the app takes. */
export const runScenario = (scenario: Scenario, policies: Policies): ScenarioResult => {
  const verdict = judge(scenario, policies)
  const { expect, because = [], until } = scenario.raw
  const codes = codesOf(verdict.findings)
  const missing = because.filter((code) => !codes.has(code))
  const wrongUntil =
    until === undefined ? null : difference(until === null ? null : Date.parse(until), verdict.lookAgainAt ?? null)
  const ok = verdict.decision === expect && missing.length === 0 && wrongUntil === null
  return { scenario, verdict, expected: expect, actual: verdict.decision, ok, missing, until: wrongUntil }
}

const difference = (expected: Instant | null, actual: Instant | null) =>
  expected === actual ? null : { expected, actual }

/** A scenario may say that a policy file itself cannot be read. */
const hidden = (policies: Policies, unknown: readonly string[]): Policies => {
  const topics = unknown.flatMap(topicKeys)
  const unreadable = { state: 'unreadable', reason: 'the scenario says that it cannot be read' } as const
  if (!topics.includes('policy') && !topics.includes('organisation')) return policies
  return {
    organisation: topics.includes('organisation') ? unreadable : policies.organisation,
    repository: topics.includes('policy') ? unreadable : policies.repository,
  }
}

/** The verdict on what a scenario or a facts file states. */
export const judge = (scenario: Judged, stated: Policies): Verdict => {
  const policies = hidden(stated, scenario.raw.unknown ?? [])
  const situation = situationOf(scenario)
  const gates = gatesOf(scenario, situation, policies)
  const judging = scenario.kind === 'change' ? situation : { ...situation, judge: judgeShipped(situation, policies) }
  const facts = factsOf(judging, gates.flatMap(questionsOf), gates)
  const verdicts = gates.map((gate) => decide(gate, facts, situation.now))
  return combined(verdicts) ?? unguarded(scenario.kind, situation.branch, policies)
}

const situationOf = ({ raw, kind }: Judged): Situation => {
  const defaultBranch = raw.default_branch ?? 'main'
  return {
    raw,
    kind,
    now: raw.now === undefined ? USUAL_NOW : Date.parse(raw.now),
    repository: raw.repository ?? 'acme/shop',
    defaultBranch,
    branch: branchOf(raw, kind, defaultBranch),
  }
}

/** What a merged pull request was made of is gone, but for its reviews, its commits and the branch's protection. */
const GONE = ['files', 'comments', 'checks', 'workflows', 'conversations', 'diffs']

const judgeShipped =
  (situation: Situation, policies: Policies): ShippedJudge =>
  (change, commits) => {
    const { raw, repository, defaultBranch, branch } = situation
    const gate = mergeGateOfShipped(policies, { repository, defaultBranch, base: branch })
    if (gate === null) return 'none'
    const { number, title, body, author, reviews, linked_issues } = change
    const given = { number, title, body, author, reviews, linked_issues, base: branch }
    const merged = { ...given, commits: commits.map(({ change: _change, made_by_github: _made, ...commit }) => commit) }
    const shipped = { ...raw, change: merged, unknown: [...(raw.unknown ?? []), ...GONE] }
    const facts = factsOf({ ...situation, kind: 'change', raw: shipped }, questionsOf(gate), [gate])
    return decide(gate, facts, situation.now).decision
  }

const BRANCH_REF = 'refs/heads/'

const branchOf = (raw: RawSituation, kind: Scenario['kind'], defaultBranch: string): string => {
  if (kind === 'change') return raw.change?.base ?? 'main'
  if (kind === 'push') return raw.push?.branch ?? 'main'
  const ref = raw.deployment?.ref
  if (ref === undefined) return 'main'
  return ref?.startsWith(BRANCH_REF) === true ? ref.slice(BRANCH_REF.length) : defaultBranch
}

const gatesOf = (
  { kind, raw }: Judged,
  { repository, defaultBranch, branch }: Situation,
  policies: Policies,
): readonly Gate[] => {
  const at = { repository, defaultBranch }
  switch (kind) {
    case 'change':
      return gatesOfChange(policies, { ...at, base: branch })
    case 'push':
      return [gateOfPush(policies, { ...at, branch })].filter((gate) => gate !== null)
    case 'deployment':
      return [gateOfRelease(policies, { ...at, environment: raw.deployment?.environment ?? 'production' })]
  }
}

const SEVERITY: readonly Decision[] = ['allow', 'wait', 'undecided', 'deny']

/**
 * Those verdicts that apply as one, the worst deciding: what the check on a pull request shows. `undefined`: none does.
 */
export const combined = (all: readonly Verdict[]): Verdict | undefined => {
  const verdicts = all.filter(({ applies }) => applies)
  const [first, ...more] = verdicts
  if (!first || more.length === 0) return first
  const lookAgain = verdicts.flatMap(({ lookAgainAt }) => (lookAgainAt === undefined ? [] : [lookAgainAt]))
  return {
    ...first,
    decision: worst(verdicts.map(({ decision }) => decision)),
    findings: verdicts.flatMap(({ findings }) => findings),
    asked: [...new Set(verdicts.flatMap(({ asked }) => asked))].sort(),
    ...(lookAgain.length > 0 ? { lookAgainAt: Math.min(...lookAgain) } : {}),
  }
}

const worst = (decisions: readonly Decision[]): Decision =>
  decisions.reduce((a, b) => (SEVERITY.indexOf(a) >= SEVERITY.indexOf(b) ? a : b))

const KINDS = { change: 'merge', push: 'push', deployment: 'release' } as const

/** No gate is there: the app posts nothing, and a scenario is told that nothing is ever allowed because nothing was asked. */
const unguarded = (kind: Scenario['kind'], branch: string, { organisation, repository }: Policies): Verdict => {
  const code = organisation.state === 'invalid' || repository.state === 'invalid' ? 'policy_invalid' : 'no_rule_applies'
  const findings = [{ rule: 'gate', outcome: 'undecided', code, values: { branch } }] as const
  return { kind: KINDS[kind], gate: branch, decision: 'undecided', applies: false, findings, asked: [] }
}

/**
 * Codes of the findings that do not allow, at any depth; what is inactive or lifted is as if absent, but for an override
 * that was given and lifts nothing.
 */
export const codesOf = (findings: readonly Finding[]): ReadonlySet<Code> => {
  const codes = new Set<Code>()
  const visit = (finding: Finding): void => {
    if (finding.lifted === true || (finding.outcome === 'inactive' && finding.rule !== 'override')) return
    if (finding.outcome !== 'allow')
      for (const code of [finding.code, ...(finding.also ?? [])]) if (code) codes.add(code)
    finding.children?.forEach(visit)
  }
  findings.forEach(visit)
  return codes
}
