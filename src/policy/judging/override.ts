import { nearestMiss } from '../evidence/approving.js'
import { answer } from './compiled.js'
import type { Judging } from './evaluate.js'
import { ask, type Deployment, type Instant, type Override, type Person } from '../facts.js'
import type { Layer, OverrideTerms } from '../gate.js'
import { barredBy, involvementIn, someoneUnknown, type Involvement } from '../evidence/involvement.js'
import { seenFrom } from '../evidence/ships.js'
import { isHuman, membersOf, type Members } from '../people.js'
import type { Code, Finding, Json } from '../verdict.js'

/** What became of a layer's overrides. */
export interface Standing {
  /** The terms that lift, or `null`: nothing is lifted. */
  readonly lifting: OverrideTerms | null
  /** When it stops lifting. */
  readonly expiresAt: Instant | null
  /** Why an override that was given lifts nothing, or who gave the one that does; `null`: none was given. */
  readonly finding: Finding | null
}

const NONE: Standing = { lifting: null, expiresAt: null, finding: null }

/** Whether enough members, none of them involved, override this layer now, for exactly this SHA. */
export const standingOf = (layer: Layer, judged: Judging): Standing => {
  const judging: Judging = { ...judged, gate: seenFrom(judged.gate, layer.name) }
  const terms = layer.override
  const overrides = answer(ask.overrides, judging.facts)
  const deployment = answer(ask.deployment, judging.facts)
  if (terms === null || !overrides.known || !deployment.known) return NONE
  const given = overrides.value.filter((each) => isOpen(each, deployment.value, judging.now))
  if (given.length === 0) return NONE
  const finding = (values: { readonly [key: string]: Json }, code?: Code): Finding => ({
    rule: 'override',
    outcome: 'inactive',
    ...(code === undefined ? {} : { code }),
    layer: layer.name,
    place: terms.place,
    values: { by: terms.by.name, count: terms.count, ...values },
  })
  const members = answer(membersOf(terms.by), judging.facts)
  if (!members.known) return { ...NONE, finding: finding({ fact: members.key, reason: members.reason }, members.code) }
  const doubt = doubtOf(judging)
  if (doubt !== null && !terms.evenIfUndecided)
    return { ...NONE, finding: finding({ reason: doubt.reason }, doubt.code) }
  return judge(given, terms, members.value, judging, deployment.value, finding)
}

const isOpen = ({ sha, spentAt, at }: Override, deployment: Deployment, now: Instant): boolean =>
  (sha === undefined || sha === deployment.sha) && spentAt === null && at <= now

/** Why nobody can be told to be uninvolved; `null`: everybody who is involved is known. */
const doubtOf = ({ gate, facts }: Judging): { readonly code: Code; readonly reason: string } | null => {
  const involvement = answer(involvementIn(gate), facts)
  if (!involvement.known) return { code: involvement.code, reason: `${involvement.key}: ${involvement.reason}` }
  if (involvement.value.headMissing) return { code: 'fact_unknown', reason: 'the head is not among the commits' }
  return someoneUnknown(involvement.value, [])
    ? { code: 'contributor_unknown', reason: 'a contributor has no account' }
    : null
}

const expiryOf = ({ at, expiresAt }: Override, { expires }: OverrideTerms): Instant =>
  Math.min(expiresAt ?? Infinity, at + expires)

const judge = (
  given: readonly Override[],
  terms: OverrideTerms,
  members: Members,
  { gate, facts, now }: Judging,
  deployment: Deployment,
  finding: (values: { readonly [key: string]: Json }, code?: Code) => Finding,
): Standing => {
  const involvement = answer(involvementIn(gate), facts)
  const isInvolved = (person: Person) =>
    [deployment.by, deployment.startedBy].some((starter) => starter?.id === person.id) ||
    (involvement.known && barredBy(involvement.value satisfies Involvement, person.id, []) !== null)
  const judged = [...given]
    .sort((a, b) => a.at - b.at || a.by.id - b.by.id)
    .map((each) => ({ each, why: whyNot(each, terms, members, isInvolved, now) }))
  const good = judged.filter(({ why }) => why === null).map(({ each }) => each)
  const expiries = latestByPerson(good, terms)
  const ignored = judged.flatMap(({ each, why }) =>
    why === null ? [] : [{ by: each.by.login, why: why.why, code: why.code }],
  )
  const values = { given: good.map(({ by, reason, at }) => ({ by: by.login, reason, at })), ignored }
  if (expiries.length < terms.count) return { ...NONE, finding: finding(values, nearestMiss(ignored)) }
  return { lifting: terms, expiresAt: expiries[terms.count - 1] ?? null, finding: finding(values) }
}

/** Of each person the latest expiry, latest first. */
const latestByPerson = (good: readonly Override[], terms: OverrideTerms): readonly Instant[] => {
  const latest = new Map<number, Instant>()
  for (const each of good) latest.set(each.by.id, Math.max(latest.get(each.by.id) ?? 0, expiryOf(each, terms)))
  return [...latest.values()].sort((a, b) => b - a)
}

const whyNot = (
  override: Override,
  terms: OverrideTerms,
  members: Members,
  isInvolved: (person: Person) => boolean,
  now: Instant,
): { readonly code: Code; readonly why: string } | null => {
  const { by, reason } = override
  if (!isHuman(by) || !members.ids.has(by.id)) return { code: 'approver_not_eligible', why: 'not_in_group' }
  if (isInvolved(by)) return { code: 'approver_involved', why: 'involved' }
  if (reason.trim() === '') return { code: 'approval_missing', why: 'reason' }
  return now < expiryOf(override, terms) ? null : { code: 'approval_stale', why: 'expired' }
}
