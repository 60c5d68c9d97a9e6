import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore } from '../../src/store/store.js'
import { anAct, NOW } from '../contracts/store-world.js'
import { aDatabase } from '../postgres/cluster.js'
import { inFolder } from '../store/folder.js'

/** The command, run in a folder. */
const releaseIn = async (cwd: string, ...argv: readonly string[]) => {
  const said = { out: '', err: '', exit: 0 as ExitCode }
  await run(argv, {
    cwd,
    colour: false,
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    exit: (code) => (said.exit = code > said.exit ? code : said.exit),
  })
  return said
}

const NAMES = ['DATA_DIR', 'DATABASE_URL']
const forget = () => NAMES.forEach((name) => delete process.env[name])
beforeEach(forget)
afterEach(forget)

const storeIn = async (dataDir: string, entries: number): Promise<void> => {
  const store = await openStore({ dataDir })
  for (let run = 0; run < entries; run++) await store.records.act(anAct({ run }), NOW)
  await store.close()
}

/** A stale store where nobody looks, `./data`, and the server's own with two entries, which `.env` names. */
const withStale = (use: (cwd: string, own: string) => Promise<void>) =>
  inFolder(async (cwd) => {
    await storeIn(join(cwd, 'data'), 1)
    await storeIn(join(cwd, 'own'), 2)
    writeFileSync(join(cwd, '.env'), 'DATA_DIR=own\n')
    await use(cwd, join(cwd, 'own'))
  })

test.each([
  ['audit verify', /2 entries/],
  ['erase --user 11', /^Erased of account 11 in /],
  ['backup backup.db', /^Copied .* 2 entries/],
  ['dead-letters list', /^No dead letters in /],
  ['dead-letters retry --all', /^Nothing is tried again in /],
])('%s works on the store that the server of this folder has, by its .env, and names it', (command, says) =>
  withStale(async (cwd, own) => {
    const { out, err } = await releaseIn(cwd, ...command.split(' '))
    expect(err).toBe('')
    expect(out).toMatch(says)
    expect(out).toContain(own)
  }),
)

test('restore puts a back-up where the server of this folder will look, and names it', () =>
  withStale(async (cwd, own) => {
    await releaseIn(cwd, 'backup', 'backup.db', '--data', 'data')
    expect((await releaseIn(cwd, 'restore', 'backup.db')).out).toContain(`into ${own}`)
    expect((await releaseIn(cwd, 'audit', 'verify', '--json')).out).toContain(`"store":"${own}"`)
    expect(readdirSync(own).some((name) => name.includes('before-restore'))).toBe(true)
  }))

test('a variable of the process wins over .env, and --data over both', () =>
  withStale(async (cwd) => {
    process.env['DATA_DIR'] = join(cwd, 'data')
    expect((await releaseIn(cwd, 'audit', 'verify')).out).toContain('1 entries')
    expect((await releaseIn(cwd, 'audit', 'verify', '--data', 'own')).out).toContain('2 entries')
  }))

test('an empty DATA_DIR is none, as for the server, and an empty --data is refused', () =>
  withStale(async (cwd) => {
    process.env['DATA_DIR'] = ''
    process.env['DATABASE_URL'] = ' '
    expect((await releaseIn(cwd, 'audit', 'verify')).out).toContain(`in ${join(cwd, 'data')} is whole`)
    expect(await releaseIn(cwd, 'audit', 'verify', '--data', '')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('--data is empty'),
    })
  }))

test('a .env that cannot be read is told: the store that it may name is not passed over', () =>
  inFolder(async (cwd) => {
    await storeIn(join(cwd, 'data'), 1)
    mkdirSync(join(cwd, '.env'))
    expect(await releaseIn(cwd, 'audit', 'verify')).toMatchObject({
      exit: 2,
      out: '',
      err: expect.stringContaining('.env cannot be read'),
    })
  }))

test('a database that .env names is the one that is read, and is named without its password', () =>
  inFolder(async (cwd) => {
    const databaseUrl = await aDatabase()
    await (await openStore({ dataDir: '', databaseUrl })).close()
    writeFileSync(join(cwd, '.env'), `DATABASE_URL=${databaseUrl}\n`)
    const { out, err } = await releaseIn(cwd, 'audit', 'verify')
    expect({ out, err }).toEqual({ out: expect.stringContaining('in the database test_'), err: '' })
    expect(new URL(databaseUrl).password).not.toBe('')
    expect(out).not.toContain(new URL(databaseUrl).password)
  }))

test.each([
  ['', /name the file to write/],
  ['none/', /there is no folder .*none to put the backup in/],
  ['none/backup.db', /there is no folder .*none to put the backup in/],
])('backup refuses “%s” and writes nothing', (file, says) =>
  withStale(async (cwd) => {
    const before = readdirSync(cwd)
    expect(await releaseIn(cwd, 'backup', file)).toMatchObject({ exit: 2, out: '', err: expect.stringMatching(says) })
    expect(readdirSync(cwd)).toEqual(before)
  }),
)

test.each(['audit verify', 'restore own/release-gates.db', 'backup copy.db'])(
  '%s says that its folder is a file, where it is one',
  (command) =>
    withStale(async (cwd) => {
      process.env['DATA_DIR'] = '.env'
      expect(await releaseIn(cwd, ...command.split(' '))).toMatchObject({
        exit: 2,
        err: expect.stringContaining(`${join(cwd, '.env')} is a file, not a folder`),
      })
    }),
)
