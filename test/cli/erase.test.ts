import { afterEach, describe, expect, test } from '@jest/globals'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import {
  aChange,
  aDelivery,
  aLook,
  anAct,
  anIntent,
  aRecord,
  HEAD,
  LENA,
  MINUTE,
  NOW,
  person,
  SHOP,
  touch,
} from '../contracts/store-world.js'
import { aDatabase } from '../postgres/cluster.js'
import { inFolder } from '../store/folder.js'
import { factsBy } from '../store/side-world.js'

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

const ZOE = person(4711, 'zoe-of-acme')
const SECRET = 'what Zoe alone wrote'

/** A server that runs, in whose store Zoe has approved, and has written what is judged. */
const running = async (options: StoreOptions, use: (store: Store) => Promise<void>): Promise<void> => {
  const store = await openStore(options)
  try {
    await store.records.verdict(aRecord({}, { facts: factsBy(ZOE, LENA, SECRET) }), NOW)
    await store.records.act(anAct({ by: ZOE, text: SECRET }), NOW)
    await use(store)
  } finally {
    await store.close()
  }
}

const onBoth: readonly (readonly [string, (use: (options: StoreOptions) => Promise<void>) => Promise<void>])[] = [
  ['a folder', (use) => inFolder((dataDir) => use({ dataDir }))],
  ['PostgreSQL', async (use) => use({ dataDir: 'nowhere', databaseUrl: await aDatabase() })],
]

const place = ({ dataDir, databaseUrl }: StoreOptions): readonly string[] => {
  if (databaseUrl == null) return ['--data', dataDir]
  process.env['DATABASE_URL'] = databaseUrl
  return []
}

afterEach(() => {
  delete process.env['DATABASE_URL']
})

describe.each(onBoth)('erase in %s', (_, on) => {
  test('takes a person out beside the running server, and says how much; their approval still counts', () =>
    on((options) =>
      running(options, async (store) => {
        const { out, err, exit } = await release('erase', '--user', 'Zoe-of-Acme', ...place(options))
        expect({ err, exit }).toEqual({ err: '', exit: store.shared ? 0 : 1 })
        expect(out).toMatch(
          /^Erased of account 4711 in [^:]+(?::\d+)?: 1 name; \d+ texts; 0 documents of facts; the name in 1 act,/,
        )
        expect(await store.records.approvals(SHOP, 'production', 100, 1)).toMatchObject([
          { by: { id: ZOE.id, login: 'user 4711' }, decision: 'approve' },
        ])
        const verified = await release('audit', 'verify', ...place(options))
        expect(verified).toMatchObject({
          exit: 0,
          out: expect.stringMatching(/Names or texts were erased in \d+ places/),
        })
        const exported = await release('audit', 'export', ...place(options))
        expect(exported.out).toContain('"by":{"id":4711,"kind":"user","login":"(erased)"}')
        expect(exported.out.toLowerCase()).not.toContain('zoe')
      }),
    ))

  test('tells beforehand with --dry-run what it would do, and does nothing', () =>
    on((options) =>
      running(options, async (store) => {
        const told = await release('erase', '--user', '4711', '--dry-run', '--json', ...place(options))
        expect(await store.ledger.verify()).toMatchObject({ entries: 2, sides: { erased: 0 } })
        const done = await release('erase', '--user', '4711', '--json', ...place(options))
        expect(JSON.parse(told.out)).toEqual(JSON.parse(done.out))
        expect(JSON.parse(done.out)).toMatchObject({ person: 4711, names: 1, acts: 1, inline: 0, deliveries: 0 })
      }),
    ))

  test('ends with 1 where something is left that names the person, and says until when', () =>
    on((options) =>
      running(options, async (store) => {
        await store.inbox.accept(aDelivery({ body: '{"login":"zoe-of-acme"}' }))
        const { out, exit } = await release('erase', '--user', '4711', ...place(options))
        expect(exit).toBe(1)
        expect(out).toContain('1 delivery that waits or was given up names the person')
      }),
    ))

  test('ends with 1 and tells null where the number is on record of nobody, but not of who was erased before', () =>
    on((options) =>
      running(options, async (store) => {
        for (const dryRun of [[], ['--dry-run']]) {
          const unknown = await release('erase', '--user', '99', '--json', ...dryRun, ...place(options))
          expect(unknown).toMatchObject({
            out: 'null\n',
            exit: 1,
            err: expect.stringContaining('nothing of account 99'),
          })
        }
        await release('erase', '--user', '4711', ...place(options))
        const erased = await store.ledger.head()
        expect(await release('erase', '--user', '4711', ...place(options))).toMatchObject({
          exit: store.shared ? 0 : 1,
          err: '',
        })
        expect(await store.ledger.head()).toEqual(erased)
      }),
    ))

  test('ends with 1 where nobody of that login is on record', () =>
    on((options) =>
      running(options, async () => {
        const { err, exit } = await release('erase', '--user', 'nobody', ...place(options))
        expect({ err, exit }).toEqual({ err: expect.stringContaining('nobody'), exit: 1 })
        expect((await release('erase', '--user', 'nobody', '--json', ...place(options))).out).toBe('null\n')
      }),
    ))
})

