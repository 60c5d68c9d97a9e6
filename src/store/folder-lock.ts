import Database from 'better-sqlite3'
import { join } from 'node:path'
import { StoreInUse } from './errors.js'
import { keepPrivate } from './private-file.js'
import { isBusy } from './sqlite-errors.js'

/**
 * Makes this process the folder's only server: an exclusive transaction on a database that holds nothing else, never
 * committed. The lock is the kernel's, so it ends with the process, however that ends.
 * @returns what frees it.
 * @throws {StoreInUse} when another server has it.
 */
export const lockFolder = (folder: string): (() => void) => {
  const file = join(folder, 'lock.db')
  keepPrivate(file)
  const lock = new Database(file, { timeout: 0 })
  try {
    lock.exec('create table if not exists lock (held integer)')
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    throw isBusy(error) ? new StoreInUse(folder) : error
  }
  return () => {
    if (lock.open) lock.close()
  }
}
