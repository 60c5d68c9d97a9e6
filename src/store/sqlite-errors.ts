import { codeIn } from './errors.js'

/** The name by which SQLite tells an error; `null` for one that is not the database's. */
export const sqliteCodeOf = (error: unknown): string | null => {
  const code = codeIn(error)
  return code?.startsWith('SQLITE_') ? code : null
}

/** Somebody else has the lock that was wanted. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(sqliteCodeOf(error) ?? '')
