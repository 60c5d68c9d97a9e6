import { expect, test } from '@jest/globals'
import type { Refusal } from '../../src/gatekeeper/ports.js'
import {
  anAct,
  anIntent,
  ACME,
  BANK,
  HEAD,
  kindsIn,
  LENA,
  MINUTE,
  NOW,
  OTHER,
  person,
  SHOP,
  type OpenEmpty,
} from './store-world.js'

const LEO = person(12, 'leo')

const intentContract = (open: OpenEmpty): void => {
  test('what will be said is on record before it is said, until its outcome is', async () => {
    const store = await open()
    const id = await store.records.intend(anIntent({ body: { comment: 'Go' } }), NOW)
    expect(await store.records.unsettled()).toEqual([{ ...anIntent({ body: { comment: 'Go' } }), id, at: NOW }])
    await store.records.settle(id, { ok: true, detail: {} }, NOW + 1)
    await store.records.settle(id, { ok: false, detail: {} }, NOW + 2)
    expect(await store.records.unsettled()).toEqual([])
    expect(await kindsIn(store)).toEqual(['intent', 'outcome'])
  })

  test('what will be said of an act goes on record with it, the first time alone', async () => {
    const store = await open()
    const { records } = store
    const said = (text: string) => anIntent({ what: 'reply', target: '1', body: { text } })
    const refusal: Refusal = {
      ...{ key: 'b', installation: ACME, repository: SHOP, subject: 's', by: LENA },
      ...{ act: 'command', code: 'no', values: {} },
    }
    for (const turn of [1, 2]) {
      await records.act(anAct({ key: 'a' }), NOW, said(`act ${turn}`))
      await records.refuse(refusal, NOW, said(`refusal ${turn}`))
      await records.once('c', NOW, said(`once ${turn}`))
    }
    const texts = (await records.unsettled()).map(({ body }) => body['text'])
    expect(texts).toEqual(['act 1', 'refusal 1', 'once 1'])
  })

  test('approvals of ours are those that were carried out or may have been, newest first, by environment', async () => {
    const store = await open()
    const said = await store.records.intend(anIntent({ run: 1 }), NOW)
    const refused = await store.records.intend(anIntent({ run: 2 }), NOW + 1)
    await store.records.intend(anIntent({ run: 3, target: 'Production' }), NOW + 2)
    await store.records.intend(anIntent({ run: 4, target: 'staging' }), NOW + 3)
    await store.records.intend(anIntent({ run: 5, what: 'reject' }), NOW + 4)
    await store.records.settle(said, { ok: true, detail: {} }, NOW + 5)
    await store.records.settle(refused, { ok: false, detail: {} }, NOW + 5)
    expect(await store.records.approvedRuns(SHOP, 'production')).toEqual([
      { run: 3, attempt: 1, sha: HEAD, at: NOW + 2, settled: false },
      { run: 1, attempt: 1, sha: HEAD, at: NOW, settled: true },
    ])
    expect(await store.records.approvedRuns(BANK, 'production')).toEqual([])
  })

  test('a deployment made through the API counts as approved by the status queued alone', async () => {
    const store = await open()
    await store.records.intend(anIntent({ what: 'status', run: -9, body: { state: 'pending' } }), NOW)
    expect(await store.records.approvedRuns(SHOP, 'production')).toEqual([])
    await store.records.intend(anIntent({ what: 'status', run: -9, body: { state: 'queued' } }), NOW)
    expect(await store.records.approvedRuns(SHOP, 'production')).toHaveLength(1)
  })

  test('a SHA was rejected when we said so last, or a person did', async () => {
    const store = await open()
    expect(await store.records.rejectedAt(SHOP, 'production', HEAD)).toBeNull()
    await store.records.intend(anIntent({ what: 'reject' }), NOW)
    expect(await store.records.rejectedAt(SHOP, 'Production', HEAD)).toBe(NOW)
    await store.records.act(anAct({ kind: 'reject', at: NOW + 5 }), NOW + 5)
    expect(await store.records.rejectedAt(SHOP, 'production', HEAD)).toBe(NOW + 5)
    expect(await store.records.rejectedAt(SHOP, 'production', OTHER)).toBeNull()
    expect(await store.records.rejectedAt(SHOP, 'staging', HEAD)).toBeNull()
  })

  test('an attempt was rejected by us only when GitHub has taken it', async () => {
    const store = await open()
    const intent = await store.records.intend(anIntent({ what: 'reject', attempt: 2 }), NOW)
    expect(await store.records.rejectedRun(SHOP, 'production', 100, 2)).toBeNull()
    await store.records.settle(intent, { ok: true, detail: {} }, NOW)
    expect(await store.records.rejectedRun(SHOP, 'PRODUCTION', 100, 2)).toBe(NOW)
    expect(await store.records.rejectedRun(SHOP, 'production', 100, 1)).toBeNull()
  })

  test('reports are counted for one attempt, with the last text; one that GitHub refused is not', async () => {
    const store = await open()
    const report = async (text: string, ok: boolean, attempt = 1) => {
      const id = await store.records.intend(anIntent({ what: 'report', attempt, body: { text } }), NOW)
      await store.records.settle(id, { ok, detail: {} }, NOW)
    }
    expect(await store.records.reports(SHOP, 100, 'production', 1)).toEqual({ count: 0, last: null })
    await report('waits for lena', true)
    await report('waits for leo', true)
    await report('never arrived', false)
    await report('another attempt', true, 2)
    expect(await store.records.reports(SHOP, 100, 'Production', 1)).toEqual({ count: 2, last: 'waits for leo' })
  })

  test('the check posted last is what GitHub took last, under exactly this name', async () => {
    const store = await open()
    const post = async (digest: string, ok: boolean, target = 'release-gates/merge') => {
      const body = { digest, completed: digest === 'green' }
      const id = await store.records.intend(anIntent({ what: 'check', target, run: null, attempt: null, body }), NOW)
      await store.records.settle(id, { ok, detail: ok ? { id: 900 + id } : {} }, NOW)
      return 900 + id
    }
    expect(await store.records.lastCheck(SHOP, HEAD, 'release-gates/merge')).toBeNull()
    const id = await post('green', true)
    await post('red', false)
    await post('other', true, 'release-gates/Merge')
    const last = { id, digest: 'green', completed: true, at: NOW }
    expect(await store.records.lastCheck(SHOP, HEAD, 'release-gates/merge')).toEqual(last)
    expect(await store.records.lastCheck(SHOP, OTHER, 'release-gates/merge')).toBeNull()
  })

  test('in doubt is what was to be said since GitHub took something, until its fate is known', async () => {
    const store = await open()
    const intend = (digest: string) =>
      store.records.intend(
        anIntent({
          what: 'check',
          target: 'release-gates/merge',
          run: null,
          attempt: null,
          body: { digest, completed: true },
        }),
        NOW,
      )
    const doubts = () => store.records.doubtfulChecks(SHOP, HEAD, 'release-gates/merge')
    await intend('before')
    await store.records.settle(await intend('taken'), { ok: true, detail: { id: 901 } }, NOW)
    expect(await doubts()).toEqual([])
    const intent = await intend('open')
    await store.records.settle(await intend('refused'), { ok: false, detail: {} }, NOW)
    expect(await doubts()).toEqual([{ intent, digest: 'open', completed: true, at: NOW }])
    expect(await store.records.doubtfulChecks(SHOP, OTHER, 'release-gates/merge')).toEqual([])
    await store.records.settle(intent, { ok: false, detail: { seen: false } }, NOW)
    expect(await doubts()).toEqual([])
  })
}

