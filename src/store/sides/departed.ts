import { z } from 'zod'
import type { Instant } from '../../policy/facts.js'
import type { Reading } from '../engine.js'

/** What entries tell of side rows and entries that are gone. */
export interface Departed {
  readonly erased: ReadonlySet<string>
  /** Facts of entries before this instant are gone. */
  readonly factsBefore: Instant
  /** By sequence, the hash of the last entry that was cut off. */
  readonly cuts: ReadonlyMap<number, string>
}

const told = z.object({
  erased: z.array(z.string()).default([]),
  factsBefore: z.number().default(0),
  cut: z.object({ sequence: z.number(), hash: z.string() }).optional(),
})

const PAGE = 500

async function* bodies(db: Reading): AsyncGenerator<unknown> {
  for (let after = 0; ;) {
    const page = await db
      .selectFrom('ledger')
      .select(['sequence', 'body'])
      .where('kind', 'in', ['erasure', 'retention'])
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(PAGE)
      .execute()
    for (const { body } of page) yield JSON.parse(body)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.sequence
  }
}

const read = async (db: Reading): Promise<Departed> => {
  const erased = new Set<string>()
  const cuts = new Map<number, string>()
  let factsBefore = 0
  for await (const body of bodies(db)) {
    const one = told.parse(body)
    for (const digest of one.erased) erased.add(digest)
    factsBefore = Math.max(factsBefore, one.factsBefore)
    if (one.cut !== undefined) cuts.set(one.cut.sequence, one.cut.hash)
  }
  return { erased, factsBefore, cuts }
}

/** Reads them when they are first asked for; `afresh` after that, for what may have left meanwhile. */
export const departures = (db: Reading) => {
  let known: Promise<Departed> | null = null
  return {
    known: (): Promise<Departed> => (known ??= read(db)),
    afresh: (): Promise<Departed> => (known = read(db)),
  }
}
