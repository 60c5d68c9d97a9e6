import { sql } from 'kysely'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { copyDatabase } from './copy-file.js'
import { StoreUnusable } from './errors.js'
import { JournalBeside } from './journal/beside.js'
import { ledgerReader } from './ledger-reader.js'
import { mustMatch } from './migrations/migrate.js'
import { noteWaiting } from './note.js'
import { FILE } from './open.js'
import { sqliteEngine } from './sqlite.js'
import { lookInto, reading, whole } from './whole-copy.js'

/** What a copy holds: `entries` of the ledger, the last with `hash`. */
export interface Copied {
  readonly file: string
  readonly entries: number
  readonly hash: string
  readonly bytes: number
}

/** @throws {StoreUnusable} when it is no store, damaged, from another version, or its ledger is broken. */
const verifyCopy = (file: string, named: string): Promise<Copied> =>
  lookInto(file, named, async ({ db }) => {
    const { entries, hash } = whole(await ledgerReader(db).verify(), named)
    return { file: named, entries, hash, bytes: statSync(file).size }
  })

/** A copy is one file: what came in and was not handled at its instant waits in its table. */
const takeIn = async (partial: string, journal: JournalBeside): Promise<void> => {
  const copy = sqliteEngine(partial, { readOnly: false, release: () => undefined })
  try {
    for await (const kept of journal.kept()) await copy.write((writing) => noteWaiting(writing, kept))
    await sql`pragma wal_checkpoint(truncate)`.execute(copy.db)
    await sql`pragma journal_mode = delete`.execute(copy.db)
  } finally {
    await copy.close()
  }
}

/**
 * Copies a folder's store to one file, as it is at one instant, also beside a running server, and verifies the copy. No
 * file that is there is written over.
 * @throws {StoreUnusable} when the folder holds no store or one of another schema, which this program cannot verify; when
 * the file is there, or the copy is not whole: then it is not left.
 */
export const backUp = async ({
  dataDir,
  file,
}: {
  readonly dataDir: string
  readonly file: string
}): Promise<Copied> => {
  const from = join(dataDir, FILE)
  if (!existsSync(from))
    throw new StoreUnusable(
      `${dataDir} holds no Release Gates store. Name the server's folder with --data or DATA_DIR.`,
    )
  if (existsSync(file)) throw new StoreUnusable(`${file} is there already. Name a file that is not.`)
  const engine = reading(from)
  const journal = await JournalBeside.open(dataDir)
  try {
    await mustMatch(engine, dataDir)
    let copied: Copied | undefined
    await copyDatabase(engine.db, file, async (partial) => {
      await journal.lookAgain()
      await takeIn(partial, journal)
      copied = await verifyCopy(partial, file)
    })
    if (copied === undefined) throw new Error('a copy was made and not verified')
    return copied
  } finally {
    await journal.close()
    await engine.close()
  }
}
