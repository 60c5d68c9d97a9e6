import type { Reading } from '../engine.js'
import type { LedgerRow, SideRow } from '../tables.js'
import { digestOfSide, referencesIn, type FactsDocument, type Reference } from './reference.js'
import { sidesOf } from './resolve.js'
import { departures, type Departed } from './departed.js'

/** The first entry whose names, texts or facts are not what was hashed, or are missing without a record of it. */
export interface SideProblem {
  readonly sequence: number
  readonly detail: string
}

/** References that hold; whose value was erased; whose facts were kept long enough. */
export interface SidesChecked {
  readonly kept: number
  readonly erased: number
  readonly expired: number
}

type Refers = Pick<LedgerRow, 'sequence' | 'at'> & { readonly reference: Reference }

/** Known good, not checked again: names stand in nearly every entry. Beyond this many, the memory begins anew. */
const REMEMBERED = 100_000

/** What facts refer to. */
const insideOf = ({ value }: SideRow): readonly Reference[] =>
  (JSON.parse(value) as FactsDocument).refs.map((digest) => ({ tag: '$text', digest }))

const bodyOf = ({ body }: LedgerRow): unknown => (body.includes('{"$') ? JSON.parse(body) : null)

const refersOf = ({ sequence, at }: LedgerRow, json: unknown): readonly Refers[] =>
  referencesIn(json).map((reference) => ({ sequence, at, reference }))

/** Holds side rows against the digests in the entries that refer to them, a page of entries at a time. */
export const sideChecker = (db: Reading) => {
  const departed = departures(db)
  const good = new Set<string>()
  const checked = { kept: 0, erased: 0, expired: 0 }

  const gone = (known: Departed, { reference: { tag, digest }, at }: Refers): 'erased' | 'expired' | null => {
    if (known.erased.has(digest)) return 'erased'
    return tag === '$facts' && at < known.factsBefore ? 'expired' : null
  }

  const problemWith = async (refers: Refers, row: SideRow | undefined): Promise<SideProblem | null> => {
    const { reference, sequence } = refers
    if (row !== undefined) {
      if (digestOfSide(row) !== reference.digest)
        return { sequence, detail: `what its side row ${reference.digest} holds was changed` }
      checked.kept++
      if (row.kind !== 'facts') good.add(reference.digest)
      return null
    }
    const how = gone(await departed.known(), refers) ?? gone(await departed.afresh(), refers)
    if (how === null)
      return { sequence, detail: `its side row ${reference.digest} is missing, and no entry tells that it was let go` }
    checked[how]++
    return null
  }

  /** @returns the first problem, and the facts that hold. */
  const look = async (all: readonly Refers[]) => {
    const rows = await sidesOf(
      db,
      all.map(({ reference }) => reference.digest).filter((digest) => !good.has(digest)),
    )
    const inside: Refers[] = []
    for (const refers of all) {
      if (good.has(refers.reference.digest)) {
        checked.kept++
        continue
      }
      const row = rows.get(refers.reference.digest)
      const problem = await problemWith(refers, row)
      if (problem !== null) return { problem, inside }
      if (row?.kind === 'facts') inside.push(...insideOf(row).map((reference) => ({ ...refers, reference })))
    }
    return { problem: null, inside }
  }

  return {
    async problem(page: readonly LedgerRow[]): Promise<SideProblem | null> {
      if (good.size > REMEMBERED) good.clear()
      const direct = await look(page.flatMap((row) => refersOf(row, bodyOf(row))))
      const { problem } = await look(direct.inside)
      return (
        [direct.problem, problem].filter((each) => each !== null).sort((a, b) => a.sequence - b.sequence)[0] ?? null
      )
    },
    async toldCut(sequence: number, hash: string): Promise<boolean> {
      return (await departed.afresh()).cuts.get(sequence) === hash
    },
    checked: (): SidesChecked => ({ ...checked }),
  }
}
