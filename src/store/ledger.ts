import type { InstallationId, Instant, RepositoryId } from '../policy/facts.js'
import type { LedgerEntry, LedgerKind } from '../gatekeeper/ports.js'
import type { Json } from '../policy/verdict.js'
import { canonicalJson, sha256 } from './canonical.js'
import { causeOf } from './causes.js'
import type { Writing } from './engine.js'
import { keepSides } from './sides/keep.js'

/** What the first entry names as its previous. */
export const GENESIS = '0'.repeat(64)

/** An entry before it has its place in the chain. */
export interface NewEntry {
  readonly at: Instant
  readonly kind: LedgerKind
  readonly installation: InstallationId | null
  readonly repository: RepositoryId | null
  readonly subject: string | null
  /** Anything with a canonical JSON form. Names and texts in it go into side rows. */
  readonly body: { readonly [key: string]: unknown }
  /** What it rests on; goes into a side row, and stands in the body as `facts`. */
  readonly facts?: Json
}

/**
 * SHA-256 over the canonical JSON of everything in an entry but its hash.
 * @param body the entry's body as canonical JSON.
 */
export const hashOf = (entry: Omit<LedgerEntry, 'hash' | 'body'>, body: string): string => {
  const { at, installation, kind, previous, repository, sequence, subject } = entry
  const rest = canonicalJson({ installation, kind, previous, repository, sequence, subject })
  return sha256(`{"at":${canonicalJson(at)},"body":${body},${rest.slice(1)}`)
}

/** Waits until nobody else appends, and lets nobody append before this transaction's end. */
export const holdHead = async (writing: Writing): Promise<void> => {
  await writing
    .updateTable('ledger_head')
    .set((eb) => ({ sequence: eb.ref('sequence') }))
    .where('id', '=', 1)
    .execute()
}

/**
 * Appends one entry inside the transaction that does what the entry says; writers queue at the head row, so sequence
 * numbers have no gaps and follow the order of commits. What a look writes names the delivery that led to it.
 * @returns its sequence.
 */
export const append = async (writing: Writing, { body, facts = null, ...entry }: NewEntry): Promise<number> => {
  const head = await writing
    .updateTable('ledger_head')
    .set(({ eb }) => ({ sequence: eb('sequence', '+', 1) }))
    .where('id', '=', 1)
    .returning(['sequence', 'hash'])
    .executeTakeFirstOrThrow()
  const delivery = causeOf(writing)
  const said = delivery === undefined ? body : { ...body, delivery }
  const text = canonicalJson(await keepSides(writing, said, facts, entry.at))
  const placed = { ...entry, sequence: head.sequence, previous: head.hash }
  const hash = hashOf(placed, text)
  await writing
    .insertInto('ledger')
    .values({ ...placed, body: text, hash })
    .execute()
  await writing.updateTable('ledger_head').set({ hash }).where('id', '=', 1).execute()
  return head.sequence
}
