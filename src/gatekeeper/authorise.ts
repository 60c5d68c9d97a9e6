import { answer } from '../policy/judging/compiled.js'
import { decide } from '../policy/decide.js'
import { judgingOf } from '../policy/judging/evaluate.js'
import {
  ask,
  factFor,
  known,
  type Facts,
  type Instant,
  type Person,
  type ReleaseApproval,
  type Sha,
} from '../policy/facts.js'
import type { Group } from '../policy/gate.js'
import { standingOf } from '../policy/judging/override.js'
import { membersOf } from '../policy/people.js'
import type { Code, Finding } from '../policy/verdict.js'
import { Unreadable } from './ports.js'
import type { JudgedRelease } from './release.js'

export type ActKind = 'approve' | 'reject' | 'release' | 'override'

/** Whether this person may do this to this release now; if not, why, and who may. */
export type Authority =
  { readonly ok: true } | { readonly ok: false; readonly code: Code | 'nothing_to_do'; readonly may: readonly Person[] }

/** The findings with all that they are made of. */
export const everyFinding = (findings: readonly Finding[]): readonly Finding[] =>
  findings.flatMap((finding) => [finding, ...everyFinding(finding.children ?? [])])

export const uniquePeople = (people: readonly Person[]): readonly Person[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
]

const reasonOf = ({ values: { reason } }: Finding) => (typeof reason === 'string' ? reason : 'a fact is unknown')

/** Someone stands among those whom a finding of this rule waits for. */
const waitedFor = ({ verdict }: JudgedRelease, rule: string, person: Person): Authority => {
  const findings = everyFinding(verdict.findings).filter(
    (finding) => finding.rule === rule && finding.outcome !== 'inactive' && finding.lifted !== true,
  )
  const open = findings.filter(({ outcome }) => outcome === 'wait' || outcome === 'undecided')
  if (open.some(({ who }) => who?.may.some(({ id }) => id === person.id))) return { ok: true }
  const unread = open.find(({ outcome, who }) => outcome === 'undecided' && who === undefined)
  if (unread) throw new Unreadable(`who may act on ${rule}`, reasonOf(unread), null)
  const may = uniquePeople(open.flatMap(({ who }) => who?.may ?? []))
  if (open.length === 0) return { ok: false, code: 'nothing_to_do', may }
  const barred = open.flatMap(({ who }) => who?.mayNot ?? []).find((one) => one.person.id === person.id)
  return { ok: false, code: barred?.code ?? (rule === 'deployer' ? 'not_deployer' : 'approver_not_eligible'), may }
}

const withRejection = (facts: Facts, by: Person, { asked }: JudgedRelease, at: Instant): Facts => {
  const approvals = factFor(facts, ask.approvals)
  const rejection: ReleaseApproval = {
    by,
    at,
    decision: 'reject',
    comment: '',
    via: 'page',
    sha: asked.sha,
    attempt: asked.attempt,
  }
  return new Map(facts).set(
    ask.approvals.key,
    known([...(approvals.known ? approvals.value : []), rejection], 'a trial', at),
  )
}

/** A rejection counts when, given, it would deny: the same function that decides says so. */
const mayReject = (judged: JudgedRelease, person: Person, now: Instant): Authority => {
  const tried = decide(judged.gate, withRejection(judged.facts, person, judged, now), now)
  const counts = everyFinding(tried.findings).some(
    ({ code, outcome }) => code === 'approval_rejected' && outcome === 'deny',
  )
  if (counts) return { ok: true }
  const may = uniquePeople(
    everyFinding(judged.verdict.findings).flatMap(({ rule, who }) => (rule === 'approval' ? (who?.may ?? []) : [])),
  )
  return { ok: false, code: 'approver_not_eligible', may }
}

/** An override counts when, given alone, some layer of the gate takes it for one. */
export const mayOverride = (
  { gate, facts, asked }: Pick<JudgedRelease, 'gate' | 'facts'> & { readonly asked: { readonly sha: Sha } },
  person: Person,
  now: Instant,
): Authority => {
  const trial = {
    by: person,
    at: now,
    reason: 'a trial',
    expiresAt: null,
    reviewedAt: null,
    spentAt: null,
    sha: asked.sha,
  }
  const tried = new Map(facts).set(ask.overrides.key, known([trial], 'a trial', now))
  const layers = gate.layers.filter(({ override }) => override !== null)
  const findings = layers.map((layer) => standingOf(layer, judgingOf(gate, tried, now)).finding)
  if (findings.some((finding) => Array.isArray(finding?.values['given']) && finding.values['given'].length > 0))
    return { ok: true }
  const may = uniquePeople(layers.flatMap(({ override }) => (override === null ? [] : membersIn(override.by, facts))))
  const code = layers.length === 0 ? 'nothing_to_do' : findings.find((finding) => finding?.code !== undefined)?.code
  return { ok: false, code: code ?? 'approver_not_eligible', may: may.filter(({ id }) => id !== person.id) }
}

const membersIn = (group: Group, facts: Facts): readonly Person[] => {
  const members = answer(membersOf(group), facts)
  return members.known ? members.value.people : []
}

/** @throws {Unreadable} when the groups that would tell could not be read. */
export const authorise = (judged: JudgedRelease, kind: ActKind, person: Person, now: Instant): Authority => {
  if (person.kind !== 'user') return { ok: false, code: 'approver_not_eligible', may: [] }
  switch (kind) {
    case 'approve':
      return waitedFor(judged, 'approval', person)
    case 'release':
      return waitedFor(judged, 'deployer', person)
    case 'reject':
      return mayReject(judged, person, now)
    case 'override':
      return mayOverride(judged, person, now)
  }
}
