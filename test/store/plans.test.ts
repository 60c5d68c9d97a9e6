import { expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.js'
import {
  aChange,
  aDelivery,
  aDeployment,
  ACME,
  anAct,
  anIntent,
  aRecord,
  HEAD,
  MINUTE,
  NOW,
  SHOP,
  touch,
} from '../contracts/store-world.js'
import { inFolder } from './folder.js'

/** Tables that grow with every event: nothing that happens with every event may read one from end to end. */
const GROWING =
  /SCAN (?:deliveries|subjects|ledger(?!_head)|verdicts|intents|acts|tips|sides)(?! USING (?:COVERING )?INDEX subjects_lane_leased_once| USING INDEX intents_open)/

/** Every statement that a store prepared while it was used. */
const statementsOf = async (folder: string, use: () => Promise<void>): Promise<readonly string[]> => {
  const texts = new Set<string>()
  const prototype = Object.getPrototypeOf(new Database(':memory:')) as { prepare: (text: string) => unknown }
  const prepare = prototype.prepare
  prototype.prepare = function (this: unknown, text: string) {
    texts.add(text)
    return prepare.call(this, text)
  }
  try {
    await use()
  } finally {
    prototype.prepare = prepare
  }
  return [...texts]
}

const plansOf = (folder: string, texts: readonly string[]): readonly string[] => {
  const db = new Database(join(folder, 'release-gates.db'))
  try {
    return texts
      .filter((text) => /^\s*(?:select|update|delete|with)/i.test(text))
      .flatMap((text) => {
        const values = Array.from(text.matchAll(/\?/g), () => 1)
        const steps = db.prepare<unknown[], { readonly detail: string }>(`explain query plan ${text}`).all(...values)
        return steps.map(({ detail }) => `${detail} — ${text.replace(/\s+/g, ' ')}`)
      })
  } finally {
    db.close()
  }
}

test('nothing that is done for every event reads a table from end to end that grows with them', () =>
  inFolder(async (folder) => {
    await (await openStore({ dataDir: folder })).close() // a migration is no event
    const texts = await statementsOf(folder, async () => {
      const store = await openStore({ dataDir: folder })
      await store.inbox.accept(aDelivery())
      const [delivery] = await store.inbox.undispatched(NOW, 10)
      if (delivery === undefined) throw new Error('one delivery waits')
      const address = { installation: ACME, id: SHOP, owner: 'acme', name: 'shop' }
      const wake = { kind: 'wake', scope: { repository: SHOP }, about: ['ships'] } as const
      const hints = [touch(aChange(), { sha: HEAD }), touch(aDeployment()), wake, { ...wake, sha: HEAD }] as const
      await store.inbox.dispatched(
        delivery,
        [{ kind: 'address', address }, ...hints, { ...wake, scope: { installation: ACME } }],
        NOW,
      )
      for (const lease of await store.subjects.lease('worker', NOW, 10, MINUTE)) {
        const look = { lookAgainAt: null, asked: ['change'], sha: HEAD, finished: false }
        await store.subjects.judged(lease, look, NOW)
      }
      await store.records.settle(await store.records.intend(anIntent(), NOW), { ok: true, detail: {} }, NOW)
      await store.records.verdict(aRecord(), NOW)
      await store.records.act(anAct({ text: 'go' }), NOW)
      await store.expireFacts(NOW + 1, NOW)
      await store.cutLedger(NOW, NOW)
      await store.expireSubjects(NOW)
      await store.records.lastCheck(SHOP, HEAD, 'release-gates/merge')
      await store.records.doubtfulChecks(SHOP, HEAD, 'release-gates/merge')
      await store.records.approvedRuns(SHOP, 'production')
      await store.records.mergeGate(SHOP, 1, HEAD)
      await store.subjects.groups(SHOP)
      await store.subjects.waiting(SHOP)
      await store.subjects.nextDue(NOW)
      await store.inbox.backlog()
      await store.expireDeliveries(NOW)
      await store.close()
    })
    expect(plansOf(folder, texts).filter((step) => GROWING.test(step))).toEqual([])
  }))
