import { afterEach, describe, expect, test } from '@jest/globals'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import { aDelivery, anAct, aRecord, LENA, NOW, person, SHOP } from '../contracts/store-world.js'
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
        expect({ err, exit }).toEqual({ err: '', exit: 0 })
        expect(out).toMatch(/^Erased of account 4711: 1 name; \d+ texts; 0 documents of facts; the name in 1 act,/)
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

  test('ends with 1 where nobody of that login is on record', () =>
    on((options) =>
      running(options, async () => {
        const { err, exit } = await release('erase', '--user', 'nobody', ...place(options))
        expect({ err, exit }).toEqual({ err: expect.stringContaining('nobody'), exit: 1 })
        expect((await release('erase', '--user', 'nobody', '--json', ...place(options))).out).toBe('null\n')
      }),
    ))
})

test('the file of a folder holds nothing of an erased person, not even in the space that became free', () =>
  inFolder(async (dataDir) => {
    await running({ dataDir }, async () => {
      const files = () => readdirSync(dataDir).map((file) => join(dataDir, file))
      const bytes = () =>
        files()
          .filter((file) => statSync(file).isFile())
          .map((file) => readFileSync(file, 'latin1'))
          .join('')
      expect(bytes()).toContain(SECRET)
      await release('erase', '--user', '4711', '--data', dataDir)
      expect(bytes()).not.toContain(SECRET)
      expect(bytes()).not.toContain(ZOE.login)
    })
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
