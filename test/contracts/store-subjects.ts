import { expect, test } from '@jest/globals'
import { LeaseLost } from '../../src/gatekeeper/ports.js'
import { keyOf, type Hint, type Subject } from '../../src/gatekeeper/subject.js'
import { installationId } from '../../src/policy/facts.js'
import type { Store } from '../../src/store/store.js'
import {
  ACME,
  aChange,
  aDeployment,
  aLook,
  anIntent,
  aRecord,
  BANK,
  HEAD,
  judgedOnce,
  MINUTE,
  NOW,
  OTHER,
  SECOND,
  SHOP,
  theLease,
  touch,
  type OpenEmpty,
} from './store-world.js'

const leased = async ({ subjects }: Store, now: number, owner = 'worker', limit = 10) =>
  (await subjects.lease(owner, now, limit, MINUTE)).map(({ key }) => key)

const wake = (about: readonly string[], more: Partial<Extract<Hint, { kind: 'wake' }>> = {}): Hint => ({
  kind: 'wake',
  scope: { repository: SHOP },
  about,
  ...more,
})

/** Of another organisation. */
const ANOTHER = installationId(6)

const keys = (subjects: readonly Subject[]) => subjects.map(keyOf)

/** What falls due, when. */
const dueContract = (open: OpenEmpty): void => {
  test('a touched subject is due at once, is leased once, and rests when it was judged', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange(), { sha: HEAD })], NOW)
    const lease = await theLease(store, NOW)
    expect(lease).toMatchObject({ key: 'change/7/1', subject: aChange(), installation: ACME, sha: HEAD, attempts: 0 })
    expect(await leased(store, NOW, 'another')).toEqual([])
    await store.subjects.judged(lease, aLook(), NOW)
    expect(await leased(store, NOW + 60 * MINUTE)).toEqual([])
  })

  test('an event that comes during a look makes the subject due at once, whatever the look asked for', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    const lease = await theLease(store, NOW)
    await store.subjects.hint([touch(aChange())], NOW + 1)
    await store.subjects.judged(lease, aLook({ lookAgainAt: NOW + 60 * MINUTE, finished: true }), NOW + 2)
    expect(await leased(store, NOW + 2)).toEqual(['change/7/1'])
  })

  test('an installation that has much to do, or is slow, leaves room for the others', async () => {
    const store = await open()
    const of = (subject: Subject, installation = ACME): Hint => ({ ...touch(subject), installation })
    for (const number of [1, 2, 3, 4]) await store.subjects.hint([of(aChange(number))], NOW + number)
    await store.subjects.hint([of(aChange(9), ANOTHER)], NOW + 9)
    const lease = async (limit: number, each: number) =>
      (await store.subjects.lease('worker', NOW + MINUTE, limit, MINUTE, each)).map(({ key }) => key)
    expect(await lease(2, 2)).toEqual(['change/7/1', 'change/7/9'])
    await store.subjects.hint([of(aChange(10), ANOTHER)], NOW + 10)
    expect(await lease(10, 2)).toEqual(['change/7/2', 'change/7/10'])
    expect(await lease(10, 2)).toEqual([])
    expect((await store.subjects.lease('another', NOW + MINUTE, 10, MINUTE, 2)).map(({ key }) => key)).toEqual([
      'change/7/3',
      'change/7/4',
    ])
  })

  test('a deployment is leased where there is room, however much its installation has under way', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange(1)), touch(aChange(2)), touch(aDeployment())], NOW)
    const lease = async () =>
      (await store.subjects.lease('worker', NOW + MINUTE, 10, MINUTE, 1)).map(({ subject }) => subject.kind)
    expect(await lease()).toEqual(['deployment'])
    await store.subjects.hint([touch(aDeployment('staging'))], NOW)
    expect(await lease()).toEqual(['deployment'])
  })

  test('time alone makes a subject due when its verdict said so, not before', async () => {
    const store = await open()
    await judgedOnce(store, aChange(), { lookAgainAt: NOW + MINUTE })
    expect(await leased(store, NOW + MINUTE - 1)).toEqual([])
    expect(await leased(store, NOW + MINUTE)).toEqual(['change/7/1'])
  })

  test('a look asked for later happens then, and a verdict in between does not lose it', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange(), { notBefore: NOW + 2 * MINUTE })], NOW)
    expect(await leased(store, NOW)).toEqual([])
    await judgedOnce(store, aChange(), { lookAgainAt: NOW + 60 * MINUTE, finished: true }, NOW + 1)
    expect(keys(await store.subjects.inLane(`sha/7/${HEAD}`))).toEqual(['change/7/1'])
    await store.subjects.judged(await theLease(store, NOW + 2 * MINUTE), aLook(), NOW + 2 * MINUTE)
    expect(await store.subjects.nextDue(NOW)).toBeNull()
  })

  test('of two looks asked for later the earlier one is kept', async () => {
    const store = await open()
    for (const after of [2, 1, 3])
      await store.subjects.hint([touch(aChange(), { notBefore: NOW + after * MINUTE })], NOW)
    expect(await store.subjects.nextDue(NOW)).toBe(NOW + MINUTE)
  })

  test('a look asked for later while one is under way still happens', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    const lease = await theLease(store, NOW)
    await store.subjects.hint([touch(aChange(), { notBefore: NOW + MINUTE })], NOW + 1)
    await store.subjects.judged(lease, aLook(), NOW + 50 * SECOND)
    expect(await leased(store, NOW + 50 * SECOND)).toEqual([])
    expect(await leased(store, NOW + MINUTE)).toEqual(['change/7/1'])
  })

  test('what is urgent goes first, and among equals what has waited longest', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange(2), { sha: OTHER })], NOW)
    await store.subjects.hint([touch(aChange(1), { sha: HEAD })], NOW + 1)
    await store.subjects.hint([touch(aDeployment())], NOW + 2)
    await store.subjects.hint([touch(aChange(2))], NOW + 3)
    expect(await leased(store, NOW + 4)).toEqual(['deployment/7/100/production', 'change/7/2', 'change/7/1'])
  })

  test('a lease takes no more lanes than it was allowed', async () => {
    const store = await open()
    await store.subjects.hint(
      [1, 2, 3].map((run) => touch(aDeployment(`environment-${run}`, run))),
      NOW,
    )
    expect(await leased(store, NOW, 'worker', 2)).toHaveLength(2)
  })

  test('the next thing to do is known: the earliest due, or the end of a lease, or nothing', async () => {
    const store = await open()
    expect(await store.subjects.nextDue(NOW)).toBeNull()
    await judgedOnce(store, aChange(), { lookAgainAt: NOW + 5 * MINUTE })
    expect(await store.subjects.nextDue(NOW)).toBe(NOW + 5 * MINUTE)
    await store.subjects.hint([touch(aChange(), { notBefore: NOW + 3 * MINUTE })], NOW)
    expect(await store.subjects.nextDue(NOW)).toBe(NOW + 3 * MINUTE)
    await store.subjects.hint([touch(aChange())], NOW)
    await theLease(store, NOW)
    expect(await store.subjects.nextDue(NOW)).toBe(NOW + MINUTE)
  })

  test('what waits behind a leased lane does not keep a worker spinning', async () => {
    const store = await open()
    await store.subjects.hint([touch(aDeployment('production', 1)), touch(aDeployment('production', 2))], NOW)
    await theLease(store, NOW)
    expect(await store.subjects.nextDue(NOW)).toBe(NOW + MINUTE)
  })
}

