import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sql } from 'kysely'
import { serialiseFacts } from '../../src/policy/facts-json.js'
import { ask, known, type Fact, type Facts, type Person } from '../../src/policy/facts.js'
import type { Values } from '../../src/policy/verdict.js'
import { canonicalJson } from '../../src/store/canonical.js'
import { erasePerson } from '../../src/store/erasing/erase.js'
import { anAct, anIntent, aRecord, HEAD, NOW, person } from '../contracts/store-world.js'
import { entriesOf, everything, mustBeWhole, opened, placesOf, type Opened } from './side-world.js'

/** Logins of all kinds: like another's beginning, like a word of ours, with everything GitHub lets be in one. */
const PEOPLE = [
  person(11, 'lena-q'),
  person(12, 'lena'),
  person(13, 'Allow'),
  person(14, 'zed_acme'),
  { ...person(15, 'robot[bot]'), kind: 'app' as const },
] as const

const somebody = fc.constantFrom(...PEOPLE)
const written = fc
  .tuple(fc.string({ maxLength: 12, unit: 'grapheme' }), fc.option(somebody), fc.nat(999))
  .map(
    ([text, named, number]) =>
      `${text.replaceAll('\0', '')} ${named === null ? '' : `@${named.login}:`} wrote-${number}`,
  )

const review = fc.record({
  by: fc.option(somebody),
  state: fc.constant('commented'),
  commit: fc.constant(HEAD),
  at: fc.constant(NOW),
  body: written,
})

const change = fc.record({
  author: fc.option(somebody),
  title: written,
  body: written,
  head: written,
  base: fc.constant('allow'),
})

const facts: fc.Arbitrary<Facts> = fc
  .record({
    change,
    reviews: fc.array(review, { maxLength: 4 }),
    user: somebody,
    labels: fc.array(written, { maxLength: 2 }),
  })
  .map(
    ({ user, labels, ...of }) =>
      new Map<string, Fact>([
        [ask.change.key, known({ ...of.change, labels }, 'GitHub', NOW)],
        [ask.reviews.key, known(of.reviews, 'GitHub', NOW)],
        [ask.user({ login: user.login }).key, known(user, 'GitHub', NOW)],
        [ask.diffs.key, known(new Map([[HEAD, of.change.title]]), 'GitHub', NOW)],
      ]),
  )

const values: fc.Arbitrary<Values> = fc.oneof(
  somebody.map(({ login }): Values => ({ approved: [login], may: [login] })),
  written.map((reason): Values => ({ reason, nested: { $text: reason, of: [reason] } })),
)

type Event = (at: Opened) => Promise<unknown>

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.tuple(somebody, written).map(
    ([by, text]) =>
      ({ records }: Opened) =>
        records.act(anAct({ by, text }), NOW),
  ),
  fc
    .tuple(facts, values, fc.array(somebody, { maxLength: 2 }), fc.nat(9))
    .map(([of, told, may, number]) => ({ records }: Opened) => {
      const findings = [
        { rule: 'approval', outcome: 'allow', values: { ...told, number }, who: { may, mayNot: [] } },
      ] as const
      return records.verdict(
        aRecord({ decision: 'allow', findings }, { facts: of, subject: `change/7/${number}` }),
        NOW,
      )
    }),
  somebody.map(({ login }) => async ({ records }: Opened) => {
    const id = await records.intend(
      anIntent({ what: 'reply', body: { text: `Recorded: @${login}.`, state: 'queued' } }),
      NOW,
    )
    await records.settle(id, { ok: true, detail: { id: 5 } }, NOW)
  }),
  somebody.map(
    ({ id, login }) =>
      ({ records }: Opened) =>
        records.pin('policy/7', `users/${login}`, id, NOW),
  ),
)

const events = fc.array(event, { minLength: 1, maxLength: 8 })

const after = async (happened: readonly Event[], use: (at: Opened) => Promise<void>): Promise<void> => {
  const at = await opened()
  try {
    for (const each of happened) await each(at)
    await use(at)
  } finally {
    await at.engine.close()
  }
}

