import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { Instant } from '../../src/policy/facts.js'
import { cutLedger } from '../../src/store/cut.js'
import { expireSubjects } from '../../src/store/retention.js'
import { StoredSubjects } from '../../src/store/subjects.js'
import { expireFacts } from '../../src/store/sides/expire.js'
import {
  aChange,
  aLook,
  anAct,
  aRecord,
  touch,
  LENA,
  MINUTE,
  NOW,
  person,
  SHOP,
  HEAD,
} from '../contracts/store-world.js'
import { ENGINES, entriesOf, everything, factsBy, mustBeWhole, type Opened } from './side-world.js'

const DAY = 24 * 60 * MINUTE
const DEV = person(12, 'dev')

const look = ({ records }: Opened, number: number, at: Instant, wrote = `of day ${number}`) =>
  records.verdict(
    aRecord(
      { findings: [{ rule: 'approval', outcome: 'wait', values: { number } }] },
      { facts: factsBy(LENA, DEV, wrote) },
    ),
    at,
  )

describe.each(ENGINES)('what is kept long enough leaves %s', (_, on) => {
  test('facts go, with the texts that only they held; decisions stay, the ledger is whole and tells it', () =>
    on(async (at) => {
      await look(at, 1, NOW, 'an old description')
      await look(at, 2, NOW + 10 * DAY, 'a new description')
      expect(await expireFacts(at.engine, NOW + 5 * DAY, NOW + 10 * DAY)).toBe(1)
      const [old, young, told] = await entriesOf(at)
      expect(old?.body).toMatchObject({ facts: '(not kept any more)', verdict: { decision: 'wait' } })
      expect(JSON.stringify(young?.body['facts'])).toContain('a new description')
      expect(told).toMatchObject({ kind: 'retention', body: { factsBefore: NOW + 5 * DAY } })
      const left = await everything(at.engine)
      expect(left).not.toContain('an old description')
      expect(left).toContain('a new description')
      expect((await mustBeWhole(at)).sides).toMatchObject({ erased: 0, expired: 1 })
    }))

  test('nothing is told where nothing is old, and a text that is still in use stays', () =>
    on(async (at) => {
      await look(at, 1, NOW, 'the same description')
      await look(at, 2, NOW + 10 * DAY, 'the same description')
      expect(await expireFacts(at.engine, NOW, NOW + 10 * DAY)).toBe(0)
      expect(await entriesOf(at)).toHaveLength(2)
      await expireFacts(at.engine, NOW + 9 * DAY, NOW + 10 * DAY)
      expect(await everything(at.engine)).toContain('the same description')
      await mustBeWhole(at)
    }))

  test('a text is kept once, however many looks read it', () =>
    on(async (at) => {
      for (let number = 1; number <= 20; number++) await look(at, number, NOW + number, 'the same description')
      const { rows } = await sql<{ kind: string; rows: number }>`
        select kind, count(*) as rows from sides group by kind order by kind`.execute(at.engine.db)
      expect(rows.map(({ kind, rows: count }) => [kind, Number(count)])).toEqual([
        ['facts', 20],
        ['name', 2],
        ['read', expect.any(Number)],
      ])
      expect(Number(rows[2]?.rows)).toBeLessThan(10)
    }))

  test('old entries are cut from the front: verifying and reading begin after them, and an entry tells where', () =>
    on(async (at) => {
      for (let day = 0; day < 10; day++)
        await at.records.act(anAct({ run: day, text: `of day ${day}` }), NOW + day * DAY)
      const fourth = (await entriesOf(at))[3]
      expect(await cutLedger(at.engine, NOW + 4 * DAY, NOW + 10 * DAY)).toBe(4)
      const left = await entriesOf(at)
      expect(left.map(({ sequence }) => sequence)).toEqual([5, 6, 7, 8, 9, 10, 11])
      expect(left.at(-1)).toMatchObject({ kind: 'retention', body: { cut: { sequence: 4, hash: fourth?.hash } } })
      expect(await mustBeWhole(at)).toMatchObject({ entries: 7, cut: { sequence: 4, hash: fourth?.hash } })
      const texts = await at.engine.db.selectFrom('sides').select('value').where('kind', '=', 'text').execute()
      expect(texts.map(({ value }) => value)).not.toContain('of day 0')
      expect(texts.map(({ value }) => value)).toContain('of day 4')
      expect(await cutLedger(at.engine, NOW + 4 * DAY, NOW + 10 * DAY)).toBe(0)
      await at.records.act(anAct({ run: 99 }), NOW + 10 * DAY)
      expect(await cutLedger(at.engine, NOW + 6 * DAY, NOW + 10 * DAY)).toBe(2)
      expect(await mustBeWhole(at)).toMatchObject({ cut: { sequence: 6 } })
    }))

  test('after a clock that was ahead, what an older entry behind a younger one refers to stays', () =>
    on(async (at) => {
      const acts = [NOW, NOW + 75 * DAY, NOW + 31 * DAY, NOW + 90 * DAY]
      for (const [run, when] of acts.entries())
        await at.records.act(anAct({ run, by: person(20 + run, `person-${run}`), text: `of run ${run}` }), when)
      expect(await cutLedger(at.engine, NOW + 60 * DAY, NOW + 90 * DAY)).toBe(1)
      await mustBeWhole(at)
      expect((await entriesOf(at)).map(({ body }) => body['text'])).toContain('of run 2')
    }))

  test('what gates rest on stays when its entry is cut', () =>
    on(async (at) => {
      await look(at, 1, NOW)
      await at.records.verdict(aRecord({ decision: 'allow' }), NOW + 1)
      await at.records.act(anAct({ kind: 'override', run: null, text: 'urgent' }), NOW + 2)
      await at.records.act(anAct(), NOW + 3)
      await at.records.recordTip(SHOP, 'main', HEAD, NOW + 4)
      await at.records.pin('policy/7', 'users/lena', LENA.id, NOW + 5)
      await at.records.act(anAct(), NOW + 10 * DAY)
      await expireFacts(at.engine, NOW + 9 * DAY, NOW + 10 * DAY)
      expect(await cutLedger(at.engine, NOW + 9 * DAY, NOW + 10 * DAY)).toBe(6)
      expect(await at.records.mergeGate(SHOP, 1, HEAD)).toBe('allow')
      expect(await at.records.overrides(SHOP, 'production', HEAD)).toMatchObject([{ by: LENA, reason: 'urgent' }])
      expect(await at.records.approvals(SHOP, 'production', 100, 1)).toHaveLength(2)
      expect(await at.records.tip(SHOP, 'main', NOW + 10 * DAY)).toBe(HEAD)
      expect(await at.records.debts(SHOP, 'production')).toHaveLength(1)
      await mustBeWhole(at)
    }))

  test('the newest entry stays, and a young one stops the cut, whatever is written after it', () =>
    on(async (at) => {
      await at.records.act(anAct(), NOW)
      expect(await cutLedger(at.engine, NOW + DAY, NOW + DAY)).toBe(0)
      await at.records.act(anAct(), NOW + 5 * DAY)
      await at.records.act(anAct(), NOW)
      await at.records.act(anAct(), NOW)
      expect(await cutLedger(at.engine, NOW + DAY, NOW + 5 * DAY)).toBe(1)
      await mustBeWhole(at)
    }))

  test('finished subjects go, and none that is open, leased, dead or was touched since', () =>
    on(async (at) => {
      const subjects = new StoredSubjects(at.engine, 1)
      const looks = async (number: number, finished: boolean, when = NOW) => {
        await subjects.hint([touch(aChange(number), { sha: HEAD })], when)
        for (const lease of await subjects.lease('worker', when, 10, MINUTE))
          await subjects.judged(lease, aLook({ finished }), when)
      }
      await looks(1, true)
      await looks(2, false)
      await looks(3, true, NOW + 2 * DAY)
      await looks(4, true)
      await subjects.hint([touch(aChange(4)), touch(aChange(5))], NOW)
      for (const lease of await subjects.lease('worker', NOW, 10, MINUTE)) await subjects.failed(lease, 'no', NOW, NOW)
      await looks(6, true)
      await subjects.hint([touch(aChange(6))], NOW)
      expect(await subjects.lease('worker', NOW, 10, MINUTE)).toHaveLength(1)
      expect(await expireSubjects(at.engine, NOW + DAY)).toBe(1)
      const left = await at.engine.db.selectFrom('subjects').select('key').orderBy('key').execute()
      expect(left.map(({ key }) => key)).toEqual([2, 3, 4, 5, 6].map((number) => `change/${SHOP}/${number}`))
      await looks(1, false, NOW + DAY)
      expect(await subjects.inLane(`sha/${SHOP}/${HEAD}`)).toContainEqual(aChange(1))
    }))

  test('the ledger can be cut by its own rule alone', () =>
    on(async (at) => {
      for (let run = 0; run < 4; run++) await at.records.act(anAct({ run }), NOW + run)
      for (const statement of [
        'delete from ledger where sequence = 1',
        'update ledger_head set cut_sequence = 4',
        'update ledger_head set inline_until = 4',
      ])
        await expect(sql.raw(statement).execute(at.engine.db)).rejects.toMatchObject({
          message: expect.stringContaining('append-only'),
        })
      await cutLedger(at.engine, NOW + 2, NOW + 10)
      await expect(sql`update ledger_head set cut_sequence = 0`.execute(at.engine.db)).rejects.toMatchObject({
        message: expect.stringContaining('append-only'),
      })
      await expect(sql`delete from ledger where sequence = 3`.execute(at.engine.db)).rejects.toMatchObject({
        message: expect.stringContaining('append-only'),
      })
    }))

  test('a cut that no entry tells of is found', () =>
    on(async (at) => {
      for (let run = 0; run < 4; run++) await at.records.act(anAct({ run }), NOW + run)
      const second = (await entriesOf(at))[1]
      await at.engine.db
        .updateTable('ledger_head')
        .set({ cut_sequence: 2, cut_hash: second?.hash ?? '' })
        .execute()
      await sql`delete from ledger where sequence <= 2`.execute(at.engine.db)
      expect(await at.ledger.verify()).toMatchObject({ ok: false, problem: 'cut', sequence: 3 })
    }))
})
