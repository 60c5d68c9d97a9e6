import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { join } from 'node:path'
import { sqliteEngine } from '../../src/store/sqlite.js'
import { inFolder } from './folder.js'

test('what made SQLite end a transaction by itself is told, and not that there was nothing left to undo', () =>
  inFolder(async (folder) => {
    const engine = sqliteEngine(join(folder, 'a.db'), { readOnly: false, release: () => undefined })
    const ends = engine.db.transaction().execute(async (writing) => {
      await sql`rollback`.execute(writing)
      throw new Error('database or disk is full')
    })
    await expect(ends).rejects.toThrow('database or disk is full')
    await engine.close()
  }))
