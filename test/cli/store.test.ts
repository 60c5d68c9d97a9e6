import { afterEach, expect, test } from '@jest/globals'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore } from '../../src/store/store.js'
import { anAct, NOW } from '../contracts/store-world.js'
import { aDatabase } from '../postgres/cluster.js'
import { inFolder } from '../store/folder.js'

const release = async (...argv: readonly string[]) => {
  const said = { out: '', err: '', exit: 0 as ExitCode }
  await run(argv, {
    cwd: process.cwd(),
    colour: false,
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    exit: (code) => (said.exit = code > said.exit ? code : said.exit),
  })
  return said
}

afterEach(() => {
  delete process.env['DATABASE_URL']
})

test('store move carries the ledger over and says so; audit verify reads it there from then on', () =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    await store.records.act(anAct(), NOW)
    await store.close()
    process.env['DATABASE_URL'] = await aDatabase()
    const moved = await release('store', 'move', '--data', folder)
    expect(moved).toMatchObject({
      exit: 0,
      err: '',
      out: expect.stringContaining('The ledger is whole there: 2 entries'),
    })
    expect(await release('audit', 'verify')).toMatchObject({ exit: 0, out: expect.stringContaining('2 entries') })
    expect(await release('audit', 'verify', '--data', folder)).toMatchObject({ exit: 2 })
    expect(await release('store', 'move', '--data', folder)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('was moved to PostgreSQL'),
    })
  }))

test('store move without DATABASE_URL says what it needs; one that is no address is not shown', async () => {
  expect(await release('store', 'move')).toMatchObject({ exit: 2, err: expect.stringContaining('set DATABASE_URL') })
  process.env['DATABASE_URL'] = 'mysql://secret'
  const refused = await release('store', 'move')
  expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining('not the address of a PostgreSQL database') })
  expect(refused.err).not.toContain('secret')
})
