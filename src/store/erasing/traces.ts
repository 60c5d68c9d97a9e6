import { sql } from 'kysely'
import type { Logger } from '../../gatekeeper/ports.js'
import type { Engine } from '../engine.js'
import { StoreInUse } from '../errors.js'
import { lockFolder } from '../folder-lock.js'
import type { Place } from '../open.js'

/** How long an erasing waits for a reader or a writer to end, in milliseconds. */
const PATIENCE = 5_000

/** In the file's own header, from an erasing beside a server until the file was written anew. */
const due = (engine: Engine, isDue: boolean) =>
  engine.write((writing) => sql.raw(`pragma user_version = ${isDue ? 1 : 0}`).execute(writing))

const isDue = async ({ db }: Engine): Promise<boolean> => {
  const { rows } = await sql<{ readonly user_version: number }>`pragma user_version`.execute(db)
  return rows[0]?.user_version === 1
}

/** What is deleted is overwritten, but what moved from page to page left traces, also in the log. */
const writeAnew = async ({ db }: Engine): Promise<void> => {
  await sql`vacuum`.execute(db)
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}

/** The lock of the folder, which no server may take meanwhile; `null`: one has it. */
const locked = (folder: string): (() => void) | null => {
  try {
    return lockFolder(folder)
  } catch (error) {
    if (error instanceof StoreInUse) return null
    throw error
  }
}

/** Whether {@link overwriteTraces} would leave some. */
export const tracesStay = (place: Place | null): boolean => {
  if (place === null || !('dataDir' in place)) return false
  const release = locked(place.dataDir)
  release?.()
  return release === null
}

/**
 * Writes a folder's file anew, so that none of its bytes is of what was erased. Beside a server, whose work would stand
 * still meanwhile, that is left to its next start.
 * @returns whether traces stay until then.
 */
export const overwriteTraces = async (engine: Engine, place: Place | null): Promise<boolean> => {
  if (place === null || !('dataDir' in place)) return false
  await sql.raw(`pragma busy_timeout = ${PATIENCE}`).execute(engine.db)
  const release = locked(place.dataDir)
  if (release === null) {
    await due(engine, true)
    await sql`pragma wal_checkpoint(truncate)`.execute(engine.db)
    return true
  }
  try {
    await writeAnew(engine)
    await due(engine, false)
    return false
  } finally {
    release()
  }
}

/** What an erasing beside the last server left to this start. One that fails is left to the next. */
export const overwriteLeftTraces = async (engine: Engine, log: Logger | undefined): Promise<void> => {
  if (!(await isDue(engine))) return
  try {
    await writeAnew(engine)
    await due(engine, false)
  } catch (error) {
    log?.warn({ error }, 'the database could not be written anew, as an erasing asks for; the next start tries again')
  }
}
