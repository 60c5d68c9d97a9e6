import { z } from 'zod'
import { cronSpans, type Span } from './cron.js'
import type { Duration, Instant } from '../facts.js'
import type { Freeze } from '../gate.js'
import { cronPattern, lasting, timezone } from './windows.js'
import { instantOf, parseLocalTime } from './zones.js'

const TIERS = ['development', 'testing', 'staging', 'production', 'other'] as const

export interface FreezeState {
  readonly frozen: boolean
  /** When it ends, or when to look again at one that goes on and on; `null`: not frozen. */
  readonly until: Instant | null
  /** The next start after now; `null`: none comes. */
  readonly nextStart: Instant | null
}

/** How many occurrences that run into each other are followed before looking again. */
const LONGEST_CHAIN = 1000

const localTime = z.string().transform((text, context) => {
  const time = parseLocalTime(text)
  if (time) return time
  const params = /^\d{4}-\d{2}-\d{2} +\d{2}:\d{2}(:\d{2})?$/.test(text) ? { suggestion: text.replace(/ +/, 'T') } : {}
  context.addIssue({ code: 'custom', message: 'must be a local time such as 2026-12-18T18:00, without zone', params })
  return z.NEVER
})

const names = z.array(z.string().min(1)).min(1, { error: 'must name at least one' })

const raw = z.strictObject({
  name: z.string().min(1).default('freeze'),
  from: localTime.optional(),
  to: localTime.optional(),
  cron: cronPattern.optional(),
  lasts: lasting.optional(),
  timezone,
  tiers: z.array(z.enum(TIERS)).min(1, { error: 'must name at least one tier' }).optional(),
  environments: names.optional(),
  merge: z.boolean().default(false),
  except: z
    .strictObject({ environments: names.optional(), repositories: names.optional(), rollback: z.boolean().optional() })
    .optional(),
})

type SpanTerms = Pick<z.output<typeof raw>, 'from' | 'to' | 'cron' | 'lasts' | 'timezone'>
type SpanOrProblem = { readonly span: Freeze['span'] } | { readonly problem: string }

/** `from` and `to` as instants, or the cron terms; or what is wrong with them. */
const spanOf = ({ from, to, cron, lasts, timezone: zone }: SpanTerms): SpanOrProblem => {
  const dated = from !== undefined || to !== undefined
  const repeated = cron !== undefined || lasts !== undefined
  if (dated === repeated) return { problem: 'must have either from and to, or cron and lasts' }
  if (from && to) return freezeSpan(from.toString(), to.toString(), zone)
  if (cron !== undefined && lasts !== undefined) return { span: { cron, lasts, timezone: zone } }
  return { problem: dated ? 'must have both from and to' : 'must have both cron and lasts' }
}

const BACKWARDS = 'must be after `from`'

/** Local times as instants: an ambiguous start is the earlier, an ambiguous end the later. */
export const freezeSpan = (
  from: string,
  to: string,
  zone: string,
): { readonly span: Span } | { readonly problem: string } => {
  const start = parseLocalTime(from)
  const end = parseLocalTime(to)
  if (!start || !end) return { problem: 'must have local times such as 2026-12-18T18:00' }
  const span = { from: instantOf(start, zone, 'freezes'), to: instantOf(end, zone, 'thaws') }
  return span.from < span.to && !start.equals(end) ? { span } : { problem: BACKWARDS }
}

/** One entry of `freezes`, as a policy file writes it. Which gates it covers is composition's business. */
export const freezeSchema = raw.transform(({ from, to, cron, lasts, timezone: zone, except, ...rest }, context) => {
  const found = spanOf({ from, to, cron, lasts, timezone: zone })
  if ('span' in found) return { ...rest, span: found.span, timezone: zone, except: except ?? {} }
  context.addIssue({ code: 'custom', message: found.problem, path: found.problem === BACKWARDS ? ['to'] : [] })
  return z.NEVER
})
export type FreezeTerms = z.output<typeof freezeSchema>

/** Whether this freeze covers now, until when, and when it starts next. */
export const freezeState = ({ span }: Pick<Freeze, 'span'>, now: Instant): FreezeState => {
  if ('cron' in span) return rememberedState(span, now)
  const frozen = span.from <= now && now < span.to
  return { frozen, until: frozen ? span.to : null, nextStart: now < span.from ? span.from : null }
}

interface Remembered {
  readonly since: Instant
  readonly before: Instant
  readonly state: FreezeState
}
/** The newest few of each span; scenarios have times of their own, a running app goes forward. */
const remembered = new WeakMap<object, readonly Remembered[]>()
const KEPT = 20

/** A state holds until the freeze ends or the next occurrence starts: thousands of decisions rest on one reading. */
const rememberedState = (terms: { cron: string; lasts: Duration; timezone: string }, now: Instant): FreezeState => {
  const known = remembered.get(terms) ?? []
  const found = known.find(({ since, before }) => since <= now && now < before)
  if (found !== undefined) return found.state
  const state = repeatedState(terms, now)
  const edges = [state.until, state.nextStart].filter((edge) => edge !== null)
  const before = edges.length === 0 ? now : Math.min(...edges)
  remembered.set(terms, [{ since: now, before, state }, ...known.slice(0, KEPT - 1)])
  return state
}

const repeatedState = (terms: { cron: string; lasts: Duration; timezone: string }, now: Instant): FreezeState => {
  const { last, next } = cronSpans(terms, now, 'freeze')
  if (!last || last.to <= now) return { frozen: false, until: null, nextStart: next?.from ?? null }
  let until = last.to
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const later = cronSpans(terms, until, 'freeze').last
    if (!later || later.to <= until) break
    until = later.to
  }
  return { frozen: true, until, nextStart: next?.from ?? null }
}
