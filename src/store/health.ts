import type { Inbox, LedgerReader } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import type { Engine } from './engine.js'
import type { GroupCommit, Refused } from './group-commit.js'
import { refuseNewer, versionOf } from './migrations/migrate.js'

/** Whether the database answers; `problem` says why not. `ledger` is the sequence of the last entry. */
export interface StoreHealth {
  readonly ok: boolean
  readonly problem: string | null
  readonly ledger: number | null
  readonly backlog: { readonly waiting: number; readonly oldest: Instant | null; readonly dead: number } | null
  /** The last delivery that could not be stored, where none has been since. */
  readonly refused: Refused | null
}

/** Also not well: a schema that a newer instance has moved on beside this one, which leases nothing then. */
export const healthOf = async (
  engine: Engine,
  ledger: LedgerReader,
  inbox: Inbox,
  { refused }: Pick<GroupCommit, 'refused'>,
): Promise<StoreHealth> => {
  try {
    const broken = engine.broken()
    if (broken !== null) throw broken
    if (engine.shared) refuseNewer(await versionOf(engine.db, engine.dialect), 'the database')
    const head = await ledger.head()
    const backlog = await inbox.backlog()
    return {
      ok: head !== null,
      problem: head === null ? 'the ledger has no head' : null,
      ledger: head?.sequence ?? null,
      backlog,
      refused,
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { ok: false, problem, ledger: null, backlog: null, refused }
  }
}
