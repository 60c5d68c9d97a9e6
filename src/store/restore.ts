import { sql } from 'kysely'
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '../policy/facts.js'
import type { Copied } from './backup.js'
import { copyDatabase, putInPlace } from './copy-file.js'
import type { Engine, Writing } from './engine.js'
import { StoreUnusable } from './errors.js'
import { lockFolder } from './folder-lock.js'
import { JOURNAL } from './journal/folder.js'
import { append } from './ledger.js'
import { ledgerReader } from './ledger-reader.js'
import { migrate, MOVED, SCHEMA_VERSION, versionOf } from './migrations/migrate.js'
import { FILE } from './open.js'
import { sqliteEngine } from './sqlite.js'
import { lookInto, reading, whole } from './whole-copy.js'

/** What is there now: `entries` of the ledger, the last with `hash`, the entry that tells of the restore among them. */
export interface Restored extends Omit<Copied, 'bytes'> {
  /** The folder that holds it now. */
  readonly store: string
  /** The name that the database has now which was there before; `null`: there was none. */
  readonly setAside: string | null
  /** Overrides that were not used at the time of the copy, and are void now. */
  readonly overridesVoided: number
}

interface RestoreOptions {
  readonly dataDir: string
  readonly file: string
  readonly now: Instant
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

const versionIn = async (file: string): Promise<number> => {
  const engine = reading(file)
  try {
    return await versionOf(engine.db, engine.dialect)
  } catch {
    return 0 // damaged, which may be why it is restored
  } finally {
    await engine.close()
  }
}

/** Two stores would live then, and each would let an override be used that the other has seen used. */
const mustNotHaveMoved = async (current: string, dataDir: string): Promise<void> => {
  if (existsSync(current) && (await versionIn(current)) === MOVED)
    throw new StoreUnusable(
      `The store in ${dataDir} was moved to PostgreSQL, and servers may be at work there: nothing was restored. ` +
        `To look at the backup, name another folder with --data. To go back to this folder for good, stop every server on that database, take ${current} away, and restore again.`,
    )
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

const upToDate = async (engine: Engine, file: string): Promise<void> => {
  try {
    await migrate(engine, file)
  } catch (error) {
    if (error instanceof StoreUnusable) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new StoreUnusable(
      `${file} cannot be brought to this program's schema ${SCHEMA_VERSION}: ${why}. Nothing was restored.`,
      { cause: error },
    )
  }
}

/** Of this schema, its ledger whole and told of the restore, no override to be used: as it may be put in place. */
const made = async (engine: Engine, { file, now }: Pick<RestoreOptions, 'file' | 'now'>) => {
  await upToDate(engine, file)
  const { entries, hash } = whole(await ledgerReader(engine.db).verify(), file)
  return engine.write(async (writing) => {
    const overridesVoided = await voidOverrides(writing, now)
    const body = { restored: 'from a back-up', entries, hash, overridesVoided }
    await append(writing, { at: now, kind: 'settings', installation: null, repository: null, subject: null, body })
    const { hash: last } = await writing.selectFrom('ledger_head').select('hash').executeTakeFirstOrThrow()
    return { entries: entries + 1, hash: last, overridesVoided }
  })
}

const madeIn = async (partial: string, options: RestoreOptions) => {
  const engine = sqliteEngine(partial, { readOnly: false, release: () => undefined })
  try {
    const done = await made(engine, options)
    await sql`pragma wal_checkpoint(truncate)`.execute(engine.db)
    await sql`pragma journal_mode = delete`.execute(engine.db)
    return done
  } finally {
    await engine.close()
  }
}

const remove = (file: string): void => {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true })
}

/** Everything is done to the copy beside; giving it the name is the last step, and cannot be seen half done. */
const putBack = async (options: RestoreOptions): Promise<Omit<Restored, 'file' | 'store'>> => {
  const { dataDir, file, now } = options
  const current = join(dataDir, FILE)
  const partial = `${current}.partial`
  await mustNotHaveMoved(current, dataDir)
  remove(partial)
  try {
    copyFileSync(file, partial)
    chmodSync(partial, 0o600)
    const done = await madeIn(partial, options)
    const aside = await setAside(current, now)
    setJournalAside(dataDir, now)
    for (const suffix of ['-wal', '-shm']) rmSync(current + suffix, { force: true })
    putInPlace(partial, current)
    return { ...done, setAside: aside }
  } finally {
    remove(partial)
  }
}

/**
 * Puts a verified copy into the folder of a stopped server, in the place of what is there, which is kept beside it. One of
 * an earlier version is brought up to date. The ledger goes on with an entry that tells of it. Overrides that stand unused
 * in the copy are void: they may have been used since.
 * @throws {StoreInUse} while a server has the folder.
 * @throws {StoreUnusable} when the copy is not whole, or the folder's store has moved; the folder is as it was then.
 */
export const restore = async (options: RestoreOptions): Promise<Restored> => {
  const { dataDir, file } = options
  if (!existsSync(file)) throw new StoreUnusable(`There is no file ${file}.`)
  await lookInto(file, file, () => Promise.resolve())
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const release = lockFolder(dataDir)
  try {
    return { file, store: dataDir, ...(await putBack(options)) }
  } finally {
    release()
  }
}
