import type { Instant } from '../../policy/facts.js'
import type { Engine, Writing } from '../engine.js'
import { append, holdHead } from '../ledger.js'
import { STALE_USE } from './keep.js'
import type { SideKind } from './reference.js'

/** Rows that leave in one transaction, so that nobody waits long for it. */
const PAGE = 500

/** The note of a row's last use may be behind; twice that, so that clocks may differ. */
const UNUSED = 2 * STALE_USE

const isAny = async ({ db }: Engine, kinds: readonly SideKind[], before: Instant): Promise<boolean> =>
  (await db
    .selectFrom('sides')
    .select('digest')
    .where('kind', 'in', [...kinds])
    .where('used_at', '<', before)
    .limit(1)
    .executeTakeFirst()) !== undefined

const removePage = async (writing: Writing, kinds: readonly SideKind[], before: Instant): Promise<number> => {
  await holdHead(writing)
  const rows = await writing
    .deleteFrom('sides')
    .where('digest', 'in', (eb) =>
      eb
        .selectFrom('sides')
        .select('digest')
        .where('kind', 'in', [...kinds])
        .where('used_at', '<', before)
        .limit(PAGE),
    )
    .returning('digest')
    .execute()
  return rows.length
}

/** Removes rows of these kinds that no entry has referred to since an instant. @returns how many. */
const remove = async ({ write }: Engine, kinds: readonly SideKind[], before: Instant): Promise<number> => {
  let all = 0
  for (let last = PAGE; last === PAGE; all += last) last = await write((writing) => removePage(writing, kinds, before))
  return all
}

/**
 * Removes the facts of entries before an instant, and the texts that only they held. An entry tells so first: whoever
 * verifies the ledger then finds why they are missing, wherever this stops.
 * @returns how many documents left.
 */
export const expireFacts = async (engine: Engine, before: Instant, now: Instant): Promise<number> => {
  let facts = 0
  if (await isAny(engine, ['facts'], before)) {
    const entry = { at: now, kind: 'retention', installation: null, repository: null, subject: null } as const
    await engine.write((writing) => append(writing, { ...entry, body: { factsBefore: before } }))
    facts = await remove(engine, ['facts'], before)
  }
  await remove(engine, ['read'], before - UNUSED)
  return facts
}

/** Removes names and texts that no entry which is left refers to; `before`: the instant before which all entries left. */
export const expireUnused = async (engine: Engine, before: Instant): Promise<void> => {
  await remove(engine, ['name', 'text', 'read'], before - UNUSED)
}
