import { z } from 'zod'
import { objectors, type Act } from '../evidence/acts.js'
import { eligible, nearestMiss, sorted, tally, type Ignored, type Tally, type Terms } from '../evidence/approving.js'
import type { Instant, Person } from '../facts.js'
import type { Gate } from '../gate.js'
import { heardIn, type Heard } from '../evidence/hearing.js'
import { INVOLVED, involvementIn, someoneUnknown, type Involvement } from '../evidence/involvement.js'
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

const ON_RELEASE: Terms['by'] = ['page', 'comment', 'button']
const ON_MERGE: Terms['by'] = ['review']

const termsOf = ({ by, involved, within, reason }: ApprovalParams, { gate }: Pick<RuleContext, 'gate'>): Terms => ({
  by: by ?? (gate.kind === 'release' ? ON_RELEASE : ON_MERGE),
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
    const more = lookAgain(given, result, heard.acts, context.now)
    const standing = objecting(judged, given, context.gate)
    const found = valuesOf(given, result, standing)
    const isRelease = context.gate.kind === 'release'
    if (standing.length > 0 && isRelease) return deny('approval_rejected', found, more)
    if (involvement.headMissing)
      return undecided('fact_unknown', { ...found, ...(isRelease ? NO_BEGINNING : NO_HEAD) }, more)
    const enough = result.counted.length >= given.count
    if (standing.length > 0) {
      const { able } = sorted(members, involvement, terms)
      const beside = enough ? more : { ...more, also: missesOf(result, able, given) }
      return wait('objection', found, { ...beside, who: { may: standing, mayNot: [] } })
    }
    if (!enough) return falls(judged, given, result, found, more, terms)
    if (someoneUnknown(involvement, given.involved))
      return undecided('contributor_unknown', { ...found, commits: unmapped(involvement) }, more)
    return allow(found, more)
  },
})

/** Too few approvals count: by the nearest miss, with who could still give one. */
const falls = (
  { members, involvement, heard }: Judged,
  given: ApprovalParams,
  result: Tally,
  values: Values,
  more: Partial<Found> | undefined,
  terms: Terms,
): Found => {
  const { able, unable } = sorted(members, involvement, terms)
  const all = { ...more, who: who(members, able, unable, result) }
  const staleAndUnheard = heard.unheard !== null && result.ignored.some(({ why }) => why === 'commit')
  if (staleAndUnheard) return undecided('fact_unknown', { ...values, ...heard.unheard }, all)
  const [code = 'approval_missing', ...also] = missesOf(result, able, given)
  return wait(code, also.includes('unsatisfiable') ? { ...values, eligible: able.length } : values, { ...all, also })
}

/** Everything that is amiss where too few approvals count: the nearest miss first, then each act's, then that no more can come. */
const missesOf = ({ ignored }: Tally, able: readonly Person[], { count: asked }: ApprovalParams): readonly Code[] => {
  const misses = new Set<Code>([nearestMiss(ignored), 'approval_missing'])
  for (const { code, also } of ignored) {
    misses.add(code)
    if (also !== undefined) misses.add(also)
  }
  if (able.length < asked) misses.add('unsatisfiable')
  return [...misses]
}

const NO_HEAD = { fact: 'commits', reason: 'the head is not among the commits' } as const
const NO_BEGINNING = {
  fact: 'ships',
  reason: 'no commits are known to ship; where nothing was released here before, name since in reviewed',
} as const

/** The entry's name, and when an approval lapses or begins to count. */
const lookAgain = (
  { name }: ApprovalParams,
  { counted }: Tally,
  acts: readonly Act[],
  now: Instant,
): Partial<Found> | undefined => {
  let earliest = Infinity
  for (const { lapsesAt } of counted) if (lapsesAt !== null && lapsesAt < earliest) earliest = lapsesAt
  for (const { kind, at } of acts) if (kind === 'approve' && at > now && at < earliest) earliest = at
  if (name === undefined) return earliest === Infinity ? undefined : { lookAgainAt: earliest }
  return earliest === Infinity ? { name } : { name, lookAgainAt: earliest }
}

const valuesOf = (given: ApprovalParams, { counted, ignored }: Tally, standing: readonly Person[]): Values => {
  const from = given.from.name
  const approved = counted.map(({ person }) => person.login)
  const channels = given.by === undefined ? {} : { channels: given.by }
  if (ignored.length === 0 && standing.length === 0) return { from, count: given.count, approved, ...channels }
  return {
    from,
    count: given.count,
    approved,
    ...channels,
    ...(ignored.length === 0 ? {} : { ignored: ignored.map(told) }),
    ...(standing.length === 0 ? {} : { objectors: standing.map(({ login }) => login).sort() }),
  }
}

const told = ({ person, code, why }: Ignored) => ({ by: person.login, code, why })

const isNo = ({ kind }: Act): boolean => kind === 'object'

/** Members who stand with an objection. A rejected release stays rejected whatever `objections` says. */
const objecting = ({ members, heard }: Judged, { objections }: ApprovalParams, { kind }: Gate): readonly Person[] =>
  (objections === 'ignore' && kind !== 'release') || !heard.current.some(isNo)
    ? []
    : objectors(heard.current).filter(({ id }) => members.ids.has(id))

const unmapped = ({ contributors }: Involvement): readonly string[] => contributors.unmapped.slice(0, 10)

const who = (
  members: Members,
  able: readonly Person[],
  unable: readonly Ignored[],
  { counted, ignored }: Tally,
): WhoMayAct => {
  const done = new Set(counted.map(({ person }) => person.id))
  const outside = ignored.filter(({ person }) => !members.ids.has(person.id))
  return {
    may: done.size === 0 ? able : able.filter(({ id }) => !done.has(id)),
    mayNot: [...unable, ...outside].map(({ person, code, why }) => ({ person, code, why })),
  }
}