const actContract = (open: OpenEmpty): void => {
  test('an act happens once, whoever repeats it', async () => {
    const store = await open()
    const act = anAct({ text: 'ship it' })
    expect(await store.records.act(act, NOW)).toBe(true)
    expect(await store.records.act({ ...act, kind: 'reject' }, NOW)).toBe(false)
    expect(await store.records.approvals(SHOP, 'production', 100, 1)).toEqual([
      { by: LENA, at: NOW, decision: 'approve', comment: 'ship it', via: 'comment', sha: HEAD, attempt: 1 },
    ])
    expect(await kindsIn(store)).toEqual(['approval'])
  })

  test('each kind of act stands in the ledger under its own name', async () => {
    const store = await open()
    for (const kind of ['approve', 'reject', 'release', 'override'] as const)
      await store.records.act(anAct({ kind }), NOW)
    expect(await kindsIn(store)).toEqual(['approval', 'rejection', 'handover', 'override'])
  })

  test('approvals are those of one run and environment up to this attempt, each with its own attempt and SHA', async () => {
    const store = await open()
    await store.records.act(anAct({ attempt: 1, sha: OTHER, at: NOW }), NOW)
    await store.records.act(anAct({ attempt: 2, kind: 'reject', environment: 'Production', at: NOW + 1 }), NOW)
    await store.records.act(anAct({ attempt: 3 }), NOW)
    await store.records.act(anAct({ run: 101 }), NOW)
    await store.records.act(anAct({ environment: 'staging' }), NOW)
    await store.records.act(anAct({ repository: BANK }), NOW)
    expect(await store.records.approvals(SHOP, 'production', 100, 2)).toMatchObject([
      { decision: 'approve', attempt: 1, sha: OTHER },
      { decision: 'reject', attempt: 2, sha: HEAD },
    ])
  })

  test('a handover is one attempt’s', async () => {
    const store = await open()
    await store.records.act(anAct({ kind: 'release', by: LEO }), NOW)
    expect(await store.records.handovers(SHOP, 'Production', 100, 1)).toEqual([{ by: LEO, at: NOW }])
    expect(await store.records.handovers(SHOP, 'production', 100, 2)).toEqual([])
    expect(await store.records.approvals(SHOP, 'production', 100, 1)).toEqual([])
  })

  test('a refusal is told once', async () => {
    const store = await open()
    const refusal: Refusal = {
      key: 'comment/1',
      installation: ACME,
      repository: SHOP,
      subject: 'command/7/1',
      by: LENA,
      act: 'approve',
      code: 'approver_not_eligible',
      values: {},
    }
    expect(await store.records.refuse(refusal, NOW)).toBe(true)
    expect(await store.records.refuse(refusal, NOW)).toBe(false)
    expect(await kindsIn(store)).toEqual(['refusal'])
  })

  test('a word is taken or refused, and stays so when it is heard again', async () => {
    const store = await open()
    const refusal = (key: string): Refusal => ({
      key,
      installation: ACME,
      repository: SHOP,
      subject: 'command/1/5',
      by: LENA,
      act: 'approve',
      code: 'no_single_deployment',
      values: {},
    })
    expect(await store.records.act(anAct({ key: 'comment/1' }), NOW)).toBe(true)
    expect(await store.records.refuse(refusal('comment/1'), NOW)).toBe(false)
    expect(await store.records.refuse(refusal('comment/2'), NOW)).toBe(true)
    expect(await store.records.act(anAct({ key: 'comment/2' }), NOW)).toBe(false)
    expect(await kindsIn(store)).toEqual(['approval', 'refusal'])
  })

  test('what leaves no other trace happens once', async () => {
    const store = await open()
    expect(await store.records.once('comment/1', NOW)).toBe(true)
    expect(await store.records.once('comment/1', NOW)).toBe(false)
    expect(await store.records.once('comment/2', NOW)).toBe(true)
  })
}

