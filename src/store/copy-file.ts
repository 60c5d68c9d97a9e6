import { sql } from 'kysely'
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reading } from './engine.js'
import { createPrivate } from './private-file.js'

/** Until its contents are on the disk; a folder's are the names in it. */
export const toDisk = (path: string): void => {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** Gives a file its final name, and waits for the disk: the whole file is there under that name, or none. */
export const putInPlace = (partial: string, file: string): void => {
  toDisk(partial)
  renameSync(partial, file)
  toDisk(dirname(file))
}

/**
 * Copies the SQLite database behind `db` as it is at one instant, beside whoever writes it, to a file that only its owner
 * can read. `check` sees the copy before it has its name; where it throws, no copy is left.
 */
export const copyDatabase = async (
  db: Reading,
  file: string,
  check: (partial: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  try {
    createPrivate(partial)
    await sql`vacuum into ${partial}`.execute(db)
    await check(partial)
    putInPlace(partial, file)
  } finally {
    rmSync(partial, { force: true })
  }
}