/** Everything that one person wrote, by what stands beside them. */
const writtenBy = ({ id }: Person, json: unknown): readonly string[] => {
  if (typeof json !== 'object' || json === null) return []
  const of = json as Readonly<Record<string, unknown>>
  const isTheirs = ['by', 'author'].some((key) => (of[key] as Person | null | undefined)?.id === id)
  const own = isTheirs ? ['text', 'title', 'body', 'comment'].map((key) => of[key]) : []
  return [
    ...own.filter((text) => typeof text === 'string' && text !== ''),
    ...Object.values(of).flatMap((each) => writtenBy({ id } as Person, each)),
  ] as readonly string[]
}

test('after a person on record was erased, neither a login of theirs nor what they wrote stands anywhere, and the ledger is whole', async () => {
  await fc.assert(
    fc.asyncProperty(events, somebody, async (happened, who) => {
      await after(happened, async (at) => {
        await at.records.act(anAct({ by: who }), NOW)
        const texts = (await entriesOf(at)).flatMap(({ body }) => writtenBy(who, body))
        const others = PEOPLE.filter(({ id }) => id !== who.id)
        await erasePerson(at.engine, { id: who.id }, NOW)
        const left = (await everything(at.engine)).replaceAll(/"(decision|outcome|base)\\*":\\*"allow/g, '')
        const login = who.login.replace('[', '\\[').replace(']', '\\]')
        // Another's name may begin with it: a word is whole.
        const places = placesOf(login, left).filter((place) => !others.some((one) => place.includes(one.login)))
        const own = new RegExp(`(?<![a-z0-9_-])${login}(?![a-z0-9]|[-_]+[a-z0-9])`, 'i')
        expect(places.filter((place) => own.test(place))).toEqual([])
        const kept = canonicalJson((await entriesOf(at)).map(({ body }) => ({ ...body })))
        for (const text of texts) expect(kept).not.toContain(JSON.stringify(text))
        await mustBeWhole(at)
      })
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('before anybody was erased, entries read as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(facts, values, async (of, told) => {
      await after([], async (at) => {
        const findings = [
          { rule: 'approval', outcome: 'wait', values: told, who: { may: [...PEOPLE], mayNot: [] } },
        ] as const
        const record = aRecord({ findings, asked: ['users/lena'] }, { facts: of })
        await at.records.verdict(record, NOW)
        const [entry] = await entriesOf(at)
        const { sha, attempt, number, verdict, policy } = record
        const body = { sha, attempt, number, verdict, policy, facts: serialiseFacts(of) }
        expect(entry && canonicalJson(entry.body)).toBe(canonicalJson(body))
      })
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('no entry holds a login or a text of a person by itself', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (happened) => {
      await after(happened, async (at) => {
        const rows = await at.engine.db.selectFrom('ledger').select('body').execute()
        const bodies = rows.map(({ body }) => body).join('\n')
        expect(bodies).not.toContain('wrote-')
        for (const { login } of PEOPLE.filter(({ id }) => id !== 13)) expect(bodies).not.toContain(login)
      })
    }),
    { numRuns: 60 },
  )
}, 120_000)

const TAMPERED = [
  `update sides set value = value || ' '`,
  `update sides set people = ',1,'`,
  `update sides set salt = 'x' || salt`,
  `update sides set kind = case kind when 'read' then 'text' when 'text' then 'read' else 'name2' end`,
  'delete from sides',
]

test('a side row that was changed or that vanished breaks the ledger, whatever was done to it', async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.constantFrom(...TAMPERED), fc.nat(), async (happened, tampered, which) => {
      await after(happened, async (at) => {
        const rows = await at.engine.db.selectFrom('sides').select('digest').orderBy('digest').execute()
        const row = rows[which % Math.max(1, rows.length)]
        if (row === undefined) return
        await sql.raw(`${tampered} where digest = '${row.digest}'`).execute(at.engine.db)
        expect(await at.ledger.verify()).toMatchObject({ ok: false, problem: 'side' })
      })
    }),
    { numRuns: 100 },
  )
}, 120_000)

test('a row that vanished is not excused because another was erased', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (happened) => {
      await after(happened, async (at) => {
        await at.records.act(anAct({ by: person(77, 'gone'), text: 'bye' }), NOW)
        await erasePerson(at.engine, { id: 77 }, NOW)
        const [row] = await at.engine.db.selectFrom('sides').select('digest').limit(1).execute()
        if (row === undefined) return
        await at.engine.db.deleteFrom('sides').where('digest', '=', row.digest).execute()
        expect(await at.ledger.verify()).toMatchObject({ ok: false, problem: 'side' })
      })
    }),
    { numRuns: 20 },
  )
}, 120_000)
