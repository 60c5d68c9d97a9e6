import type { LedgerEntry, LedgerFilter, LedgerKind, LedgerReader, Verification } from '../gatekeeper/ports.js'
import type { InstallationId, RepositoryId } from '../policy/facts.js'
import type { Json } from '../policy/verdict.js'
import type { Reading } from './engine.js'
import { StoreUnusable } from './errors.js'
import { sideChecker } from './sides/check.js'
import { resolveSides } from './sides/resolve.js'
import type { LedgerRow } from './tables.js'
import { verifyChain, type Head } from './verify.js'

/** Entries read at once: enough to be quick, little enough to hold. */
const PAGE = 500

/** Only a hand outside this program can have done it. */
const damaged = (sequence: number, error: unknown): StoreUnusable =>
  new StoreUnusable(
    `Entry ${sequence} of the ledger cannot be read: ${error instanceof Error ? error.message : String(error)}. \`release-gates audit verify\` tells what is broken.`,
    { cause: error },
  )

/** @throws {StoreUnusable} when it is no JSON. */
const bodyOf = ({ sequence, body }: LedgerRow): LedgerEntry['body'] => {
  try {
    return JSON.parse(body) as { readonly [key: string]: Json }
  } catch (error) {
    throw damaged(sequence, error)
  }
}

const entryOf = (row: LedgerRow): LedgerEntry => ({
  ...row,
  kind: row.kind as LedgerKind,
  installation: row.installation as InstallationId | null,
  repository: row.repository as RepositoryId | null,
  body: bodyOf(row),
})

/** @throws {StoreUnusable} with the number of the entry whose facts are no JSON. */
const resolved = async (db: Reading, found: readonly LedgerEntry[]): Promise<readonly LedgerEntry['body'][]> => {
  try {
    return await resolveSides(
      db,
      found.map(({ body }) => body),
    )
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
    for (const { sequence, body } of found)
      await resolveSides(db, [body]).catch((cause: unknown) => {
        throw damaged(sequence, cause)
      })
    throw error
  }
}

const pageOf = (db: Reading, { from, to, kinds, repository, subject }: LedgerFilter, after: number) => {
  let query = db.selectFrom('ledger').selectAll().where('sequence', '>', after)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<', to)
  if (kinds !== undefined) query = query.where('kind', 'in', [...kinds])
  if (repository !== undefined) query = query.where('repository', '=', repository)
  if (subject !== undefined) query = query.where('subject', '=', subject)
  return query.orderBy('sequence').limit(PAGE).execute()
}

async function* pages(db: Reading, filter: LedgerFilter, first: number): AsyncGenerator<readonly LedgerRow[]> {
  for (let after = first; ;) {
    const page = await pageOf(db, filter, after)
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.sequence
  }
}

/** Entries that were kept long enough and are about to go are not shown any more. */
const begin = async (db: Reading): Promise<number> => (await headOf(db))?.cut.sequence ?? 0

async function* chained(db: Reading, filter: LedgerFilter): AsyncGenerator<LedgerEntry> {
  for await (const page of pages(db, filter, await begin(db))) yield* page.map(entryOf)
}

async function* entries(db: Reading, filter: LedgerFilter): AsyncGenerator<LedgerEntry> {
  for await (const page of pages(db, filter, await begin(db))) {
    const found = page.map(entryOf)
    const bodies = await resolved(db, found)
    for (const [index, entry] of found.entries()) yield { ...entry, body: bodies[index] ?? entry.body }
  }
}

const headOf = async (db: Reading): Promise<Head | null> => {
  const row = await db.selectFrom('ledger_head').selectAll().where('id', '=', 1).executeTakeFirst()
  if (row === undefined) return null
  const { sequence, hash, cut_sequence, cut_hash } = row
  return { sequence, hash, cut: { sequence: cut_sequence, hash: cut_hash } }
}

/** Reads the ledger page by page, beside whoever writes it. */
export const ledgerReader = (db: Reading): LedgerReader => ({
  entries: (filter = {}) => entries(db, filter),
  chained: (filter = {}) => chained(db, filter),
  async head() {
    const head = await headOf(db)
    return head && { sequence: head.sequence, hash: head.hash }
  },
  verify: (): Promise<Verification> =>
    verifyChain({ head: () => headOf(db), pages: (after) => pages(db, {}, after), sides: sideChecker(db) }),
})
