import { z } from 'zod'
import { objectors, type Act } from '../acts.js'
import { eligible, ineligible, nearestMiss, tally, type Ignored, type Tally } from '../approving.js'
import type { Instant, Person } from '../facts.js'
import type { Gate } from '../gate.js'
import { heardIn, type Heard } from '../hearing.js'
import { INVOLVED, involvementIn, someoneUnknown, type Involvement } from '../involvement.js'
import { count, duration, oneOrMore, people, text } from '../parameters.js'
import { membersOf, type Members } from '../people.js'
import { allow, defineRule, deny, undecided, wait, type Found, type RuleContext } from '../rule.js'
import type { Code, Values, WhoMayAct } from '../verdict.js'

const CHANNELS = ['page', 'comment', 'button', 'environment', 'review'] as const

const params = z.strictObject({
  from: people,
  count: count.prefault(1),
  name: text.optional(),
  by: oneOrMore(z.enum(CHANNELS), 'channel').optional(),
  involved: z.array(z.enum(INVOLVED), { error: `must be a list of: ${INVOLVED.join(', ')}` }).prefault([]),
  after_push: z.enum(['void', 'same_diff', 'keep']).prefault('void'),
  within: duration.refine((length) => length > 0, 'must be longer than nothing').optional(),
  reason: z.enum(['optional', 'required']).prefault('optional'),
  objections: z.enum(['block', 'ignore']).prefault('block'),
})
export type ApprovalParams = z.output<typeof params>

type Judged = Readonly<{ members: Members; involvement: Involvement; heard: Heard }>

const termsOf = ({ by, involved, within, reason }: ApprovalParams, { gate }: Pick<RuleContext, 'gate'>) => ({
  by: by ?? (gate.kind === 'release' ? (['page', 'comment', 'button'] as const) : (['review'] as const)),
  involved,
  within,
  reason,
})

/** For `distinct`: the people whose approval counts for this entry, and everybody who could give one. */
export const peopleFor = (
  answers: unknown,
  given: ApprovalParams,
  context: Pick<RuleContext, 'gate' | 'now'>,
): { readonly approving: readonly Person[]; readonly able: readonly Person[] } => {
  const { heard, members, involvement } = answers as Judged
  const terms = termsOf(given, context)
  const { counted } = tally(heard.acts, members, involvement, terms, context.now)
  return { approving: counted.map(({ person }) => person), able: eligible(members, involvement, terms) }
}

/** Enough people of a group, in it now and not involved, approved exactly this. */
export const approval = defineRule({
  name: 'approval',
  about: 'Enough distinct people of a group, who have no part in it, approved exactly this.',
  gates: ['merge', 'policy', 'release'],
  predicate: false,
  params,
  groups: ['from'],
  asks: (given, gate) => ({
    members: membersOf(given.from),
    involvement: involvementIn(gate),
    heard: heardIn(given, gate),
  }),
  check(judged, given, context) {
    const { members, involvement, heard } = judged
    const terms = termsOf(given, context)
    const result = tally(heard.acts, members, involvement, terms, context.now)
    const more = { ...named(given), ...lookAgain(result, heard.acts, context.now) }
    const found = { ...shortfall(given, result), ...objection(judged, given, context.gate) }
    const isRelease = context.gate.kind === 'release'
    if (found.objectors !== undefined && isRelease) return deny('approval_rejected', found, more)
    if (involvement.headMissing)
      return undecided('fact_unknown', { ...found, ...(isRelease ? NO_BEGINNING : NO_HEAD) }, more)
    if (found.objectors !== undefined)
      return wait('objection', found, { ...more, who: { may: objecting(judged, given), mayNot: [] } })
    if (result.counted.length < given.count)
      return falls(judged, given, result, found, { ...more, ...who(judged, given, result, context) }, context)
    if (someoneUnknown(involvement, given.involved))
      return undecided('contributor_unknown', { ...found, commits: unmapped(involvement) }, more)
    return allow(found, more)
  },
})

const falls = (
  judged: Judged,
  given: ApprovalParams,
  result: Tally,
  values: Values,
  more: Partial<Found>,
  context: RuleContext,
): Found => {
  const { members, involvement, heard } = judged
  const staleAndUnheard = heard.unheard !== null && result.ignored.some(({ why }) => why === 'commit')
  if (staleAndUnheard) return undecided('fact_unknown', { ...values, ...heard.unheard }, more)
  const able = eligible(members, involvement, termsOf(given, context)).length
  const code = nearestMiss(result.ignored)
  const unsatisfiable = able < given.count
  const beside: readonly Code[] = [
    'approval_missing',
    ...result.ignored.map((each) => each.code),
    ...(unsatisfiable ? UNSATISFIABLE : []),
  ]
  const also = [...new Set(beside)].filter((each) => each !== code)
  return wait(code, unsatisfiable ? { ...values, eligible: able } : values, { ...more, also })
}

const NO_HEAD = { fact: 'commits', reason: 'the head is not among the commits' } as const
const NO_BEGINNING = {
  fact: 'ships',
  reason: 'no commits are known to ship; where nothing was released here before, name since in reviewed',
} as const

const UNSATISFIABLE: readonly Code[] = ['unsatisfiable']

const named = ({ name }: ApprovalParams): Partial<Found> => (name === undefined ? {} : { name })

const lookAgain = ({ counted }: Tally, acts: readonly Act[], now: Instant): Partial<Found> => {
  const lapses = counted.flatMap(({ lapsesAt }) => (lapsesAt === null ? [] : [lapsesAt]))
  const coming = acts.flatMap(({ kind, at }) => (kind === 'approve' && at > now ? [at] : []))
  const times = [...lapses, ...coming]
  return times.length === 0 ? {} : { lookAgainAt: Math.min(...times) }
}

const shortfall = (given: ApprovalParams, { counted, ignored }: Tally) => ({
  from: given.from.name,
  count: given.count,
  approved: counted.map(({ person }) => person.login),
  ...(ignored.length === 0 ? {} : { ignored: ignored.map(told) }),
})

const told = ({ person, code, why }: Ignored) => ({ by: person.login, code, why })

const objecting = (
  { members, heard }: Judged,
  { objections }: Pick<ApprovalParams, 'objections'>,
): readonly Person[] =>
  objections === 'ignore' ? [] : objectors(heard.current).filter(({ id }) => members.ids.has(id))

/** A rejected release stays rejected whatever `objections` says. */
const objection = (judged: Judged, given: ApprovalParams, gate: Gate): { readonly objectors?: readonly string[] } => {
  const standing = objecting(judged, gate.kind === 'release' ? { objections: 'block' } : given)
  return standing.length === 0 ? {} : { objectors: standing.map(({ login }) => login).sort() }
}

const unmapped = ({ contributors }: Involvement): readonly string[] => contributors.unmapped.slice(0, 10)

const who = (
  { members, involvement }: Judged,
  given: ApprovalParams,
  { counted, ignored }: Tally,
  context: RuleContext,
): { readonly who: WhoMayAct } => {
  const terms = termsOf(given, context)
  const done = new Set(counted.map(({ person }) => person.id))
  const outside = ignored.filter(({ person }) => !members.ids.has(person.id))
  return {
    who: {
      may: eligible(members, involvement, terms).filter(({ id }) => !done.has(id)),
      mayNot: [...ineligible(members, involvement, terms), ...outside].map(({ person, code }) => ({ person, code })),
    },
  }
}
