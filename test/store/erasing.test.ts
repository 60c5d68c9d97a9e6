import { describe, expect, test } from '@jest/globals'
import { onCheckRun } from '../../src/handlers/checks.js'
import { userId } from '../../src/policy/facts.js'
import { erasePerson, erasingOf } from '../../src/store/erasing/erase.js'
import { StoredSubjects } from '../../src/store/subjects.js'
import {
  aChange,
  ACME,
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
import { ENGINES, entriesOf, everything, factsBy, mustBeWhole, placesOf, type Opened } from './side-world.js'

const DEV = person(12, 'dev')

/** Lena in every table that can know her: as writer, reviewer, approver, name in a policy, and in what was told to her. */
const withLena = async ({ engine, records }: Opened): Promise<void> => {
  const subjects = new StoredSubjects(engine, 10)
  await subjects.hint([touch(aChange(), { sha: HEAD })], NOW)
  const [lease] = await subjects.lease('worker', NOW, 1, MINUTE)
  if (lease === undefined) throw new Error('one subject is due')
  const asked = ['change', 'users/lena']
  await subjects.judged(lease, { lookAgainAt: null, asked, sha: HEAD, finished: false }, NOW)
  const findings = [
    {
      rule: 'approval',
      outcome: 'wait',
      values: { approved: ['lena'], objectors: [] },
      who: { may: [LENA], mayNot: [] },
    },
  ] as const
  await records.verdict(aRecord({ asked, findings }, { facts: factsBy(LENA, DEV, 'a secret of hers') }), NOW)
  await records.verdict(
    aRecord({ decision: 'allow' }, { subject: 'change/7/2', number: 2, facts: factsBy(DEV, LENA, 'by dev') }),
    NOW,
  )
  await records.act(anAct({ key: 'comment/1', text: 'a secret of hers, said' }), NOW)
  await records.act(anAct({ key: 'comment/2', by: DEV, text: 'as @Lena said' }), NOW)
  await records.act(anAct({ key: 'comment/3', kind: 'override', run: null, text: 'a secret of hers, urgent' }), NOW)
  const refusal = { installation: ACME, repository: SHOP, subject: 'change/7/1', by: DEV, act: 'approve', code: 'no' }
  await records.refuse({ ...refusal, key: 'comment/4', values: { environment: 'production', may: ['lena'] } }, NOW)
  const said = await records.intend(anIntent({ what: 'reply', body: { text: 'Recorded: @lena approved.' } }), NOW)
  await records.settle(said, { ok: true, detail: { reason: 'lena read it' } }, NOW)
  const started = { key: 'job/1', installation: ACME, repository: SHOP, environment: 'production', sha: HEAD }
  await records.incident({ ...started, run: 1, attempt: 1, values: { by: 'lena', event: 'push' } }, NOW)
  await records.pin('policy/7', 'users/lena', LENA.id, NOW)
  const pressed = { action: 'requested_action', check_run: { id: 5, head_sha: HEAD, app: { id: 1 } } }
  const button = { requested_action: { identifier: 'approve' }, sender: { id: LENA.id, login: 'lena' } }
  const where = { installation: { id: ACME }, repository: { id: SHOP, name: 'shop', owner: { login: 'acme' } } }
  const circumstances = { appId: 1, delivery: 'guid', policyRepository: '.github' }
  await subjects.hint(onCheckRun({ ...pressed, ...button, ...where } as never, circumstances as never), NOW)
}

describe.each(ENGINES)('erasing a person from %s', (_, on) => {
  test('leaves neither their login nor what they wrote in any table, keeps their number, and the ledger is whole', () =>
    on(async (at) => {
      await withLena(at)
      expect(placesOf('lena', await everything(at.engine))).not.toEqual([])
      const before = await mustBeWhole(at)
      expect(before.sides).toMatchObject({ erased: 0, expired: 0 })
      const erased = await erasePerson(at.engine, { login: 'LENA' }, NOW)
      expect(erased).toMatchObject({
        person: LENA.id,
        names: 1,
        facts: 0,
        acts: 3,
        intents: 1,
        pins: 1,
        notes: 1,
        inline: 0,
      })
      const left = await everything(at.engine)
      expect(placesOf('lena', left)).toEqual([])
      expect(left).not.toContain('a secret of hers')
      expect(left).toContain('by dev')
      const after = await mustBeWhole(at)
      expect(after.sides.erased).toBeGreaterThan(8)
      expect(after.sides.erased + after.sides.kept).toBe(before.sides.kept)
      const [verdict] = await entriesOf(at)
      const facts = JSON.stringify(verdict?.body['facts'])
      expect(facts).toContain('"author":{"id":11,"kind":"user","login":"(erased)"}')
      expect(facts).toContain('"login":"dev"')
      expect(verdict?.body).toMatchObject({ verdict: { decision: 'wait' } })
    }))

  test('leaves no login in a pressed button that an older instance wrote, and only there takes it from a subject', () =>
    on(async (at) => {
      await withLena(at)
      const subjects = new StoredSubjects(at.engine, 10)
      const press = {
        kind: 'press',
        repository: SHOP,
        checkRun: 5,
        by: LENA.id,
        identifier: 'approve',
        delivery: 'old',
      }
      const push = { kind: 'push', repository: SHOP, branch: 'lena', before: null, sha: HEAD, by: LENA.id } as const
      await subjects.hint([touch({ ...press, login: 'lena' } as never), touch(push, { sha: HEAD })], NOW)
      expect(await erasePerson(at.engine, { id: LENA.id }, NOW)).toMatchObject({ notes: 2 })
      const rows = await at.engine.db.selectFrom('subjects').select('document').where('kind', '<>', 'change').execute()
      expect(rows.map(({ document }): unknown => JSON.parse(document))).toEqual(
        expect.arrayContaining([press, { ...push }]),
      )
    }))

  test('is told in the ledger by their number', () =>
    on(async (at) => {
      await withLena(at)
      await erasePerson(at.engine, { id: LENA.id }, NOW + 1)
      const told = (await entriesOf(at)).filter(({ kind }) => kind === 'erasure')
      expect(told.at(-1)).toMatchObject({ at: NOW + 1, body: { person: 11, counts: { names: 1, acts: 3 } } })
    }))

  test('opens and shuts nothing: approvals and overrides count for the number, and nobody else can take the name', () =>
    on(async (at) => {
      await withLena(at)
      const { records } = at
      await erasePerson(at.engine, { id: LENA.id }, NOW)
      const nameless = { ...LENA, login: 'user 11' }
      expect(await records.approvals(SHOP, 'production', 100, 1)).toMatchObject([
        { by: nameless, decision: 'approve', comment: '(erased)', sha: HEAD },
        { by: DEV, decision: 'approve', comment: '(erased)' },
      ])
      expect(await records.overrides(SHOP, 'production', HEAD)).toMatchObject([
        { by: nameless, reason: '(erased)', spentAt: null },
      ])
      expect(await records.debts(SHOP, 'production')).toMatchObject([{ by: nameless }, { by: null }])
      expect(await records.mergeGate(SHOP, 2, HEAD)).toBe('allow')
      expect(await records.pin('policy/7', 'users/Lena', userId(99), NOW)).toBe(LENA.id)
      expect(await records.act(anAct({ key: 'comment/1' }), NOW)).toBe(false)
    }))

  test('keeps a pinned name pinned until its own layer of groups changes', () =>
    on(async (at) => {
      const { records } = at
      await records.act(anAct(), NOW)
      await records.pin('policy/7', 'users/lena', LENA.id, NOW)
      const seen = (layer: 'organisation' | 'repository', fingerprint: number) =>
        records.groupsSeen(SHOP, { layer, fingerprint, organisationNames: ['users/lena'] }, NOW)
      for (const layer of ['organisation', 'repository'] as const) await seen(layer, 1)
      await erasePerson(at.engine, { id: LENA.id }, NOW)
      await seen('repository', 2)
      expect(await records.pin('policy/7', 'users/lena', userId(99), NOW)).toBe(LENA.id)
      await seen('organisation', 2)
      expect(await records.pin('policy/7', 'users/lena', userId(99), NOW)).toBe(99)
    }))

  test('is told beforehand and changes nothing then', () =>
    on(async (at) => {
      await withLena(at)
      const before = await everything(at.engine)
      const told = await erasingOf(at.engine, { login: 'lena' })
      expect(await everything(at.engine)).toBe(before)
      expect(await erasePerson(at.engine, { login: 'lena' }, NOW)).toEqual(told)
    }))

  test('does nothing the second time, and a person who comes again is known again', () =>
    on(async (at) => {
      await withLena(at)
      await erasePerson(at.engine, { id: LENA.id }, NOW)
      const { sequence } = (await at.ledger.head()) ?? { sequence: -1 }
      expect(await erasePerson(at.engine, { id: LENA.id }, NOW)).toMatchObject({ names: 0, texts: 0, acts: 0 })
      expect(await at.ledger.head()).toMatchObject({ sequence })
      await at.records.act(anAct({ run: 200, text: 'back' }), NOW)
      expect((await entriesOf(at)).at(-1)?.body).toMatchObject({ by: { login: 'lena' }, text: 'back' })
      await mustBeWhole(at)
    }))

  test('beside others who write of the same person leaves a whole ledger', () =>
    on(async (at) => {
      await withLena(at)
      const writing = Array.from({ length: 40 }, (_, run) =>
        at.records.act(anAct({ run, text: `text ${run % 3}` }), NOW),
      )
      const erasing = Array.from({ length: 3 }, () => erasePerson(at.engine, { id: LENA.id }, NOW))
      await Promise.all([...writing, ...erasing])
      await mustBeWhole(at)
      await erasePerson(at.engine, { id: LENA.id }, NOW)
      expect(placesOf('lena', await everything(at.engine))).toEqual([])
      await mustBeWhole(at)
    }))

  test('asks for a number where several have had the login, and finds nobody who is not on record', () =>
    on(async (at) => {
      await at.records.act(anAct(), NOW)
      await at.records.act(anAct({ by: person(99, 'Lena') }), NOW)
      await expect(erasePerson(at.engine, { login: 'lena' }, NOW)).rejects.toThrow('11 and 99')
      expect(await erasePerson(at.engine, { login: 'nobody' }, NOW)).toBeNull()
    }))
})
