import { Cron } from 'croner'
import type { Duration, Instant } from '../facts.js'
import { asUtc, fromUtc, instantOf, latestShown, type LocalTime } from './zones.js'

/** A start by cron in a zone, and an elapsed length in milliseconds. */
export interface CronTerms {
  readonly cron: string
  readonly lasts: Duration
  readonly timezone: string
}

/** Half-open [from, to), in epoch milliseconds. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

const SECOND = 1000
/** A leap day is at most eight years away: a pattern that is silent for longer never fires. */
const FIRST_YEAR = new Date(Date.UTC(2096, 2, 1))
const patterns = new Map<string, Cron>()

/** Five fields or a nickname; patterns run on local wall time, so clock changes are `instantOf`'s business alone. */
const patternOf = (cron: string): Cron => {
  const compiled = patterns.get(cron) ?? new Cron(cron, { mode: '5-part', timezone: 'UTC', paused: true })
  patterns.set(cron, compiled)
  return compiled
}

/** What is wrong with a cron pattern; `null`: nothing. */
export const problemOfCron = (cron: string): string | null => {
  const fields = cron.trim().split(/\s+/).length
  if (fields !== 5 && !cron.startsWith('@')) return `it has ${fields}`
  try {
    return patternOf(cron).nextRun(FIRST_YEAR) === null ? 'never fires' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
  }
}

const nextAfter = (cron: string, local: LocalTime): LocalTime | null => {
  const run = patternOf(cron).nextRun(asUtc(local))
  return run === null ? null : fromUtc(run)
}

const lastUntil = (cron: string, local: LocalTime): LocalTime | null => {
  const [run] = patternOf(cron).previousRuns(1, new Date(asUtc(local).getTime() + SECOND))
  return run === undefined ? null : fromUtc(run)
}

/** When an occurrence begins and ends: a window opens late, a freeze begins early and ends late. */
const spanOf = ({ lasts, timezone }: CronTerms, local: LocalTime, kind: 'window' | 'freeze'): Span => {
  const from = instantOf(local, timezone, kind === 'window' ? 'opens' : 'freezes')
  const to = (kind === 'window' ? from : instantOf(local, timezone, 'thaws')) + lasts
  return { from, to }
}

/** The latest occurrence that has begun, and the one after it. */
export const cronSpans = (
  terms: CronTerms,
  at: Instant,
  kind: 'window' | 'freeze',
): { last: Span | null; next: Span | null } => {
  let local = lastUntil(terms.cron, latestShown(at, terms.timezone))
  while (local && spanOf(terms, local, kind).from > at) local = lastUntil(terms.cron, local.subtract({ seconds: 1 }))
  const following = nextAfter(terms.cron, local ?? latestShown(at, terms.timezone))
  return {
    last: local && spanOf(terms, local, kind),
    next: following && spanOf(terms, following, kind),
  }
}
