import type { LedgerKind, Verification } from '../gatekeeper/ports.js'
import type { InstallationId, RepositoryId } from '../policy/facts.js'
import { GENESIS, hashOf } from './ledger.js'
import type { LedgerRow } from './tables.js'

interface Head {
  readonly sequence: number
  readonly hash: string
}
type Broken = Extract<Verification, { readonly ok: false }>

const broken = (sequence: number, problem: Broken['problem'], detail: string, verified: number): Broken => ({
  ok: false,
  sequence,
  problem,
  detail,
  verified,
})

const hashOfRow = ({ body, hash: _, ...row }: LedgerRow): string =>
  hashOf(
    {
      ...row,
      kind: row.kind as LedgerKind,
      installation: row.installation as InstallationId | null,
      repository: row.repository as RepositoryId | null,
    },
    body,
  )

/** Bytes where a text or a number was written: nothing that this program can have put there. */
const hasBytes = (row: LedgerRow): boolean =>
  Object.values(row).some((value) => typeof value === 'object' && value !== null)

/** What is wrong with an entry, given the one before it; `null`: nothing. */
const problemOf = (row: LedgerRow, last: Head): Broken | null => {
  const { sequence } = last
  const due = sequence + 1
  if (row.sequence !== due)
    return broken(due, 'gap', `entry ${due} is missing; ${row.sequence} follows ${sequence}`, sequence)
  if (row.previous !== last.hash)
    return broken(due, 'previous', `it names ${row.previous} as the hash before it, which is ${last.hash}`, sequence)
  if (hasBytes(row) || hashOfRow(row) !== row.hash)
    return broken(due, 'hash', `what it says does not have the hash ${row.hash}`, sequence)
  return null
}

const againstHead = (head: Head | null, last: Head): Broken | null => {
  const { sequence } = last
  if (head === null) return broken(sequence + 1, 'head', 'the record of the last entry is missing', sequence)
  if (head.sequence > sequence)
    return broken(sequence + 1, 'tail', `entries up to ${head.sequence} were written and are missing`, sequence)
  if (head.sequence === sequence && head.hash !== last.hash)
    return broken(sequence, 'head', `its hash is on record as ${head.hash}`, sequence - 1)
  return null
}

/**
 * Recomputes the whole chain, one entry in memory at a time, and names the first place where it breaks. Entries that are
 * appended meanwhile are verified too; only the tail's record may be older than the entries then.
 * @param headNow the record of the last entry; read before the entries, so that a cut-off tail shows.
 */
export const verifyChain = async (
  headNow: () => Promise<Head | null>,
  rows: AsyncIterable<LedgerRow>,
): Promise<Verification> => {
  const before = await headNow()
  let last: Head = { sequence: 0, hash: GENESIS }
  for await (const row of rows) {
    const problem = problemOf(row, last)
    if (problem) return problem
    last = { sequence: row.sequence, hash: row.hash }
  }
  const after = await headNow()
  const problem =
    againstHead(before, last) ??
    (after !== null && after.sequence < last.sequence
      ? broken(after.sequence + 1, 'head', `the last entry on record is ${after.sequence}`, after.sequence)
      : null)
  return problem ?? { ok: true, entries: last.sequence, hash: last.hash }
}
