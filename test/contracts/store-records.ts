import type { Finding } from '../../src/policy/verdict.js'
import { expect, test } from '@jest/globals'
import { teamId } from '../../src/policy/facts.js'
import { reviveFacts } from '../../src/policy/facts-json.js'
import type { Json } from '../../src/policy/verdict.js'
import { aRecord, BANK, HEAD, kindsIn, MINUTE, NOW, OTHER, SHOP, someFacts, type OpenEmpty } from './store-world.js'

const verdictContract = (open: OpenEmpty): void => {
  test('a verdict is written down when it says something new, and only then', async () => {
    const store = await open()
    expect(await store.records.verdict(aRecord(), NOW)).toMatchObject({ changed: true })
    expect(await store.records.verdict(aRecord(), NOW + 1)).toMatchObject({ changed: false })
    expect(await store.records.verdict(aRecord({ decision: 'allow' }), NOW + 2)).toMatchObject({ changed: true })
    expect(
      await store.records.verdict(aRecord({ decision: 'allow', lookAgainAt: NOW + MINUTE }), NOW + 3),
    ).toMatchObject({ changed: true })
    expect(await kindsIn(store)).toEqual(['verdict', 'verdict', 'verdict'])
  })

  test('another finding, head, attempt or gate makes it another verdict', async () => {
    const store = await open()
    const finding = { rule: 'draft', outcome: 'wait', code: 'draft', values: {} } as const
    await store.records.verdict(aRecord(), NOW)
    expect(await store.records.verdict(aRecord({ findings: [finding] }), NOW)).toMatchObject({ changed: true })
    expect(await store.records.verdict(aRecord({ findings: [finding] }, { sha: OTHER }), NOW)).toMatchObject({
      changed: true,
    })
    expect(await store.records.verdict(aRecord({ findings: [finding] }, { attempt: 2 }), NOW)).toMatchObject({
      changed: true,
    })
    expect(await store.records.verdict(aRecord({ findings: [finding], gate: 'release' }), NOW)).toMatchObject({
      changed: true,
    })
  })

  test('the ledger holds the facts and the policy a verdict rests on, so that it can be replayed', async () => {
    const store = await open()
    await store.records.verdict(aRecord({ decision: 'deny' }), NOW)
    for await (const { body, at, subject, repository } of store.ledger.entries({ kinds: ['verdict'] })) {
      expect({ at, subject, repository }).toEqual({ at: NOW, subject: 'change/7/1', repository: SHOP })
      expect(reviveFacts(body['facts'] as Json)).toEqual(someFacts)
      expect(body).toMatchObject({ sha: HEAD, verdict: { decision: 'deny' }, policy: { repository: HEAD } })
    }
    expect(await kindsIn(store)).toEqual(['verdict'])
  })

  test('the merge gate’s answer is the worst of the gate’s and the policy file’s, for this head alone', async () => {
    const store = await open()
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('none')
    await store.records.verdict(aRecord({ decision: 'allow' }), NOW)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('allow')
    await store.records.verdict(aRecord({ kind: 'policy', decision: 'undecided' }), NOW)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('undecided')
    await store.records.verdict(aRecord({ decision: 'deny' }), NOW)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('deny')
    expect(await store.records.mergeGate(SHOP, 1, OTHER)).toBe('none')
    expect(await store.records.mergeGate(SHOP, 2, HEAD)).toBe('none')
    expect(await store.records.mergeGate(BANK, 1, HEAD)).toBe('none')
  })

  test('a policy gate with nothing to say does not close the merge gate, and alone it opens nothing', async () => {
    const store = await open()
    await store.records.verdict(aRecord({ kind: 'policy', decision: 'allow' }), NOW)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('none')
    await store.records.verdict(aRecord({ kind: 'policy', decision: 'undecided', applies: false }), NOW)
    await store.records.verdict(aRecord({ decision: 'allow' }), NOW)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('allow')
  })

  test('a pull request that went to an easier base and came back is not judged by the easier gate', async () => {
    const store = await open()
    const inMain = () => store.records.verdict(aRecord({ gate: 'main', decision: 'wait' }), NOW)
    const inPlayground = () => store.records.verdict(aRecord({ gate: 'playground', decision: 'allow' }), NOW)
    await inMain()
    await inPlayground()
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('allow')
    expect(await inMain()).toMatchObject({ changed: false })
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('wait')
  })

  test('the push gate’s answer is the worst of the branches that the commit was pushed to', async () => {
    const store = await open()
    const push = (branch: string, decision: 'allow' | 'deny') =>
      store.records.verdict(
        aRecord({ kind: 'push', gate: branch, decision }, { subject: `push/7/${HEAD}/${branch}`, number: null }),
        NOW,
      )
    expect(await store.records.pushGate(SHOP, HEAD)).toBe('none')
    await push('main', 'allow')
    expect(await store.records.pushGate(SHOP, HEAD)).toBe('allow')
    await push('release', 'deny')
    expect(await store.records.pushGate(SHOP, HEAD)).toBe('deny')
    expect(await store.records.pushGate(BANK, HEAD)).toBe('none')
  })
}

