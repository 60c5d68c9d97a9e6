import type { Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'
import { append, holdHead } from './ledger.js'
import { expireUnused } from './sides/expire.js'

/** Entries that leave in one transaction, so that nobody waits long for it. */
const PAGE = 500
/** Pages of entries in one round: what is left over goes in the next. */
const MOST = 200

interface Cut {
  readonly sequence: number
  readonly hash: string
}

/** The last entry of the front of the chain that is older than an instant; `null`: none is. The newest entry stays. */
const oldest = async ({ db }: Engine, before: Instant): Promise<Cut | null> => {
  const head = await db
    .selectFrom('ledger_head')
    .select(['sequence', 'cut_sequence'])
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  let found: Cut | null = null
  for (let after = head.cut_sequence, pages = 0; pages < MOST; pages++) {
    const page = await db
      .selectFrom('ledger')
      .select(['sequence', 'hash', 'at'])
      .where('sequence', '>', after)
      .where('sequence', '<', head.sequence)
      .orderBy('sequence')
      .limit(PAGE)
      .execute()
    const young = page.findIndex(({ at }) => at >= before)
    const last = young < 0 ? page.at(-1) : page[young - 1]
    if (last !== undefined) found = { sequence: last.sequence, hash: last.hash }
    if (young >= 0 || page.length < PAGE || last === undefined) break
    after = last.sequence
  }
  return found
}

/** Tells the cut in the ledger, and from then on nobody reads what is before it. */
const tell = ({ write }: Engine, cut: Cut, before: Instant, now: Instant): Promise<boolean> =>
  write(async (writing) => {
    await holdHead(writing)
    const moved = await writing
      .updateTable('ledger_head')
      .set({ cut_sequence: cut.sequence, cut_hash: cut.hash })
      .where('id', '=', 1)
      .where('cut_sequence', '<', cut.sequence)
      .returning('id')
      .executeTakeFirst()
    if (moved === undefined) return false
    const entry = { at: now, kind: 'retention', installation: null, repository: null, subject: null } as const
    await append(writing, { ...entry, body: { cut, entriesBefore: before } })
    return true
  })

/** Removes what is before the cut, also what an earlier round was kept from removing. @returns how many entries. */
const remove = async ({ write }: Engine): Promise<number> => {
  let all = 0
  for (let last = PAGE; last === PAGE; all += last) {
    const rows = await write((writing) =>
      writing
        .deleteFrom('ledger')
        .where('sequence', 'in', (eb) =>
          eb
            .selectFrom('ledger')
            .select('sequence')
            .where('sequence', '<=', eb.selectFrom('ledger_head').select('cut_sequence').where('id', '=', 1))
            .orderBy('sequence')
            .limit(PAGE),
        )
        .returning('sequence')
        .execute(),
    )
    last = rows.length
  }
  return all
}

/** When the oldest entry that is left was written: not always the first one, for a clock may have been ahead. */
const oldestLeft = async ({ db }: Engine): Promise<Instant | null> => {
  const row = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.min('at').as('at'))
    .executeTakeFirst()
  return row?.at ?? null
}

/**
 * Cuts entries older than an instant from the front of the ledger. The ledger tells it, with the hash of the last one that
 * leaves, which the first one that stays names: verifying begins there.
 * @returns how many entries left.
 */
export const cutLedger = async (engine: Engine, before: Instant, now: Instant): Promise<number> => {
  const cut = await oldest(engine, before)
  if (cut !== null) await tell(engine, cut, before, now)
  const entries = await remove(engine)
  if (entries === 0) return 0
  const left = await oldestLeft(engine)
  if (left !== null) await expireUnused(engine, Math.min(before, left))
  return entries
}
