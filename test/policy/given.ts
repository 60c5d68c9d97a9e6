import { decide, questionsOf } from '../../src/policy/decide.js'
import { formatProblem, parsePolicy, type PolicyOrigin } from '../../src/policy/reading/document.js'
import type { Facts } from '../../src/policy/facts.js'
import type { Gate } from '../../src/policy/gate.js'
import {
  gateOfPush,
  gateOfRelease,
  gatesOfChange,
  type Policies,
  type PolicySource,
} from '../../src/policy/composing/gates.js'
import { factsOf, type SubjectKind } from '../../src/policy/scenario/facts.js'
import type { RawChange, RawDeployment, RawPush, RawSituation } from '../../src/policy/scenario/schema.js'
import type { Code, Finding, Verdict } from '../../src/policy/verdict.js'

/** Monday, 23 November 2026, 10:00 UTC. */
export const NOW = Date.UTC(2026, 10, 23, 10)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A time before now, as scenario files write it. */
export const ago = (length: number): string => new Date(NOW - length).toISOString()
export const ahead = (length: number): string => new Date(NOW + length).toISOString()

const at = { repository: 'acme/shop', defaultBranch: 'main' }

const GROUPS = 'groups: { leads: { teams: [leads] }, managers: { teams: [managers] }, core: { teams: [core] } }\n'
const PEOPLE: RawSituation = { teams: { leads: ['lena', 'leo'], managers: ['dora', 'dan'], core: ['cora', 'carl'] } }

const source = (text: string, origin: PolicyOrigin): PolicySource => {
  const read = parsePolicy(`version: 1\n${text}`, '.github/release-gates.yml', origin)
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'))
  return { state: 'present', policy: read.policy, sha: 'p1' }
}

/** A repository's policy, and the organisation's where one is given. */
export const policies = (repository: string, organisation?: string): Policies => ({
  organisation: organisation === undefined ? { state: 'absent' } : source(organisation, 'organisation'),
  repository: source(GROUPS + repository, 'repository'),
})

/** What makes a repository's policy invalid, in words; empty: nothing. */
export const problemsOf = (text: string): readonly string[] => {
  const read = parsePolicy(`version: 1\n${GROUPS}${text}`, '.github/release-gates.yml', 'repository')
  return read.ok ? [] : read.problems.map(({ message }) => message)
}

export const inRelease = (rules: string) => `environments: { production: { release: [${rules}] } }`
export const inMerge = (rules: string) => `branches: { main: { merge: [${rules}] } }`
export const inPush = (rules: string) => `branches: { main: { push: [${rules}] } }`

export interface Case {
  readonly gate: Gate
  readonly facts: Facts
}

const make = (gate: Gate, kind: SubjectKind, raw: RawSituation): Case => {
  const situation = { raw: { ...PEOPLE, ...raw }, kind, now: NOW, ...at, branch: 'main' }
  return { gate, facts: factsOf(situation, questionsOf(gate), [gate]) }
}

export const releaseCase = (given: Policies, deployment: RawDeployment, more: RawSituation = {}): Case =>
  make(gateOfRelease(given, { ...at, environment: deployment.environment ?? 'production' }), 'deployment', {
    deployment,
    ...more,
  })

const changeCase =
  (wanted: 'merge' | 'policy') =>
  (given: Policies, change: RawChange, more: RawSituation = {}): Case => {
    const [gate] = gatesOfChange(given, { ...at, base: change.base ?? 'main' }).filter(({ kind }) => kind === wanted)
    if (gate === undefined) throw new Error('nothing guards that branch')
    return make(gate, 'change', { change, ...more })
  }
export const mergeCase = changeCase('merge')
export const policyCase = changeCase('policy')

export const pushCase = (given: Policies, push: RawPush, more: RawSituation = {}): Case => {
  const gate = gateOfPush(given, { ...at, branch: push.branch ?? 'main' })
  if (gate === null) throw new Error('nothing guards that branch')
  return make(gate, 'push', { push, ...more })
}

export const judged = ({ gate, facts }: Case, now = NOW): Verdict => decide(gate, facts, now)

/** The verdict of a release gate with these rules (YAML, comma-separated) on this deployment. */
export const release = (rules: string, deployment: RawDeployment = {}, more: RawSituation = {}): Verdict =>
  judged(releaseCase(policies(inRelease(rules)), deployment, more))
export const merge = (rules: string, change: RawChange = {}, more: RawSituation = {}): Verdict =>
  judged(mergeCase(policies(inMerge(rules)), change, more))
export const push = (rules: string, pushed: RawPush = {}, more: RawSituation = {}): Verdict =>
  judged(pushCase(policies(inPush(rules)), pushed, more))

/** Every finding of a tree. */
export const findingsIn = (findings: readonly Finding[]): readonly Finding[] =>
  findings.flatMap((finding) => [finding, ...findingsIn(finding.children ?? [])])

const openCodes = (findings: readonly Finding[]): readonly Code[] =>
  findings
    .filter(({ outcome, lifted }) => outcome !== 'allow' && outcome !== 'inactive' && lifted !== true)
    .flatMap(({ code, children = [] }) => [...(code === undefined ? [] : [code]), ...openCodes(children)])

/** The decision and the codes of what does not allow, each once. */
export const said = (verdict: Verdict): string => [verdict.decision, ...new Set(openCodes(verdict.findings))].join(' ')

export const findingOf = (verdict: Verdict, rule: string): Finding => {
  const found = findingsIn(verdict.findings).find((finding) => finding.rule === rule)
  if (found === undefined) throw new Error(`no finding of ${rule}`)
  return found
}

export const codesOf = (verdict: Verdict, rule: string): readonly Code[] => {
  const { code, also = [] } = findingOf(verdict, rule)
  return code === undefined ? also : [code, ...also]
}
