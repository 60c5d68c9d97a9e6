import { sql } from 'kysely'
import type { Hint } from '../gatekeeper/subject.js'
import { hasRivals, type Writing } from './engine.js'

/** Marks the locks of hints among all others that are taken in the database. */
const HINTS = 7_273_373
/** Repositories that are locked one by one; who names more has all of them, for the server keeps only so many locks. */
const MOST = 16

/** The repositories that the hints may change something in; `null`: whole installations, or too many to tell apart. */
const repositoriesOf = (hints: readonly Hint[]): readonly string[] | null => {
  const found = new Set<string>()
  for (const hint of hints) {
    switch (hint.kind) {
      case 'touch':
        found.add(String(hint.subject.repository))
        break
      case 'address':
        found.add(String(hint.address.id))
        break
      case 'wake':
      case 'gone':
        if (!('repository' in hint.scope)) return null
        found.add(String(hint.scope.repository))
        break
    }
  }
  return found.size > MOST ? null : [...found]
}

/**
 * Before anything else: until the commit, nobody else brings hints to these repositories. Two transactions that changed
 * their rows in orders of their own (a subject that is new between two statements is enough) would wait for each other
 * until the server ends one of them. Where nobody else writes, nothing.
 */
export const lockInOrder = async (writing: Writing, hints: readonly Hint[]): Promise<void> => {
  if (!hasRivals(writing) || hints.length === 0) return
  const repositories = repositoriesOf(hints)
  if (repositories === null) {
    await sql`select pg_advisory_xact_lock(${HINTS})`.execute(writing)
    return
  }
  await sql`
    select pg_advisory_xact_lock_shared(${HINTS}), pg_advisory_xact_lock(${HINTS}, place)
    from (select distinct hashtext(name) as place from unnest(${repositories}::text[]) as name order by 1) as places
  `.execute(writing)
}