const debtContract = (open: OpenEmpty): void => {
  const anOverride = (sha = HEAD, more = {}) =>
    anAct({
      kind: 'override',
      run: null,
      attempt: null,
      sha,
      text: 'the shop is down',
      expiresAt: NOW + 60 * MINUTE,
      ...more,
    })

  test('an override is known with its end, its spending and its review', async () => {
    const store = await open()
    await store.records.act(anOverride(HEAD, { key: 'break/1' }), NOW)
    const given = {
      by: LENA,
      at: NOW,
      reason: 'the shop is down',
      expiresAt: NOW + 60 * MINUTE,
      reviewedAt: null,
      sha: HEAD,
    }
    expect(await store.records.overrides(SHOP, 'Production', HEAD)).toEqual([{ ...given, spentAt: null }])
    await store.records.intendByOverride(anIntent(), NOW + 1)
    expect(await store.records.overrides(SHOP, 'production', HEAD)).toEqual([{ ...given, spentAt: NOW + 1 }])
    expect(await store.records.review({ kind: 'override', key: 'break/1' }, LEO, 'fine', NOW + 3)).toBe(true)
    expect(await store.records.overrides(SHOP, 'production', HEAD)).toEqual([
      { ...given, spentAt: NOW + 1, reviewedAt: NOW + 3 },
    ])
    expect(await kindsIn(store)).toEqual(['override', 'intent', 'override', 'override_review'])
  })

  test('an override of another SHA is told with that SHA, while its review is the environment’s debt', async () => {
    const store = await open()
    await store.records.act(anOverride(OTHER, { key: 'break/2' }), NOW)
    expect(await store.records.overrides(SHOP, 'production', HEAD)).toMatchObject([{ sha: OTHER, reviewedAt: null }])
    await store.records.review({ kind: 'override', key: 'break/2' }, LEO, 'fine', NOW)
    expect(await store.records.overrides(SHOP, 'production', HEAD)).toEqual([])
    expect(await store.records.overrides(SHOP, 'staging', OTHER)).toEqual([])
    expect(await store.records.overrides(BANK, 'production', OTHER)).toEqual([])
  })

  test('an override that had run out is not spent afterwards, and no answer goes on record for it', async () => {
    const store = await open()
    await store.records.act(anOverride(), NOW)
    expect(await store.records.intendByOverride(anIntent(), NOW + 60 * MINUTE)).toBeNull()
    expect(await store.records.unsettled()).toEqual([])
    expect(await store.records.overrides(SHOP, 'production', HEAD)).toMatchObject([{ spentAt: null }])
  })

  test('a job that started without us is on record once, and its debt ends with a review', async () => {
    const store = await open()
    const incident = {
      key: 'started/1',
      installation: ACME,
      repository: SHOP,
      environment: 'production',
      run: 1,
      attempt: 1,
      sha: HEAD,
      values: {},
    }
    expect(await store.records.incident(incident, NOW)).toBe(true)
    expect(await store.records.incident(incident, NOW + 1)).toBe(false)
    expect(await store.records.bypasses(SHOP, 'Production')).toEqual([{ at: NOW, reviewedAt: null }])
    expect(await store.records.review({ kind: 'bypass', key: 'started/1' }, LEO, 'seen', NOW + 2)).toBe(true)
    expect(await store.records.bypasses(SHOP, 'production')).toEqual([{ at: NOW, reviewedAt: NOW + 2 }])
    expect(await store.records.bypasses(SHOP, 'staging')).toEqual([])
    expect(await kindsIn(store)).toEqual(['incident', 'bypass_review'])
  })

  test('open debts of an environment are listed, and none is closed twice or under another name', async () => {
    const store = await open()
    await store.records.act(anOverride(HEAD, { key: 'break/3' }), NOW)
    await store.records.act(anAct({ key: 'comment/approval' }), NOW)
    const incident = {
      key: 'started/2',
      installation: ACME,
      repository: SHOP,
      environment: 'Production',
      run: 1,
      attempt: 1,
      sha: HEAD,
      values: {},
    }
    await store.records.incident(incident, NOW)
    expect(await store.records.debts(SHOP, 'production')).toEqual([
      { key: 'break/3', kind: 'override', environment: 'production', sha: HEAD, at: NOW, by: LENA },
      { key: 'started/2', kind: 'bypass', environment: 'Production', sha: HEAD, at: NOW, by: null },
    ])
    expect(await store.records.review({ kind: 'bypass', key: 'break/3' }, LEO, '', NOW)).toBe(false)
    expect(await store.records.review({ kind: 'override', key: 'comment/approval' }, LEO, '', NOW)).toBe(false)
    expect(await store.records.review({ kind: 'override', key: 'break/3' }, LEO, '', NOW)).toBe(true)
    expect(await store.records.review({ kind: 'override', key: 'break/3' }, LEO, '', NOW)).toBe(false)
    expect(await store.records.debts(SHOP, 'production')).toMatchObject([{ kind: 'bypass' }])
  })
}

/** What any engine owes to intents, people's acts and debts. */
export const actsContract = (open: OpenEmpty): void => {
  intentContract(open)
  actContract(open)
  debtContract(open)
}