/** What is never judged twice at once. */
const laneContract = (open: OpenEmpty): void => {
  test('of a lane one subject is leased at a time, the others after it', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange(1), { sha: HEAD }), touch(aChange(2), { sha: HEAD })], NOW)
    const lease = await theLease(store, NOW)
    expect(await leased(store, NOW, 'another')).toEqual([])
    await store.subjects.judged(lease, aLook(), NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/2'])
  })

  test('environments that differ only in case or width share a lane', async () => {
    const store = await open()
    const names = ['Production', 'production', 'ｐroduction']
    await store.subjects.hint(
      names.map((name, run) => touch(aDeployment(name, run))),
      NOW,
    )
    expect(await leased(store, NOW)).toHaveLength(1)
  })

  test('a change joins its head’s lane once a look has shown the head', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1), { sha: HEAD })
    await store.subjects.hint([touch(aChange(2))], NOW)
    await store.subjects.judged(await theLease(store, NOW), aLook({ sha: HEAD }), NOW)
    expect(keys(await store.subjects.inLane(`sha/7/${HEAD}`))).toEqual(['change/7/1', 'change/7/2'])
  })

  test('a change that gets another head while it is looked at keeps its lane until that look is over', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange(1), { sha: HEAD }), touch(aChange(2), { sha: HEAD })], NOW)
    const lease = await theLease(store, NOW)
    await store.subjects.hint([touch(aChange(1), { sha: OTHER })], NOW)
    expect(await leased(store, NOW, 'another')).toEqual([])
    await store.subjects.judged(lease, aLook({ sha: HEAD }), NOW)
    expect(keys(await store.subjects.inLane(`sha/7/${OTHER}`))).toEqual(['change/7/1'])
    expect(await leased(store, NOW)).toEqual(expect.arrayContaining(['change/7/1', 'change/7/2']))
  })

  test('a lane holds the unfinished subjects only', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1))
    await judgedOnce(store, aChange(2), { finished: true })
    expect(keys(await store.subjects.inLane(`sha/7/${HEAD}`))).toEqual(['change/7/1'])
  })

  test('waiting deployments of a repository are those that nobody finished, its own only', async () => {
    const store = await open()
    const api: Subject = { kind: 'api_deployment', repository: SHOP, environment: 'staging', deployment: 5 }
    await judgedOnce(store, aDeployment('production', 1))
    await judgedOnce(store, aDeployment('production', 2), { finished: true })
    await store.subjects.hint([touch(api), touch(aChange()), touch({ ...aDeployment(), repository: BANK })], NOW)
    expect(keys(await store.subjects.waiting(SHOP))).toEqual([
      'api_deployment/7/5/staging',
      'deployment/7/1/production',
    ])
  })

  test('merge groups of a repository are those that nobody finished, its own only', async () => {
    const store = await open()
    const aGroup = { kind: 'group', repository: SHOP, sha: HEAD, base: 'main', baseSha: OTHER, headRef: 'q' } as const
    await judgedOnce(store, { ...aGroup, sha: OTHER }, { finished: true })
    await store.subjects.hint([touch(aGroup), touch(aChange()), touch({ ...aGroup, repository: BANK })], NOW)
    expect(await store.subjects.groups(SHOP)).toEqual([aGroup])
  })
}