/** The files of a folder, and of those in it, in whose bytes Zoe is named, or what she wrote. */
const filesWithZoe = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => /zoe/i.test(readFileSync(join(folder, name), 'latin1')))

/** So much of what Zoe did, among others, that pages of the database were split, and entries moved between them. */
const busyDays = async ({ records, subjects }: Store): Promise<void> => {
  for (let day = 0; day < 60; day++) {
    const [by, other] = day % 2 === 0 ? [ZOE, LENA] : [LENA, ZOE]
    const wrote = `${day} ${(by === ZOE ? SECRET : 'of Lena').repeat((day % 7) + 1)}`
    const facts = factsBy(by, other, wrote)
    await records.verdict(aRecord({}, { number: day, subject: `change/7/${day}`, facts }), NOW + day)
    await records.act(anAct({ key: `comment/${(day * 37) % 60}`, run: day, by, text: wrote }), NOW + day)
    const said = await records.intend(anIntent({ what: 'reply', body: { text: `@${by.login} ${day}` } }), NOW)
    await records.settle(said, { ok: true, detail: {} }, NOW)
    const subject = aChange((day * 37) % 60)
    await subjects.hint([touch(subject, { sha: HEAD })], NOW)
    for (const lease of await subjects.lease('worker', NOW, 10, MINUTE))
      await subjects.judged(lease, aLook({ asked: ['change', `users/${by.login}`] }), NOW)
  }
}

test('no file of a folder without a server holds a byte of an erased person, not even in unused space', () =>
  inFolder(async (dataDir) => {
    await running({ dataDir }, busyDays)
    expect(filesWithZoe(dataDir)).toEqual(['release-gates.db'])
    const { out, exit } = await release('erase', '--user', '4711', '--data', dataDir)
    expect({ out, exit }).toEqual({ out: expect.not.stringContaining('unused'), exit: 0 })
    expect(filesWithZoe(dataDir)).toEqual([])
  }))

test('beside a server it says that traces stay until its next start, and then they are gone', () =>
  inFolder(async (dataDir) => {
    await running({ dataDir }, async (store) => {
      await busyDays(store)
      const { out, exit } = await release('erase', '--user', '4711', '--data', dataDir)
      expect({ out, exit }).toEqual({ out: expect.stringContaining('until the server’s next start'), exit: 1 })
    })
    await (await openStore({ dataDir })).close()
    expect(filesWithZoe(dataDir)).toEqual([])
    expect(await release('audit', 'verify', '--data', dataDir)).toMatchObject({ exit: 0 })
  }))

test('ends with 2 where there is no store, and where the name can be nobody’s', () =>
  inFolder(async (folder) => {
    expect(await release('erase', '--user', '4711', '--data', folder)).toMatchObject({ exit: 2 })
    expect(await release('erase', '--user', 'no such/name', '--data', folder)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('neither an account’s number nor a login'),
    })
    expect(await release('erase', '--data', folder)).toMatchObject({ exit: 2 })
  }))

test('a login of digits is told from a number by its sign', () =>
  inFolder(async (dataDir) => {
    const store = await openStore({ dataDir })
    await store.records.act(anAct({ by: person(8, '4711') }), NOW)
    await store.close()
    const { out } = await release('erase', '--user', '@4711', '--json', '--data', dataDir)
    expect(JSON.parse(out)).toMatchObject({ person: 8 })
  }))
