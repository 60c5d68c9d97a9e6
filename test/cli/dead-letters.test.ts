import { afterEach, describe, expect, test } from '@jest/globals'
import type { ExitCode } from '../../src/cli/io.js'
import { run } from '../../src/cli/program.js'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import { aChange, aDelivery, MINUTE, NOW, touch } from '../contracts/store-world.js'
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

/** A server that runs, and gives up after the first failure: one delivery and one subject are dead. */
const runningWithDead = async (options: StoreOptions, use: (store: Store) => Promise<void>): Promise<void> => {
  const store = await openStore({ ...options, attempts: 1 })
  try {
    await store.inbox.accept(aDelivery({ guid: 'poison' }))
    const [delivery] = await store.inbox.undispatched(NOW, 1)
    if (delivery === undefined) throw new Error('one delivery waits')
    await store.inbox.failed(delivery, 'it holds\na line break', NOW)
    await store.subjects.hint([touch(aChange())], NOW)
    const [lease] = await store.subjects.lease('worker', NOW, 1, MINUTE)
    if (lease === undefined) throw new Error('one subject is due')
    await store.subjects.failed(lease, 'no verdict', NOW, NOW)
    await use(store)
  } finally {
    await store.close()
  }
}

const onBoth: readonly (readonly [string, (use: (options: StoreOptions) => Promise<void>) => Promise<void>])[] = [
  ['a folder', (use) => inFolder((dataDir) => use({ dataDir }))],
  ['PostgreSQL', async (use) => use({ dataDir: 'nowhere', databaseUrl: await aDatabase() })],
]

const name = ({ dataDir, databaseUrl }: StoreOptions): readonly string[] => {
  if (databaseUrl == null) return ['--data', dataDir]
  process.env['DATABASE_URL'] = databaseUrl
  return []
}

afterEach(() => {
  delete process.env['DATABASE_URL']
})

describe.each(onBoth)('dead letters in %s', (_, on) => {
  test('what was given up is listed with its reason, on one line, and without its payload', () =>
    on((options) =>
      runningWithDead(options, async () => {
        const { out, exit } = await release('dead-letters', 'list', ...name(options))
        expect(exit).toBe(1)
        expect(out.trim().split('\n')).toEqual([
          expect.stringContaining('delivery poison (pull_request)'),
          expect.stringContaining('no verdict'),
          expect.stringMatching(/^2 dead letters in ./),
        ])
        expect(out).toContain('it holds a line break')
      }),
    ))

  test('what is retried is taken up by the running server, noted in the ledger, and dead no more', () =>
    on((options) =>
      runningWithDead(options, async (store) => {
        expect(await release('dead-letters', 'retry', '--all', ...name(options))).toMatchObject({ exit: 0, err: '' })
        expect(await store.inbox.undispatched(NOW, 10)).toMatchObject([{ guid: 'poison', attempts: 0 }])
        const now = Date.now()
        expect(await store.subjects.lease('worker', now, 10, MINUTE)).toHaveLength(1)
        expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 1 })
        expect(await release('dead-letters', 'list', ...name(options))).toMatchObject({
          exit: 0,
          out: expect.stringMatching(/^No dead letters in .+\.\n$/),
        })
      }),
    ))

  test('a dead delivery that came again is not handled twice when it is retried', () =>
    on((options) =>
      runningWithDead(options, async (store) => {
        await store.inbox.accept(aDelivery({ guid: 'poison' }))
        expect(await release('dead-letters', 'retry', 'poison', ...name(options))).toMatchObject({ exit: 0 })
        expect(await store.inbox.undispatched(NOW, 10)).toHaveLength(1)
        expect(await store.inbox.backlog()).toMatchObject({ waiting: 1, dead: 0 })
      }),
    ))
})

test('a name that is no dead letter is told, and nothing is retried without a name or --all', () =>
  inFolder((dataDir) =>
    runningWithDead({ dataDir }, async (store) => {
      expect(await release('dead-letters', 'retry', 'nobody', '--data', dataDir)).toMatchObject({
        exit: 1,
        err: `nobody is no dead letter in ${dataDir}.\n`,
      })
      expect(await release('dead-letters', 'retry', '--data', dataDir)).toMatchObject({ exit: 2 })
      expect(await store.inbox.backlog()).toMatchObject({ dead: 1 })
    }),
  ))
