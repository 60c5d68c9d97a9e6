import { sql } from 'kysely'
import type { Verification } from '../gatekeeper/ports.js'
import type { Engine } from './engine.js'
import { codeIn, StoreUnusable } from './errors.js'
import { refuseNewer, versionOf } from './migrations/migrate.js'
import { sqliteEngine } from './sqlite.js'

export const reading = (file: string): Engine => sqliteEngine(file, { readOnly: true, release: () => undefined })

/** @throws {StoreUnusable} when the ledger that was verified is broken. */
export const whole = (found: Verification, file: string): Extract<Verification, { readonly ok: true }> => {
  if (found.ok) return found
  throw new StoreUnusable(`The ledger in ${file} is broken at entry ${found.sequence}: ${found.detail}.`)
}

const mustBeIntact = async (engine: Engine, file: string): Promise<void> => {
  const version = await versionOf(engine.db, engine.dialect)
  if (version === 0) throw new StoreUnusable(`${file} holds no Release Gates store.`)
  refuseNewer(version, file)
  const { rows } = await sql<{ readonly quick_check: string }>`pragma quick_check`.execute(engine.db)
  const problem = rows[0]?.quick_check
  if (problem !== 'ok') throw new StoreUnusable(`${file} is damaged: ${problem ?? 'SQLite does not say how'}.`)
}

const unusable = (error: unknown, named: string): unknown => {
  switch (codeIn(error) ?? '') {
    case 'SQLITE_NOTADB':
      return new StoreUnusable(`${named} holds no Release Gates store.`)
    case 'SQLITE_CORRUPT':
      return new StoreUnusable(`${named} is damaged: ${error instanceof Error ? error.message : String(error)}.`)
    default:
      return error
  }
}

/**
 * Looks into a store's file, which is let go afterwards.
 * @param named the file as messages call it.
 * @throws {StoreUnusable} when it is no store, damaged, or from a newer version.
 */
export const lookInto = async <T>(file: string, named: string, look: (engine: Engine) => Promise<T>): Promise<T> => {
  const engine = reading(file)
  try {
    await mustBeIntact(engine, named)
    return await look(engine)
  } catch (error) {
    throw unusable(error, named)
  } finally {
    await engine.close()
  }
}