const markContract = (open: OpenEmpty): void => {
  test('the first id under a name is pinned, case-blind, until the policy’s groups are touched', async () => {
    const store = await open()
    const { records } = store
    const shop = `policy/${SHOP}`
    const groups = (layer: 'organisation' | 'repository', fingerprint: number) =>
      records.groupsSeen(SHOP, { layer, fingerprint, organisationNames: ['teams/above'] }, NOW)
    expect(await records.pin(shop, 'teams/AppSec', teamId(1), NOW)).toBe(1)
    expect(await records.pin(shop, 'teams/appsec', teamId(2), NOW)).toBe(1)
    expect(await records.pin(`policy/${BANK}`, 'teams/appsec', teamId(2), NOW)).toBe(2)
    expect(await records.pin(shop, 'teams/above', teamId(3), NOW)).toBe(3)
    expect([await groups('repository', 7), await groups('repository', 7), await groups('organisation', 7)]).toEqual([
      false,
      false,
      false,
    ])
    expect(await records.pin(shop, 'teams/appsec', teamId(2), NOW)).toBe(1)
    expect([await groups('repository', 8), await groups('repository', 8)]).toEqual([true, false])
    expect(await records.pin(shop, 'teams/appsec', teamId(2), NOW)).toBe(2)
    expect(await records.pin(shop, 'teams/above', teamId(4), NOW)).toBe(3)
    expect(await groups('organisation', 9)).toBe(true)
    expect(await records.pin(shop, 'teams/above', teamId(4), NOW)).toBe(4)
    expect(await records.pin(shop, 'teams/appsec', teamId(5), NOW)).toBe(2)
    expect(new Set(await kindsIn(store))).toEqual(new Set(['pin']))
  })

  test('a decision keeps its beginning while only its findings change', async () => {
    const store = await open()
    const finding: Finding = { rule: 'draft', outcome: 'wait', code: 'draft', values: {} }
    await store.records.verdict(aRecord(), NOW)
    expect(await store.records.verdict(aRecord({ findings: [finding] }), NOW + 5)).toEqual({
      changed: true,
      since: NOW,
    })
    expect(await store.records.verdict(aRecord({ decision: 'allow' }), NOW + 9)).toEqual({
      changed: true,
      since: NOW + 9,
    })
  })

  test('what ships begins at the tip that was recorded first, never at a later one', async () => {
    const store = await open()
    await store.records.recordTip(SHOP, 'main', HEAD, NOW)
    await store.records.recordTip(SHOP, 'main', OTHER, NOW + 10)
    expect(await store.records.tip(SHOP, 'main', NOW - 1)).toBeNull()
    expect(await store.records.tip(SHOP, 'main', NOW + 10)).toBe(HEAD)
    expect(await store.records.tip(SHOP, 'main', NOW + 11)).toBe(HEAD)
    expect(await store.records.tip(SHOP, 'release', NOW + 11)).toBeNull()
    expect(await store.records.tip(BANK, 'main', NOW + 11)).toBeNull()
  })

  test('a tip that did not move is recorded once', async () => {
    const store = await open()
    await store.records.recordTip(SHOP, 'main', HEAD, NOW)
    await store.records.recordTip(SHOP, 'main', HEAD, NOW + 1)
    expect(await kindsIn(store)).toEqual(['tip'])
  })

  test('a repository is watched since its first recorded tip', async () => {
    const store = await open()
    expect(await store.records.watchedSince(SHOP)).toBeNull()
    await store.records.recordTip(SHOP, 'main', HEAD, NOW)
    await store.records.recordTip(SHOP, 'main', OTHER, NOW + 10)
    expect(await store.records.watchedSince(SHOP)).toBe(NOW)
    expect(await store.records.watchedSince(BANK)).toBeNull()
  })

  test('an environment is locked for one holder; everybody else learns for whom, and since when', async () => {
    const store = await open()
    const lock = (holder: string, sha = HEAD, name = 'production', at = NOW) =>
      store.records.lock(SHOP, name, holder, sha, at)
    expect(await lock('run/1/1')).toEqual({ ok: true, holder: 'run/1/1', sha: HEAD, since: NOW })
    expect(await lock('run/2/1', OTHER, 'Production', NOW + 1)).toEqual({
      ok: false,
      holder: 'run/1/1',
      sha: HEAD,
      since: NOW,
    })
    expect(await lock('run/1/1', HEAD, 'ｐroduction', NOW + 2)).toEqual({
      ok: true,
      holder: 'run/1/1',
      sha: HEAD,
      since: NOW,
    })
    expect(await lock('run/1/1', OTHER)).toMatchObject({ ok: false })
    expect(await store.records.lock(BANK, 'production', 'run/3/1', HEAD, NOW)).toMatchObject({ ok: true })
    expect(await store.records.locks(SHOP)).toEqual([
      { environment: 'production', holder: 'run/1/1', sha: HEAD, at: NOW },
    ])
  })

  test('of many who ask at once exactly one gets the lock', async () => {
    const store = await open()
    const asked = Array.from({ length: 20 }, (_, run) =>
      store.records.lock(SHOP, 'production', `run/${run}/1`, HEAD, NOW),
    )
    expect((await Promise.all(asked)).filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('only its holder frees a lock', async () => {
    const store = await open()
    await store.records.lock(SHOP, 'production', 'run/1/1', HEAD, NOW)
    await store.records.unlock(SHOP, 'production', 'run/2/1', NOW)
    expect(await store.records.locks(SHOP)).toHaveLength(1)
    await store.records.unlock(SHOP, 'Production', 'run/1/1', NOW)
    expect(await store.records.locks(SHOP)).toEqual([])
    expect(await kindsIn(store)).toEqual(['lock', 'lock'])
  })

  test('the first asking of a run, attempt and SHA for an environment stays', async () => {
    const store = await open()
    const asks = (at: number, environment = 'production', attempt = 1) =>
      store.records.firstAsked(SHOP, environment, 100, attempt, HEAD, at)
    expect(await asks(NOW)).toBe(NOW)
    expect(await asks(NOW + 5, 'Production')).toBe(NOW)
    expect(await asks(NOW + 6, 'production', 2)).toBe(NOW + 6)
    expect(await store.records.wasAsked(SHOP, 'PRODUCTION', 100)).toBe(true)
    expect(await store.records.wasAsked(SHOP, 'production', 101)).toBe(false)
    expect(await store.records.wasAsked(SHOP, 'staging', 100)).toBe(false)
    expect(await store.records.wasAsked(BANK, 'production', 100)).toBe(false)
  })

  test('a write that cannot be done leaves neither its record nor its entry', async () => {
    const store = await open()
    await expect(
      store.records.verdict(aRecord({ findings: [{ rule: 'x', outcome: 'wait', values: { at: Number.NaN } }] }), NOW),
    ).rejects.toThrow('NaN')
    const huge = aRecord({}, { facts: new Map([['change', { known: true, value: 1n, source: 'x', at: NOW }]]) })
    await expect(store.records.verdict(huge, NOW)).rejects.toThrow('bigint')
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('none')
    expect(await kindsIn(store)).toEqual([])
    expect(await store.records.verdict(aRecord(), NOW)).toMatchObject({ changed: true })
  })
}

/** What any engine owes to verdicts, pins, tips and locks. */
export const recordsContract = (open: OpenEmpty): void => {
  verdictContract(open)
  markContract(open)
}
