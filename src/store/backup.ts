import { sql } from 'kysely'
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Verification } from '../gatekeeper/ports.js'
import type { Instant } from '../policy/facts.js'
import { copyDatabase, putInPlace } from './copy-file.js'
import type { Engine, Writing } from './engine.js'
import { StoreUnusable } from './errors.js'
import { lockFolder } from './folder-lock.js'
import { append } from './ledger.js'
import { JournalBeside } from './journal/beside.js'
import { JOURNAL } from './journal/folder.js'
import { ledgerReader } from './ledger-reader.js'
import { refuseNewer, versionOf } from './migrations/migrate.js'
import { noteWaiting } from './note.js'
import { FILE, openEngine } from './open.js'
import { sqliteEngine } from './sqlite.js'

/** What a copy holds: `entries` of the ledger, the last with `hash`. */
export interface Copied {
  readonly file: string
  readonly entries: number
  readonly hash: string
  readonly bytes: number
}

export interface Restored extends Omit<Copied, 'bytes'> {
  /** The name that the database has now which was there before; `null`: there was none. */
  readonly setAside: string | null
  /** Overrides that were not used at the time of the copy, and are void now. */
  readonly overridesVoided: number
}

const reading = (file: string): Engine => sqliteEngine(file, { readOnly: true, release: () => undefined })

const whole = (found: Verification, file: string): Extract<Verification, { readonly ok: true }> => {
  if (found.ok) return found
  throw new StoreUnusable(`The ledger in ${file} is broken at entry ${found.sequence}: ${found.detail}.`)
}

const mustBeSound = async (engine: Engine, file: string): Promise<void> => {
  const version = await versionOf(engine.db, engine.dialect)
  if (version === 0) throw new StoreUnusable(`${file} holds no Release Gates store.`)
  refuseNewer(version, file)
  const { rows } = await sql<{ readonly quick_check: string }>`pragma quick_check`.execute(engine.db)
  const problem = rows[0]?.quick_check
  if (problem !== 'ok') throw new StoreUnusable(`${file} is damaged: ${problem ?? 'SQLite does not say how'}.`)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** @throws {StoreUnusable} when it is no store, damaged, from a newer version, or its ledger is broken. */
const verifyCopy = async (file: string, named: string): Promise<Copied> => {
  const engine = reading(file)
  try {
    await mustBeSound(engine, named)
    const { entries, hash } = whole(await ledgerReader(engine.db).verify(), named)
    return { file: named, entries, hash, bytes: statSync(file).size }
  } catch (error) {
    if (isObject(error) && 'code' in error && error.code === 'SQLITE_NOTADB')
      throw new StoreUnusable(`${named} holds no Release Gates store.`)
    throw error
  } finally {
    await engine.close()
  }
}

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
 * @throws {StoreUnusable} when the folder holds no store, the file is there, or the copy is not whole; then it is not left.
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

const asideName = (path: string, now: Instant): string =>
  `${path}.before-restore-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`

/** What came in after the copy was made must not be handled again: a comment could give an override that was used. */
const setJournalAside = (dataDir: string, now: Instant): void => {
  const journal = join(dataDir, JOURNAL)
  if (existsSync(journal)) renameSync(journal, asideName(journal, now))
}

/** What is in the log goes into the file first, so that the one file is all of it. */
const setAside = async (current: string, now: Instant): Promise<string | null> => {
  if (!existsSync(current)) return null
  const aside = asideName(current, now)
  const engine = reading(current)
  try {
    await copyDatabase(engine.db, aside)
    return aside
  } catch {
    // Damaged, which may be why it is restored: kept as the files that it is.
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(current + suffix)) copyFileSync(current + suffix, aside + suffix)
    return aside
  } finally {
    await engine.close()
  }
}

/**
 * An override that was used after the copy must not be there to be used again: neither one that is not spent, nor one that
 * was spent for an answer which may be given again, for that attempt alone; it knows its own by the instant.
 */
const voidOverrides = async (writing: Writing, now: Instant): Promise<number> =>
  (
    await writing
      .updateTable('acts')
      .set({ spent_at: now })
      .where('kind', '=', 'override')
      .where((eb) =>
        eb.or([
          eb('spent_at', 'is', null),
          eb.exists(
            eb
              .selectFrom('intents')
              .select('intents.id')
              .whereRef('intents.repository', '=', 'acts.repository')
              .whereRef('intents.target_key', '=', 'acts.environment_key')
              .whereRef('intents.at', '=', 'acts.spent_at')
              .where('intents.what', '=', 'approve')
              .where((intent) => intent.or([intent('intents.ok', 'is', null), intent('intents.ok', '=', 0)])),
          ),
        ]),
      )
      .returning('key')
      .execute()
  ).length

const putBack = async (dataDir: string, file: string, now: Instant): Promise<string | null> => {
  const release = lockFolder(dataDir)
  try {
    const current = join(dataDir, FILE)
    const partial = `${current}.partial`
    copyFileSync(file, partial)
    chmodSync(partial, 0o600)
    await verifyCopy(partial, file)
    const aside = await setAside(current, now)
    setJournalAside(dataDir, now)
    for (const suffix of ['-wal', '-shm']) rmSync(current + suffix, { force: true })
    putInPlace(partial, current)
    return aside
  } finally {
    release()
  }
}

/**
 * Puts a verified copy into the folder of a stopped server, in the place of what is there, which is kept beside it. The
 * ledger goes on with an entry that tells of it. Overrides that stand unused in the copy are void: they may have been used.
 * @throws {StoreInUse} while a server has the folder.
 * @throws {StoreUnusable} when the copy is not whole; the folder is as it was then.
 */
export const restore = async (options: {
  readonly dataDir: string
  readonly file: string
  readonly now: Instant
}): Promise<Restored> => {
  const { dataDir, file, now } = options
  if (!existsSync(file)) throw new StoreUnusable(`There is no file ${file}.`)
  const { entries, hash } = await verifyCopy(file, file)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const aside = await putBack(dataDir, file, now)
  const engine = await openEngine({ dataDir }, { readOnly: false, attempts: Number.MAX_SAFE_INTEGER, log: undefined })
  try {
    return await engine.write(async (writing) => {
      const overridesVoided = await voidOverrides(writing, now)
      const body = { restored: 'from a back-up', entries, hash, overridesVoided }
      await append(writing, { at: now, kind: 'settings', installation: null, repository: null, subject: null, body })
      return { file, entries, hash, setAside: aside, overridesVoided }
    })
  } finally {
    await engine.close()
  }
}
