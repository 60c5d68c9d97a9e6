import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { openEngine } from '../../src/store/open.js'
import { inFolder } from './folder.js'

test('nobody writes between what a transaction of the server has read and what it writes', () =>
  inFolder(async (dataDir) => {
    const engine = await openEngine({ dataDir }, { readOnly: false, attempts: 1, log: undefined })
    const command = new Database(join(dataDir, 'release-gates.db'), { timeout: 0 })
    const write = () => command.exec(`insert into seen (key, at) values ('command', 0)`)
    await engine.write(async (writing) => {
      await writing.selectFrom('seen').selectAll().execute()
      expect(write).toThrow('locked')
      await writing.insertInto('seen').values({ key: 'server', at: 0 }).execute()
    })
    expect(write).not.toThrow()
    command.close()
    await engine.close()
  }))
