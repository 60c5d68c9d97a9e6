import { expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import type { LedgerEntry, LedgerFilter } from '../../src/gatekeeper/ports.js'
import type { Store } from '../../src/store/store.js'
import { anAct, anIntent, BANK, NOW, SHOP, type OpenEmpty } from './store-world.js'

const all = async ({ ledger }: Store, filter?: LedgerFilter): Promise<readonly LedgerEntry[]> => {
  const entries: LedgerEntry[] = []
  for await (const entry of ledger.entries(filter)) entries.push(entry)
  return entries
}

/** As they were hashed. */
const chained = async ({ ledger }: Store): Promise<readonly LedgerEntry[]> => {
  const entries: LedgerEntry[] = []
  for await (const entry of ledger.chained()) entries.push(entry)
  return entries
}

/** An auditor's own reckoning: everything but the hash as JSON with sorted keys, hashed. */
const recomputed = ({ hash: _, ...entry }: LedgerEntry): string => {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort()
            .map(([key, of]) => [key, sorted(of)]),
        )
      : Array.isArray(value)
        ? value.map(sorted)
        : value
  return createHash('sha256')
    .update(JSON.stringify(sorted(entry)))
    .digest('hex')
}

/** What any engine owes to the ledger. */
export const ledgerContract = (open: OpenEmpty): void => {
  test('an empty ledger is whole', async () => {
    const store = await open()
    expect(await store.ledger.verify()).toEqual({
      ok: true,
      entries: 0,
      hash: '0'.repeat(64),
      cut: null,
      sides: { kept: 0, erased: 0, expired: 0 },
    })
  })

  test('entries follow each other without a gap, each naming the hash before it, as anybody can recompute', async () => {
    const store = await open()
    await Promise.all(
      Array.from({ length: 20 }, (_, run) => store.records.act(anAct({ run, text: `ünï ${run} "\\` }), NOW)),
    )
    const entries = await chained(store)
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(entries.map(({ previous }) => previous)).toEqual([
      '0'.repeat(64),
      ...entries.slice(0, -1).map(({ hash }) => hash),
    ])
    expect(entries.map(recomputed)).toEqual(entries.map(({ hash }) => hash))
    expect(await store.ledger.head()).toEqual({ sequence: 20, hash: entries.at(-1)?.hash })
  })

  test('a long ledger is read and verified whole', async () => {
    const store = await open()
    for (let run = 0; run < 601; run++) await store.records.intend(anIntent({ run }), NOW + run)
    expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: 601 })
    expect((await all(store)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 601 }, (_, index) => index + 1),
    )
  })

  test('entries are read from an instant on, before another, and by kind, repository and subject', async () => {
    const store = await open()
    await store.records.act(anAct(), NOW)
    await store.records.act(anAct({ repository: BANK }), NOW + 1)
    await store.records.intend(anIntent(), NOW + 2)
    expect((await all(store, { from: NOW + 1, to: NOW + 2 })).map(({ sequence }) => sequence)).toEqual([2])
    expect((await all(store, { kinds: ['intent'] })).map(({ sequence }) => sequence)).toEqual([3])
    expect((await all(store, { repository: SHOP })).map(({ sequence }) => sequence)).toEqual([1, 3])
    expect((await all(store, { subject: anIntent().subject })).map(({ sequence }) => sequence)).toEqual([3])
  })

  test('verifying while others write finds nothing wrong', async () => {
    const store = await open()
    for (let run = 0; run < 520; run++) await store.records.intend(anIntent({ run }), NOW)
    const writing = Promise.all(Array.from({ length: 50 }, (_, run) => store.records.act(anAct({ run }), NOW)))
    expect(await store.ledger.verify()).toMatchObject({ ok: true })
    await writing
  })
}
