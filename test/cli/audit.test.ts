import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore } from '../../src/store/store.js'
import { anAct, aRecord, NOW } from '../contracts/store-world.js'
import { inFolder } from '../store/folder.js'

/** What the command says and ends with. */
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

const DAY = 24 * 60 * 60 * 1000

/** A folder with three entries, a day apart. */
const withLedger = (use: (folder: string) => Promise<void>) =>
  inFolder(async (folder) => {
    const store = await openStore({ dataDir: folder })
    for (const day of [0, 1, 2]) await store.records.act(anAct({ run: day }), NOW + day * DAY)
    await store.close()
    await use(folder)
  })

const tamper = (folder: string) => {
  const raw = new Database(join(folder, 'release-gates.db'))
  raw.exec(`drop trigger ledger_no_update; update ledger set body = '{}' where sequence = 2`)
  raw.close()
}

test('audit verify ends with 0 and says how many entries are whole', () =>
  withLedger(async (folder) => {
    expect(await release('audit', 'verify', '--data', folder)).toMatchObject({
      exit: 0,
      out: expect.stringContaining('3 entries'),
      err: '',
    })
    const json = await release('audit', 'verify', '--data', folder, '--json')
    expect(JSON.parse(json.out)).toMatchObject({ ok: true, entries: 3 })
  }))

test('audit verify ends with 1 and names the first broken entry', () =>
  withLedger(async (folder) => {
    tamper(folder)
    expect(await release('audit', 'verify', '--data', folder)).toMatchObject({
      exit: 1,
      out: expect.stringContaining('entry 2'),
    })
    const json = await release('audit', 'verify', '--data', folder, '--json')
    expect(json.exit).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, sequence: 2, problem: 'hash', verified: 1 })
  }))

test('audit ends with 2 where there is no ledger to read, naming the folder', () =>
  inFolder(async (folder) => {
    expect(await release('audit', 'verify', '--data', folder)).toMatchObject({
      exit: 2,
      out: '',
      err: expect.stringContaining(folder),
    })
    expect(await release('audit', 'export', '--data', join(folder, 'none'))).toMatchObject({ exit: 2, out: '' })
  }))

test('audit export prints one entry a line, whole', () =>
  withLedger(async (folder) => {
    const { out, exit } = await release('audit', 'export', '--data', folder)
    const entries = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number; hash: string; previous: string })
    expect(exit).toBe(0)
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(entries[2]?.previous).toBe(entries[1]?.hash)
  }))

test('audit export takes a span of time, its end not included', () =>
  withLedger(async (folder) => {
    const sequences = async (...span: readonly string[]) =>
      (await release('audit', 'export', '--data', folder, ...span)).out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { sequence: number }).sequence)
    expect(await sequences('--from', '2026-11-21')).toEqual([2, 3])
    expect(await sequences('--from', '2026-11-21T12:00:00Z', '--to', '2026-11-22T12:00:00Z')).toEqual([2])
    expect(await sequences('--to', '2026-11-21T13:00:00+01:00')).toEqual([1])
    expect(await sequences('--to', '2026-11-21T12:01')).toEqual([1, 2])
  }))

test.each(['2026', 'yesterday', '2026-13-01', ''])('audit export refuses “%s” as a time', (time) =>
  withLedger(async (folder) => {
    expect(await release('audit', 'export', '--data', folder, '--from', time)).toMatchObject({
      exit: 2,
      out: '',
      err: expect.stringContaining('--from'),
    })
  }),
)

test('audit verify says where the ledger begins, and of how many decisions the facts are gone', () =>
  withLedger(async (folder) => {
    const store = await openStore({ dataDir: folder })
    await store.records.verdict(aRecord(), NOW + 2 * DAY)
    await store.expireFacts(NOW + 2 * DAY + 1, NOW + 3 * DAY)
    expect(await store.cutLedger(NOW + DAY, NOW + 3 * DAY)).toBe(1)
    await store.close()
    const { out, exit } = await release('audit', 'verify', '--data', folder)
    expect(out).toContain('It begins after entry 1 with hash ')
    expect(out).toContain('The facts of 1 decision were kept long enough.')
    expect(exit).toBe(0)
  }))

test('audit verify ends with 1 where a name that nobody erased is missing or changed', () =>
  withLedger(async (folder) => {
    for (const statement of [
      `update sides set value = 'dora' where kind = 'name'`,
      `delete from sides where kind = 'name'`,
    ]) {
      const raw = new Database(join(folder, 'release-gates.db'))
      raw.exec(statement)
      raw.close()
      const { out, exit } = await release('audit', 'verify', '--data', folder, '--json')
      expect({ ...(JSON.parse(out) as object), exit }).toMatchObject({
        ok: false,
        sequence: 1,
        problem: 'side',
        exit: 1,
      })
    }
  }))

test('audit export --chained prints entries as they were hashed, without a name', () =>
  withLedger(async (folder) => {
    const { out } = await release('audit', 'export', '--chained', '--data', folder)
    expect(out).toMatch(/"by":\{"id":11,"kind":"user","login":\{"\$name":"[0-9a-f]{64}"\}\}/)
    expect(out).not.toContain('lena')
    expect((await release('audit', 'export', '--data', folder)).out).toContain('"login":"lena"')
  }))

test('audit export refuses a span in which nothing can lie', () =>
  withLedger(async (folder) => {
    const span = ['--from', '2026-11-22', '--to', '2026-11-21']
    expect(await release('audit', 'export', '--data', folder, ...span)).toMatchObject({
      exit: 2,
      out: '',
      err: expect.stringContaining('--from 2026-11-22 is not before --to 2026-11-21'),
    })
  }))

test.each(['audit export', 'audit export --chained'])('%s names the entry whose body is no JSON', (command) =>
  withLedger(async (folder) => {
    const raw = new Database(join(folder, 'release-gates.db'))
    raw.exec(`drop trigger ledger_no_update; update ledger set body = '{' where sequence = 2`)
    raw.close()
    expect(await release(...command.split(' '), '--data', folder)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('Entry 2 of the ledger cannot be read'),
    })
  }),
)
