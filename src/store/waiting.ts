import { sql } from 'kysely'
import type { Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'

/** Subjects that something has happened to and nobody has judged since, by what they wait for. */
export interface Waiting {
  readonly waiting: number
  /** Since when the oldest waits; fan-outs, which have an order of their own, are not among these. */
  readonly oldest: Instant | null
  /** Whose last look failed. */
  readonly failing: number
  readonly dead: number
}

/** Before and after every instant: turns beyond are an order of fan-outs. */
const INSTANTS = [1_000_000_000_000, 4_000_000_000_000] as const

export const waitingOf = async ({ db }: Engine, now: Instant): Promise<Waiting> => {
  const { rows } = await sql<{ waiting: number; oldest: number | null; failing: number; dead: number }>`
    select
      count(case when dead = 0 then 1 end) as waiting,
      min(case when dead = 0 and turn between ${INSTANTS[0]} and ${INSTANTS[1]} then turn end) as oldest,
      count(case when dead = 0 and attempts > 0 then 1 end) as failing,
      count(case when dead = 1 then 1 end) as dead
    from subjects where finished = 0 and (dead = 1 or generation > judged_generation or due_at <= ${now})`.execute(db)
  const [found] = rows
  return {
    waiting: Number(found?.waiting ?? 0),
    oldest: found?.oldest == null ? null : Number(found.oldest),
    failing: Number(found?.failing ?? 0),
    dead: Number(found?.dead ?? 0),
  }
}