/** Who is at it. */
const leaseContract = (open: OpenEmpty): void => {
  test('a lease that was renewed in time holds; one that ran out does not, and another worker takes over', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    const lease = await theLease(store, NOW, 'first')
    expect(await store.subjects.renew(lease, NOW + 30 * SECOND, MINUTE)).toBe(true)
    expect(await store.subjects.holds(lease, NOW + 89 * SECOND)).toBe(true)
    expect(await store.subjects.holds(lease, NOW + 90 * SECOND)).toBe(false)
    expect(await store.subjects.renew(lease, NOW + 90 * SECOND, MINUTE)).toBe(false)
    expect(await leased(store, NOW + 90 * SECOND, 'second')).toEqual(['change/7/1'])
  })

  test('what a worker finds after its lease ran out changes nothing', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    const lease = await theLease(store, NOW, 'first')
    const later = NOW + 2 * MINUTE
    await store.subjects.judged(lease, aLook({ finished: true }), later)
    const taken = await theLease(store, later, 'second')
    await store.subjects.judged(lease, aLook({ finished: true }), later)
    await store.subjects.failed(lease, 'late', later, later)
    expect(await store.subjects.holds(taken, later)).toBe(true)
  })

  test('a look whose lease was taken over writes no verdict, announces no answer and takes no lock', async () => {
    const store = await open()
    await store.subjects.hint([touch(aDeployment())], NOW)
    const stalled = await theLease(store, NOW, 'stalled')
    const later = NOW + 2 * MINUTE
    await store.recordsUnder(stalled).verdict(aRecord({ decision: 'wait' }), later)
    const second = await theLease(store, later, 'second')
    const late = store.recordsUnder(stalled)
    await expect(late.verdict(aRecord({ decision: 'allow' }), later)).rejects.toThrow(LeaseLost)
    await expect(late.intend(anIntent(), later)).rejects.toThrow(LeaseLost)
    await expect(late.lock(SHOP, 'production', 'run/100/1', HEAD, later)).rejects.toThrow(LeaseLost)
    expect(await store.records.mergeGate(SHOP, 1, HEAD)).toBe('wait')
    expect(await store.records.unsettled()).toEqual([])
    expect(await store.recordsUnder(second).verdict(aRecord({ decision: 'allow' }), later)).toMatchObject({
      changed: true,
    })
  })

  test('what a look has said is on record though its lease was taken over meanwhile', async () => {
    const store = await open()
    await store.subjects.hint([touch(aDeployment())], NOW)
    const stalled = await theLease(store, NOW, 'stalled')
    const said = await store.recordsUnder(stalled).intend(anIntent(), NOW)
    await theLease(store, NOW + 2 * MINUTE, 'second')
    await store.recordsUnder(stalled).settle(said, { ok: true, detail: {} }, NOW + 2 * MINUTE)
    expect(await store.records.unsettled()).toEqual([])
  })

  test('a worker that leased a subject again does not hold it by its old lease', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    const old = await theLease(store, NOW)
    const renewed = await theLease(store, NOW + 2 * MINUTE)
    expect(await store.subjects.holds(old, NOW + 2 * MINUTE)).toBe(false)
    expect(await store.subjects.renew(old, NOW + 2 * MINUTE, MINUTE)).toBe(false)
    expect(await store.subjects.holds(renewed, NOW + 2 * MINUTE)).toBe(true)
  })

  test('a subject that failed waits until its time, and a look that succeeds clears the count', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    await store.subjects.failed(await theLease(store, NOW), 'GitHub was away', NOW + MINUTE, NOW)
    expect(await leased(store, NOW + MINUTE - 1)).toEqual([])
    const again = await theLease(store, NOW + MINUTE)
    expect(again.attempts).toBe(1)
    await store.subjects.judged(again, aLook(), NOW + MINUTE)
    await store.subjects.hint([touch(aChange())], NOW + MINUTE)
    expect((await theLease(store, NOW + MINUTE)).attempts).toBe(0)
  })

  test('a subject that fails too often is a dead letter until it is touched again', async () => {
    const store = await open({ attempts: 2 })
    await store.subjects.hint([touch(aChange())], NOW)
    await store.subjects.failed(await theLease(store, NOW), 'once', NOW, NOW)
    await store.subjects.failed(await theLease(store, NOW), 'twice', NOW, NOW)
    expect(await leased(store, NOW + 60 * MINUTE)).toEqual([])
    expect(await store.subjects.nextDue(NOW)).toBeNull()
    await store.subjects.hint([touch(aChange())], NOW)
    expect((await theLease(store, NOW)).attempts).toBe(0)
  })

  test('a subject that failed is looked at soon after something new happens to it, however long it was to wait', async () => {
    const store = await open()
    await store.subjects.hint([touch(aChange())], NOW)
    await store.subjects.failed(await theLease(store, NOW), 'GitHub is away', NOW + 5 * MINUTE, NOW)
    await store.subjects.hint([touch(aChange())], NOW + MINUTE)
    expect(await leased(store, NOW + MINUTE)).toEqual([])
    expect((await theLease(store, NOW + MINUTE + 5 * SECOND)).attempts).toBe(1)
  })

  test('a subject whose worker dies again and again ends as a dead letter too', async () => {
    const store = await open({ attempts: 2 })
    await store.subjects.hint([touch(aChange())], NOW)
    await theLease(store, NOW)
    await theLease(store, NOW + MINUTE)
    expect(await leased(store, NOW + 2 * MINUTE)).toEqual([])
  })

  test('what was given up is tried again while it is young', async () => {
    const store = await open({ attempts: 1 })
    await store.subjects.hint([touch(aChange(1))], NOW - 1)
    await store.subjects.failed(await theLease(store, NOW), 'GitHub was in trouble', NOW, NOW)
    await store.subjects.hint([touch(aChange(2))], NOW)
    await store.subjects.failed(await theLease(store, NOW), 'GitHub was in trouble', NOW, NOW)
    expect(await leased(store, NOW + MINUTE)).toEqual([])
    await store.subjects.raiseDead(NOW, NOW + MINUTE)
    const lease = await theLease(store, NOW + MINUTE)
    expect([lease.key, lease.attempts]).toEqual([`change/${SHOP}/2`, 0])
  })

  test('what may have taken its worker with it is tried once when it is raised', async () => {
    const store = await open({ attempts: 2 })
    await store.subjects.hint([touch(aChange())], NOW)
    await theLease(store, NOW)
    await theLease(store, NOW + MINUTE)
    expect(await leased(store, NOW + 2 * MINUTE)).toEqual([])
    await store.subjects.raiseDead(NOW, NOW + 2 * MINUTE)
    await theLease(store, NOW + 2 * MINUTE)
    expect(await leased(store, NOW + 3 * MINUTE)).toEqual([])
  })

  test('what is handed back is due again for anybody, and nobody’s failure', async () => {
    const store = await open()
    await judgedOnce(store, aChange(), { lookAgainAt: NOW + MINUTE })
    const lease = await theLease(store, NOW + MINUTE, 'stopping')
    await store.subjects.handBack('stopping')
    expect(await store.subjects.holds(lease, NOW + MINUTE)).toBe(false)
    expect((await theLease(store, NOW + MINUTE, 'another')).attempts).toBe(0)
  })
}

