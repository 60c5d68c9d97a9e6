import type { LedgerKind, Verification } from '../gatekeeper/ports.js'
import type { InstallationId, RepositoryId } from '../policy/facts.js'
import { GENESIS, hashOf } from './ledger.js'
import type { SideProblem, SidesChecked } from './sides/check.js'
import type { LedgerRow } from './tables.js'

/** The record of the last entry, and of the last one that was kept long enough. */
export interface Head extends Link {
  readonly cut: Link
}
interface Link {
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
const problemOf = (row: LedgerRow, last: Link): Broken | null => {
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

const againstHead = (head: Head | null, last: Link): Broken | null => {
  const { sequence } = last
  if (head === null) return broken(sequence + 1, 'head', 'the record of the last entry is missing', sequence)
  if (head.sequence > sequence)
    return broken(sequence + 1, 'tail', `entries up to ${head.sequence} were written and are missing`, sequence)
  if (head.sequence === sequence && head.hash !== last.hash)
    return broken(sequence, 'head', `its hash is on record as ${head.hash}`, sequence - 1)
  return null
}

/** The chain up to its first problem: the entries that fit, and what is wrong then. */
const linked = (
  page: readonly LedgerRow[],
  first: Link,
): { readonly fit: readonly LedgerRow[]; readonly last: Link; readonly problem: Broken | null } => {
  let last = first
  for (const [index, row] of page.entries()) {
    const problem = problemOf(row, last)
    if (problem !== null) return { fit: page.slice(0, index), last, problem }
    last = { sequence: row.sequence, hash: row.hash }
  }
  return { fit: page, last, problem: null }
}

const brokenSide = (problem: SideProblem | null): Broken | null =>
  problem && broken(problem.sequence, 'side', problem.detail, problem.sequence - 1)

/** What is verified: the head's record, the entries after a place in the chain, and the side rows they refer to. */
export interface Verified {
  readonly head: () => Promise<Head | null>
  readonly pages: (after: number) => AsyncIterable<readonly LedgerRow[]>
  readonly sides: {
    /** What is wrong with the side rows of these entries. */
    readonly problem: (rows: readonly LedgerRow[]) => Promise<SideProblem | null>
    /** Whether an entry says that the ledger begins after this one. */
    readonly toldCut: (sequence: number, hash: string) => Promise<boolean>
    readonly checked: () => SidesChecked
  }
}

const NO_CUT: Link = { sequence: 0, hash: GENESIS }

const cutProblem = async ({ sides }: Verified, cut: Link): Promise<Broken | null> =>
  cut.sequence === 0 || (await sides.toldCut(cut.sequence, cut.hash))
    ? null
    : broken(cut.sequence + 1, 'cut', `no entry tells that those up to ${cut.sequence} were let go`, cut.sequence)

/**
 * Recomputes the whole chain, one page in memory at a time, and names the first place where it breaks. Entries that are
 * appended meanwhile are verified too; only the tail's record may be older than the entries then. The head's record is
 * read before the entries, so that a cut-off tail shows.
 */
export const verifyChain = async (verified: Verified): Promise<Verification> => {
  const before = await verified.head()
  const cut = before?.cut ?? NO_CUT
  let last = cut
  for await (const page of verified.pages(cut.sequence)) {
    const { fit, last: reached, problem } = linked(page, last)
    const found = brokenSide(await verified.sides.problem(fit)) ?? problem
    if (found) return found
    last = reached
  }
  const after = await verified.head()
  const problem =
    againstHead(before, last) ??
    (after !== null && after.sequence < last.sequence
      ? broken(after.sequence + 1, 'head', `the last entry on record is ${after.sequence}`, after.sequence)
      : await cutProblem(verified, cut))
  if (problem) return problem
  const sides = verified.sides.checked()
  return {
    ok: true,
    entries: last.sequence - cut.sequence,
    hash: last.hash,
    cut: cut.sequence === 0 ? null : cut,
    sides,
  }
}
