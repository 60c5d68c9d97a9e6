import { expect, test } from '@jest/globals'
import { anAct, anIntent, HEAD, NOW, SHOP, type OpenEmpty } from './store-world.js'

export const spendingContract = (open: OpenEmpty): void => {
  const A = { run: 1, attempt: 1 }
  const B = { run: 2, attempt: 1 }
  const API = { run: -3, attempt: 1 }

  const overridden = async () => {
    const { records } = await open()
    await records.act(anAct({ key: 'break', kind: 'override', run: null, attempt: null }), NOW)
    const isUnspentFor = async (answering: typeof A) =>
      (await records.overrides(SHOP, 'production', HEAD, answering)).every(({ spentAt }) => spentAt === null)
    const says = (answering: typeof A, at = NOW) => records.intendByOverride(anIntent(answering), at)
    const settles = async (intent: number | null, outcome: { readonly ok: boolean; readonly refused?: boolean }) =>
      records.settle(intent ?? -1, { ...outcome, detail: {} }, NOW)
    return { records, isUnspentFor, says, settles }
  }

  test('an override is spent with the intent of the answer, for everybody but the attempt that it answers', async () => {
    const { records, isUnspentFor, says } = await overridden()
    expect(await isUnspentFor(B)).toBe(true)
    const intent = await says(A)
    expect(await records.unsettled()).toMatchObject([{ id: intent, body: { spends: ['break'] } }])
    expect(await isUnspentFor(A)).toBe(true)
    for (const other of [B, { ...A, attempt: 2 }, API]) {
      expect(await isUnspentFor(other)).toBe(false)
      expect(await says(other)).toBeNull()
    }
    expect(await records.overrides(SHOP, 'production', HEAD)).toMatchObject([{ spentAt: NOW }])
    expect(await says(A, NOW + 1)).not.toBeNull()
    expect(await records.overrides(SHOP, 'production', HEAD)).toMatchObject([{ spentAt: NOW }])
  })

  test('of answers that rest on one override at the same time one goes on record', async () => {
    const { records, says } = await overridden()
    const intents = await Promise.all([1, 2, 3, 4].map((run) => says({ run, attempt: 1 })))
    expect(intents.filter((intent) => intent !== null)).toHaveLength(1)
    expect(await records.unsettled()).toHaveLength(1)
  })

  test('an answer that was given leaves nothing of its override, to the same attempt neither', async () => {
    const { isUnspentFor, says, settles } = await overridden()
    await settles(await says(A), { ok: true })
    for (const each of [A, B]) expect(await isUnspentFor(each)).toBe(false)
    expect(await says(A)).toBeNull()
  })

  test('a deployment made through the API is the same one for good: it keeps its override', async () => {
    const { isUnspentFor, says, settles } = await overridden()
    await settles(await says(API), { ok: true })
    expect(await isUnspentFor(API)).toBe(true)
    expect(await isUnspentFor(A)).toBe(false)
  })

  test('what GitHub refused gives its override back, to anybody', async () => {
    const { records, isUnspentFor, says, settles } = await overridden()
    await settles(await says(A), { ok: false, refused: true })
    expect(await isUnspentFor(B)).toBe(true)
    expect(await says(B)).not.toBeNull()
    expect(await isUnspentFor(A)).toBe(false)
    expect(await records.overrides(SHOP, 'production', HEAD)).toMatchObject([{ spentAt: NOW }])
  })

  test('what nobody knows to be refused gives nothing back but to its own attempt', async () => {
    const { isUnspentFor, says, settles } = await overridden()
    await settles(await says(A), { ok: false })
    expect(await isUnspentFor(A)).toBe(true)
    expect(await isUnspentFor(B)).toBe(false)
  })

  test('a refusal gives nothing back while an earlier answer to the attempt may have come through', async () => {
    const { isUnspentFor, says, settles } = await overridden()
    const first = await says(A)
    await settles(await says(A, NOW + 1), { ok: false, refused: true })
    expect(await isUnspentFor(B)).toBe(false)
    expect(await isUnspentFor(A)).toBe(true)
    await settles(first, { ok: false, refused: true })
    expect(await isUnspentFor(B)).toBe(true)
  })

  test('the ledger tells what was spent for which answer, and what came back', async () => {
    const store = await open()
    await store.records.act(anAct({ key: 'break', kind: 'override' }), NOW)
    const intent = await store.records.intendByOverride(anIntent(), NOW)
    await store.records.settle(intent ?? -1, { ok: false, refused: true, detail: { status: 422 } }, NOW)
    const bodies = []
    for await (const { kind, body } of store.ledger.entries({ kinds: ['override', 'outcome'] }))
      bodies.push({ kind, ...body })
    const about = { kind: 'override', environment: 'production', sha: HEAD, intent }
    expect(bodies.slice(1)).toEqual([
      { ...about, spent: ['break'] },
      { kind: 'outcome', intent, ok: false, detail: { refused: true, status: 422 } },
      { ...about, unspent: ['break'] },
    ])
  })
}
