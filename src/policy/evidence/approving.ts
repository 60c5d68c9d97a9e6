import { byPerson, newestOf, type Act } from './acts.js'
import type { ApprovalChannel, Duration, Instant, Person } from '../facts.js'
import { barredBy, type Involved, type Involvement } from './involvement.js'
import { isHuman, type Members } from '../people.js'
import type { Code } from '../verdict.js'

/** What makes an approval count. */
export interface Terms {
  readonly by: readonly ApprovalChannel[]
  readonly involved: readonly Involved[]
  /** Older ones do not count; absent: none is too old. */
  readonly within?: Duration | undefined
  readonly reason: 'optional' | 'required'
}

/** Why an approval does not count. The code is for policy and scenario authors, `why` for the explanation. */
export interface Ignored {
  readonly person: Person
  readonly code: Code
  /** What else is amiss with it, where the person is not eligible or involved: it is stale, too. */
  readonly also?: Code
  readonly why:
    | 'commit'
    | 'attempt'
    | 'retargeted'
    | 'lapsed'
    | 'future'
    | 'dismissed'
    | 'channel'
    | 'reason'
    | 'app'
    | 'not_in_group'
    | Involved
}

export interface Counted {
  readonly person: Person
  /** When it is too old; `null`: never. */
  readonly lapsesAt: Instant | null
}

export interface Tally {
  readonly counted: readonly Counted[]
  readonly ignored: readonly Ignored[]
}

/** The nearest miss first. */
const NEAREST: readonly Code[] = ['approval_stale', 'approver_involved', 'approver_not_eligible', 'approval_missing']

/** The code of an approval that falls short: that of the nearest miss. */
export const nearestMiss = (ignored: readonly { readonly code: Code }[]): Code =>
  NEAREST.find((code) => ignored.some((each) => each.code === code)) ?? 'approval_missing'

const NOBODY: Tally = { counted: [], ignored: [] }

/** Each person counts once, by the best of what they said since their last objection or dismissal. */
export const tally = (
  acts: readonly Act[],
  members: Members,
  involvement: Involvement,
  terms: Terms,
  now: Instant,
): Tally => {
  if (acts.length === 0) return NOBODY
  const counted: Counted[] = []
  const ignored: Ignored[] = []
  for (const own of byPerson(acts).values()) {
    const judged = judgePerson(own, members, involvement, terms, now)
    if (judged === null) continue
    if ('code' in judged) ignored.push(judged)
    else counted.push(judged)
  }
  const byId = (a: { person: Person }, b: { person: Person }) => a.person.id - b.person.id
  return { counted: counted.sort(byId), ignored: ignored.sort(byId) }
}

const judgePerson = (
  own: readonly Act[],
  members: Members,
  involvement: Involvement,
  terms: Terms,
  now: Instant,
): Counted | Ignored | null => {
  const noes = own.filter(({ kind }) => kind !== 'approve')
  const no = noes.length === 0 ? undefined : newestOf(noes)
  const yes = no === undefined ? own : own.filter(({ kind, at }) => kind === 'approve' && at > no.at)
  const [first] = own
  if (first === undefined || (yes.length === 0 && no?.kind !== 'withdraw')) return null
  const person = first.by
  const standing = standingOf(person, members, involvement, terms)
  if (standing !== null) return besides(standing, yes, terms, now)
  if (yes.length === 0) return { person, code: 'approval_missing', why: 'dismissed' }
  return bestOf(person, yes, terms, now)
}

/** The best of what somebody said: what counts longest, else the nearest miss. */
const bestOf = (person: Person, yes: readonly Act[], terms: Terms, now: Instant): Counted | Ignored | null => {
  const [only, second] = yes
  if (only !== undefined && second === undefined) return judgeAct(only, terms, now)
  const judged = yes.map((act) => judgeAct(act, terms, now))
  const good = judged.filter((each): each is Counted => 'lapsesAt' in each)
  if (good.length > 0) return { person, lapsesAt: latest(good.map(({ lapsesAt }) => lapsesAt)) }
  const missed = judged.filter((each): each is Ignored => 'code' in each)
  return missed.find(({ code }) => code === nearestMiss(missed)) ?? null
}

/** Whose approvals never count may have given one that is stale, too: both are told. */
const besides = (standing: Ignored, yes: readonly Act[], terms: Terms, now: Instant): Ignored => {
  const best = bestOf(standing.person, yes, terms, now)
  return best !== null && 'code' in best ? { ...standing, also: best.code } : standing
}

const latest = (lapses: readonly (Instant | null)[]): Instant | null =>
  lapses.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)))

/** Why nothing that this person says counts; `null`: it does. */
const standingOf = (person: Person, members: Members, involvement: Involvement, terms: Terms): Ignored | null => {
  if (!isHuman(person)) return { person, code: 'approver_not_eligible', why: 'app' }
  if (!members.ids.has(person.id)) return { person, code: 'approver_not_eligible', why: 'not_in_group' }
  const part = barredBy(involvement, person.id, terms.involved)
  return part === null ? null : { person, code: 'approver_involved', why: part }
}

const judgeAct = (act: Act, { by, within, reason }: Terms, now: Instant): Counted | Ignored => {
  const person = act.by
  if (act.stale !== null) return { person, code: 'approval_stale', why: act.stale }
  if (!by.includes(act.via)) return { person, code: 'approval_missing', why: 'channel' }
  if (act.at > now) return { person, code: 'approval_missing', why: 'future' }
  if (reason === 'required' && act.reason.trim() === '') return { person, code: 'approval_missing', why: 'reason' }
  const lapsesAt = within === undefined ? null : act.at + within
  return lapsesAt !== null && now >= lapsesAt ? { person, code: 'approval_stale', why: 'lapsed' } : { person, lapsesAt }
}

/** People of the group who may approve this at all. */
export const eligible = (members: Members, involvement: Involvement, terms: Terms): readonly Person[] =>
  sorted(members, involvement, terms).able

/** The people of the group who may approve this, and the others, and why not; apps are neither. */
export const sorted = (members: Members, involvement: Involvement, terms: Terms): Sorted => {
  const able: Person[] = []
  const unable: Ignored[] = []
  for (const person of members.people) {
    const standing = standingOf(person, members, involvement, terms)
    if (standing === null) able.push(person)
    else if (standing.why !== 'app') unable.push(standing)
  }
  return { able, unable }
}

export interface Sorted {
  readonly able: readonly Person[]
  readonly unable: readonly Ignored[]
}
