import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs'
import { codeIn } from './errors.js'

const OWNER_ONLY = 0o600
const OTHERS = 0o007

/** Makes an empty file that only its owner can read; one that is there is left, and never opened: see below. */
export const createPrivate = (file: string): void => {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY))
  } catch (error) {
    if (codeIn(error) !== 'EEXIST') throw error
  }
}

const shutOut = (path: string): void => {
  if (!existsSync(path)) return
  const { mode } = statSync(path)
  if ((mode & OTHERS) === 0) return
  try {
    chmodSync(path, mode & ~OTHERS)
  } catch (error) {
    if (codeIn(error) !== 'EPERM') throw error // somebody else's, who let everybody in
  }
}

/**
 * Names and texts are not for everybody on the machine, whatever the folder allows: SQLite gives the files that it makes
 * beside a database the database's mode. By name only: to close a file ends all locks that this process has on it.
 */
export const keepPrivate = (file: string): void => {
  createPrivate(file)
  for (const suffix of ['', '-wal', '-shm']) shutOut(file + suffix)
}
