import { afterEach, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore, type Store } from '../../src/store/store.js'
import { aDelivery, anAct, anIntent, HEAD, NOW, SHOP } from '../contracts/store-world.js'
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

const withStore = async <T>(folder: string, use: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openStore({ dataDir: folder })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const aFolder = (use: (folder: string, file: string) => Promise<void>) =>
  inFolder(async (folder) => {
    await withStore(join(folder, 'data'), (store) => store.records.act(anAct(), NOW))
    await use(join(folder, 'data'), join(folder, 'backup.db'))
  })

afterEach(() => {
  delete process.env['DATABASE_URL']
})

test('a backup beside a running server holds what was acknowledged, and comes back as it was', () =>
  aFolder(async (data, file) => {
    await withStore(data, async (store) => {
      await store.inbox.accept(aDelivery({ guid: 'waits' }))
      expect(await release('backup', file, '--data', data)).toMatchObject({
        exit: 0,
        err: '',
        out: expect.stringContaining('1 entries'),
      })
      await store.records.act(anAct({ key: 'after the backup' }), NOW)
    })
    expect(statSync(file).mode & 0o077).toBe(0)
    const restored = await release('restore', file, '--data', data, '--json')
    expect(JSON.parse(restored.out)).toMatchObject({ entries: 2, setAside: expect.stringContaining('before-restore') })
    await withStore(data, async (store) => {
      expect(await store.inbox.undispatched(NOW, 10)).toMatchObject([{ guid: 'waits' }])
      expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 2 })
      expect(await store.records.act(anAct({ key: 'after the backup' }), NOW)).toBe(true)
    })
    const [aside] = readdirSync(data).filter((name) => name.startsWith('release-gates.db.before-restore'))
    const old = new Database(join(data, aside ?? 'none'), { readonly: true })
    expect(old.prepare('select count(*) as entries from ledger').get()).toEqual({ entries: 2 })
    old.close()
  }))

test('an override that was used after the backup cannot be used again when it is restored', () =>
  aFolder(async (data, file) => {
    const { environment } = anAct()
    await withStore(data, (store) => store.records.act(anAct({ key: 'override', kind: 'override' }), NOW))
    await release('backup', file, '--data', data)
    await withStore(data, (store) => store.records.intendByOverride(anIntent(), NOW))
    const restored = await release('restore', file, '--data', data, '--json')
    expect(JSON.parse(restored.out)).toMatchObject({ overridesVoided: 1 })
    await withStore(data, async (store) => {
      const left = await store.records.overrides(SHOP, environment, HEAD)
      expect(left.filter(({ spentAt }) => spentAt === null)).toEqual([])
    })
  }))

test('nor one whose answer was still open at the backup, by the attempt that it was spent for', () =>
  aFolder(async (data, file) => {
    const { environment, run, attempt } = { run: 100, attempt: 1, environment: 'production' }
    const own = (store: Store) => store.records.overrides(SHOP, environment, HEAD, { run, attempt })
    await withStore(data, async (store) => {
      await store.records.act(anAct({ key: 'override', kind: 'override' }), NOW)
      await store.records.intendByOverride(anIntent({ run, attempt }), NOW)
      expect(await own(store)).toMatchObject([{ spentAt: null }])
    })
    await release('backup', file, '--data', data)
    const restored = await release('restore', file, '--data', data, '--json')
    expect(JSON.parse(restored.out)).toMatchObject({ overridesVoided: 1 })
    await withStore(data, async (store) => expect((await own(store))[0]?.spentAt).not.toBeNull())
  }))

test('a broken ledger is not backed up, and no file is left', () =>
  aFolder(async (data, file) => {
    const raw = new Database(join(data, 'release-gates.db'))
    raw.exec(`drop trigger ledger_no_update; update ledger set body = '{}' where sequence = 1`)
    raw.close()
    expect(await release('backup', file, '--data', data)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('broken at entry 1'),
    })
    expect(readdirSync(join(data, '..'))).toEqual(['data'])
  }))

test('a file that is no store, or a damaged one, changes nothing in the folder', () =>
  aFolder(async (data, file) => {
    writeFileSync(file, 'no database at all')
    expect(await release('restore', file, '--data', data)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('holds no Release Gates store'),
    })
    await withStore(data, async (store) => expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 1 }))
  }))

test('nothing is restored into the folder of a running server, and no backup over a file that is there', () =>
  aFolder(async (data, file) => {
    await release('backup', file, '--data', data)
    await withStore(data, async () => {
      expect(await release('restore', file, '--data', data)).toMatchObject({
        exit: 2,
        err: expect.stringContaining('in use'),
      })
    })
    expect(await release('backup', file, '--data', data)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('there already'),
    })
  }))

test('a folder whose database is destroyed takes a backup, and keeps what was there', () =>
  aFolder(async (data, file) => {
    await release('backup', file, '--data', data)
    writeFileSync(join(data, 'release-gates.db'), 'scribbled over')
    expect(await release('restore', file, '--data', data)).toMatchObject({ exit: 0, err: '' })
    await withStore(data, async (store) => expect(await store.ledger.verify()).toMatchObject({ ok: true }))
  }))

test('a backup is put into a new folder, named by the time where a folder is named', () =>
  aFolder(async (data) => {
    const backups = join(data, '..')
    await release('backup', backups, '--data', data)
    const [file = 'none'] = readdirSync(backups).filter((name) => name.endsWith('.db'))
    copyFileSync(join(backups, file), join(backups, 'copy'))
    const fresh = join(backups, 'fresh')
    expect(await release('restore', join(backups, 'copy'), '--data', fresh)).toMatchObject({ exit: 0 })
    expect(existsSync(join(fresh, 'release-gates.db'))).toBe(true)
  }))

test('where the store is in PostgreSQL, backup and restore name its programs', async () => {
  process.env['DATABASE_URL'] = 'postgres://app:secret@db.example.org/gates'
  for (const [command, program] of [
    ['backup', 'pg_dump'],
    ['restore', 'pg_restore'],
  ] as const) {
    const { exit, err } = await release(command, 'file')
    expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining(program) })
    expect(err).not.toContain('secret')
  }
})

test('what came in after the backup is not handled again when it is restored, and is kept beside it', () =>
  aFolder(async (data, file) => {
    await release('backup', file, '--data', data)
    await withStore(data, (store) => store.inbox.accept(aDelivery({ guid: 'after the backup' })))
    await release('restore', file, '--data', data)
    await withStore(data, async (store) => {
      expect(await store.inbox.undispatched(NOW, 10)).toEqual([])
    })
    const [aside] = readdirSync(data).filter((name) => name.startsWith('inbox.before-restore'))
    expect(readdirSync(join(data, aside ?? 'none'))).toHaveLength(1)
  }))

test('what was handled before the backup is not in it again, though its file is still there', () =>
  aFolder(async (data, file) => {
    await withStore(data, async (store) => {
      await store.inbox.accept(aDelivery({ guid: 'handled' }))
      await store.inbox.accept(aDelivery({ guid: 'waits' }))
      const [handled] = await store.inbox.undispatched(NOW, 1)
      if (handled === undefined) throw new Error('two deliveries wait')
      await store.inbox.dispatched(handled, [], NOW)
      await release('backup', file, '--data', data)
    })
    const copy = new Database(file, { readonly: true })
    expect(copy.prepare('select guid, state from deliveries order by row').all()).toEqual([
      { guid: 'handled', state: 'done' },
      { guid: 'waits', state: 'waiting' },
    ])
    copy.close()
  }))