/** What an event wakes. */
const wakeContract = (open: OpenEmpty): void => {
  test('a fact that changed wakes those that asked it, by path and not by letters', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1), { sha: HEAD, asked: ['change', 'teams/appsec'] })
    await judgedOnce(store, aChange(2), { sha: OTHER, asked: ['teams/appsec-two'] })
    await judgedOnce(store, aChange(3), { sha: null, asked: ['teams'] })
    await store.subjects.hint([wake(['teams/appsec', 'team', 'chang'])], NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/1'])
  })

  test('a topic covers all facts under it', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1), { sha: HEAD, asked: ['teams/appsec'] })
    await store.subjects.hint([wake(['teams'])], NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/1'])
  })

  test('with a SHA only what is about that commit is woken', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1), { sha: HEAD, asked: ['checks'] })
    await judgedOnce(store, aChange(2), { sha: OTHER, asked: ['checks'] })
    await store.subjects.hint([wake(['checks'], { sha: OTHER })], NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/2'])
  })

  test('an installation’s event wakes all its repositories, and no finished subject', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1, SHOP), { asked: ['teams/x'] })
    await judgedOnce(store, aChange(1, BANK), { asked: ['teams/x'] })
    await judgedOnce(store, aChange(2, BANK), { asked: ['teams/x'], finished: true })
    await store.subjects.hint([wake(['teams'], { scope: { installation: ACME } })], NOW)
    expect([...(await leased(store, NOW))].sort()).toEqual(['change/7/1', 'change/8/1'])
  })

  test('a repository’s event leaves other repositories alone', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1, BANK), { asked: ['teams/x'] })
    await store.subjects.hint([wake(['teams'])], NOW)
    expect(await leased(store, NOW)).toEqual([])
  })

  test('one that is being looked at is looked at again, whatever it asked before: it may have read the old fact', async () => {
    const store = await open()
    await judgedOnce(store, aChange(), { asked: ['change'] })
    await store.subjects.hint([touch(aChange())], NOW)
    const lease = await theLease(store, NOW)
    await store.subjects.hint([wake(['teams'], { sha: OTHER })], NOW)
    await store.subjects.judged(lease, aLook({ asked: ['teams/x'] }), NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/1'])
  })

  test('a fan-out gives way to what came by itself', async () => {
    const store = await open()
    await judgedOnce(store, aChange(1), { sha: HEAD, asked: ['teams/x'] })
    await store.subjects.hint([wake(['teams'])], NOW)
    await store.subjects.hint([touch(aChange(2), { sha: OTHER })], NOW + 1)
    expect(await leased(store, NOW + 1)).toEqual(['change/7/2', 'change/7/1'])
  })

  test('a fan-out does not push back what was more urgent already', async () => {
    const store = await open()
    await judgedOnce(store, aDeployment('production', 1), { asked: ['teams/x'] })
    await store.subjects.hint([touch(aDeployment('production', 1))], NOW)
    await store.subjects.hint([touch(aChange(2), { sha: OTHER })], NOW)
    await store.subjects.hint([wake(['teams'])], NOW)
    expect(await leased(store, NOW)).toEqual(['deployment/7/1/production', 'change/7/2'])
  })

  test('in a fan-out gates that stand open are looked at before closed ones, and newer subjects before older', async () => {
    const store = await open()
    for (const [number, sha] of [...'cdef'].map((digit, index) => [index + 1, digit.repeat(40)] as const)) {
      await judgedOnce(store, aChange(number), { sha, asked: ['teams/x'] }, NOW + number)
      const decision = number % 2 === 0 ? 'allow' : 'wait'
      await store.records.verdict(aRecord({ decision }, { subject: `change/7/${number}`, number, sha }), NOW)
    }
    await store.subjects.hint([wake(['teams'])], NOW + MINUTE)
    expect(await leased(store, NOW + MINUTE)).toEqual(['change/7/4', 'change/7/2', 'change/7/3', 'change/7/1'])
  })

  test('what changed cures dead letters too', async () => {
    const store = await open({ attempts: 1 })
    await judgedOnce(store, aChange(), { asked: ['teams/x'] })
    await store.subjects.hint([touch(aChange())], NOW)
    await store.subjects.failed(await theLease(store, NOW), 'no', NOW, NOW)
    await store.subjects.hint([wake(['teams'])], NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/1'])
  })
}

/** Where repositories are. */
const addressContract = (open: OpenEmpty): void => {
  const shop = { installation: ACME, id: SHOP, owner: 'acme', name: 'shop' }
  const bank = { installation: ACME, id: BANK, owner: 'acme', name: 'bank' }

  test('a repository is known under its newest name', async () => {
    const store = await open()
    await store.subjects.hint([{ kind: 'address', address: { ...shop, name: 'store' } }], NOW)
    await store.subjects.hint(
      [
        { kind: 'address', address: shop },
        { kind: 'address', address: bank },
      ],
      NOW,
    )
    expect(await store.subjects.address(SHOP)).toEqual(shop)
    expect(await store.subjects.addresses()).toEqual([shop, bank])
  })

  test('nothing is judged or answered in a repository that is gone, until it is back', async () => {
    const store = await open()
    await judgedOnce(store, aDeployment('staging'), { lookAgainAt: NOW + 1, asked: ['teams/x'] })
    await store.subjects.hint([{ kind: 'address', address: shop }, touch(aChange(), { sha: HEAD })], NOW)
    const lease = await theLease(store, NOW)
    await store.subjects.hint([{ kind: 'gone', scope: { repository: SHOP }, why: 'removed' }, wake(['teams'])], NOW)
    expect(await store.subjects.holds(lease, NOW)).toBe(false)
    expect(await leased(store, NOW + 60 * MINUTE)).toEqual([])
    expect(await store.subjects.address(SHOP)).toBeNull()
    expect(await store.subjects.waiting(SHOP)).toEqual([])
    await store.subjects.hint([touch(aChange())], NOW)
    expect(await leased(store, NOW)).toEqual(['change/7/1'])
  })

  test('an installation that is gone takes all its repositories with it', async () => {
    const store = await open()
    await store.subjects.hint(
      [
        { kind: 'address', address: shop },
        { kind: 'address', address: bank },
      ],
      NOW,
    )
    await store.subjects.hint([{ kind: 'gone', scope: { installation: ACME }, why: 'suspended' }], NOW)
    expect(await store.subjects.addresses()).toEqual([])
  })
}

/** What any engine owes to subjects. */
export const subjectsContract = (open: OpenEmpty): void => {
  dueContract(open)
  laneContract(open)
  leaseContract(open)
  wakeContract(open)
  addressContract(open)
}
