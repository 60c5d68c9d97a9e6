import fc from 'fast-check'

/** Pairs of policies that differ in little, as fast-check makes them. */

/** Two texts of which each is a policy; the gate that they differ in. */
export interface Pair {
  readonly before: string
  readonly after: string
  readonly kind: 'merge' | 'release'
}

const GROUPS = [
  'groups: { some: { teams: [leads] } }',
  'groups: { some: { teams: [leads, core] } }',
  'groups: { some: { users: [lena] } }',
] as const

// ───────────── what a policy may say: variants of one rule stand together ─────────────

type Variants = readonly string[]

const APPROVAL: Variants = ['leads', '[leads, managers]', 'some', 'managers'].flatMap((from) => [
  `{ approval: { from: ${from} } }`,
  `{ approval: { from: ${from}, count: 2 } }`,
  `{ approval: { from: ${from}, within: 3d } }`,
  `{ approval: { from: ${from}, involved: [author, contributors] } }`,
])
const PREDICATES: readonly Variants[] = [
  ['{ author: { in: core } }', '{ author: { in: [core, leads] } }', '{ author: { not_in: leads } }'],
  ['{ contributors: { only_in: [core, some] } }', '{ contributors: { any_in: core } }'],
  [
    '{ changed: { paths: ["src/**"] } }',
    '{ changed: { paths: ["src/**", "docs/**"] } }',
    '{ changed: { paths: ["docs/**"], only: true } }',
    '{ changed: { paths: ["docs/**"], none: true } }',
    '{ changed: { paths: ["docs/**", "ops/**"], none: true } }',
    '{ changed: { paths: ["**"], except: ["docs/**"] } }',
  ],
  ['{ size: { total: "<1" } }', '{ size: { total: "<=4" } }', '{ size: { additions: ">=1" } }'],
]
const COMMON: readonly Variants[] = [
  APPROVAL,
  APPROVAL,
  ['{ checks: [test] }', '{ checks: [test, scan] }', '{ checks: [{ name: test, conclusions: [success, skipped] }] }'],
  ['{ no_objection: { from: leads } }', '{ no_objection: { from: [leads, managers] } }'],
  ['{ protected: {} }', '{ protected: { checks: [test] } }'],
  ...PREDICATES,
]
const MERGE: readonly Variants[] = [
  ...COMMON,
  [
    '{ approval: { from: leads, after_push: void } }',
    '{ approval: { from: leads, after_push: same_diff } }',
    '{ approval: { from: leads, after_push: keep } }',
    '{ approval: { from: leads, objections: ignore } }',
    '{ approval: { from: [leads, core], objections: ignore } }',
  ],
  ['{ labels: { all: [ready] } }', '{ labels: { all: [ready], none: [hold] } }', '{ labels: { any: [ready, hold] } }'],
  ['{ draft: false }', '{ draft: true }'],
  [
    '{ title: { matches: "a" } }',
    '{ title: { matches: ["a", "b"] } }',
    '{ title: { matches: "a", not_matches: "x" } }',
  ],
  ['{ documents: { headings: [Plan] } }', '{ documents: { headings: [Plan, Risk] } }'],
]
const RELEASE: readonly Variants[] = [
  ...COMMON,
  [
    '{ approval: { from: managers, by: [page, environment, review], involved: [deployer, merger] } }',
    '{ approval: { from: managers, by: [page] } }',
  ],
  ['{ ref: { branches: [main] } }', '{ ref: { branches: [main, evil] } }'],
  ['{ event: { in: [push] } }', '{ event: { in: [push, schedule] } }', '{ event: { in: [push, api] } }'],
  [
    '{ deployer: { in: managers } }',
    '{ deployer: { in: [managers, core] } }',
    '{ deployer: { in: managers, otherwise: deny } }',
  ],
  ['{ deployed: { to: development } }', '{ deployed: { to: development, for: 5d } }'],
  ['{ delay: 1d }', '{ delay: 3d }'],
  ['{ newest: {} }', '{ newest: { waiting: reject_older } }'],
  ['{ reviewed: {} }', '{ reviewed: { since: base } }'],
  [
    '{ window: [{ days: mon-fri, hours: "09:00-16:00", timezone: UTC }] }',
    '{ window: [{ days: mon, hours: "09:00-12:00", timezone: UTC }] }',
    '{ window: [{ days: sat, hours: "09:00-16:00", timezone: UTC }] }',
  ],
]

/** An entry, and what may have become of it. */
interface Twin {
  readonly before: string
  readonly after: string
}

const twinOf = (rules: readonly Variants[]): fc.Arbitrary<Twin> =>
  fc.constantFrom(...rules).chain((variants) => {
    const one = fc.constantFrom(...variants)
    return fc.oneof(
      { weight: 2, arbitrary: one.map((same) => ({ before: same, after: same })) },
      { weight: 4, arbitrary: fc.tuple(one, one).map(([before, after]) => ({ before, after })) },
    )
  })

const twinEntry = (rules: readonly Variants[]): fc.Arbitrary<Twin> => {
  const twin = twinOf(rules)
  const twins = fc.array(twin, { minLength: 1, maxLength: 2 })
  const condition = fc.constantFrom(...PREDICATES.flat())
  const join = (some: readonly string[]) => some.join(', ')
  const listed = (kind: string) =>
    fc.tuple(twins, fc.constantFrom('same', 'same', 'fewer', 'more')).map(([some, how]) => ({
      before: `{ ${kind}: [${join(some.slice(0, how === 'more' ? 1 : 2).map(({ before }) => before))}] }`,
      after: `{ ${kind}: [${join(some.slice(0, how === 'fewer' ? 1 : 2).map(({ after }) => after))}] }`,
    }))
  return fc.oneof(
    { weight: 5, arbitrary: twin },
    { weight: 2, arbitrary: listed('any') },
    listed('all'),
    fc.tuple(condition, twin).map(([when, { before, after }]) => ({
      before: `{ when: [${when}], require: [${before}] }`,
      after: `{ when: [${when}], require: [${after}] }`,
    })),
    fc.tuple(condition, twin, fc.boolean()).map(([when, { before, after }, wraps]) => ({
      before: wraps ? before : `{ when: [${when}], require: [${before}] }`,
      after: wraps ? `{ when: [${when}], require: [${after}] }` : after,
    })),
    fc
      .tuple(twin, twin)
      .map(([{ before, after }, other]) => ({ before, after: `{ any: [${after}, ${other.after}] }` })),
    condition.map((one) => ({ before: `{ not: ${one} }`, after: `{ not: ${one} }` })),
  )
}

/** Two lists that differ in little: entries stay, change, go or come. */
const twinList = (
  rules: readonly Variants[],
): fc.Arbitrary<{ readonly before: readonly string[]; readonly after: readonly string[] }> =>
  fc
    .array(fc.tuple(twinEntry(rules), fc.constantFrom('stay', 'stay', 'stay', 'come', 'go')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((all) => ({
      before: all.filter(([, how]) => how !== 'come').map(([{ before }]) => before),
      after: all.filter(([, how]) => how !== 'go').map(([{ after }]) => after),
    }))
    .filter(({ before, after }) => before.length > 0 && after.length > 0)

const twinText = (variants: readonly string[]): fc.Arbitrary<Twin> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...variants).map((same) => ({ before: same, after: same })) },
    fc.tuple(fc.constantFrom(...variants), fc.constantFrom(...variants)).map(([before, after]) => ({ before, after })),
  )

const protection = twinText([
  '',
  'protection: { checks: [test] }',
  'protection: { force_push: false }',
  'protection: { admins: false }',
  'protection: { pull_request: { approvals: 2 } }',
])
const groups = twinText(GROUPS)
const freezes = twinText([
  '',
  'freezes: [{ name: now, from: 2026-11-22T00:00, to: 2026-11-25T00:00, timezone: UTC, merge: true }]',
  'freezes: [{ name: now, from: 2026-11-22T00:00, to: 2026-11-25T00:00, timezone: UTC, tiers: [staging], merge: true }]',
  'freezes: [{ name: now, from: 2026-11-24T00:00, to: 2026-11-25T00:00, timezone: UTC }]',
])

export const mergePair: fc.Arbitrary<Pair> = fc
  .tuple(twinList(MERGE), twinText(['', 'distinct: true']), protection, groups, freezes)
  .map(([list, distinct, shield, people, cold]) => {
    const make = (which: 'before' | 'after') =>
      [
        people[which],
        cold[which],
        `branches: { main: { ${[`merge: [${list[which].join(', ')}]`, distinct[which], shield[which]].filter(Boolean).join(', ')} } }`,
      ].join('\n')
    return { before: make('before'), after: make('after'), kind: 'merge' as const }
  })

const rollback = twinText([
  '',
  'rollback: { within: 2d, rules: [{ deployer: { in: managers } }] }',
  'rollback: { within: 30d, rules: [{ deployer: { in: managers } }] }',
  'rollback: { rules: [{ approval: { from: managers } }] }',
])
const override = twinText([
  '',
  'override: { by: core, expires: 24h }',
  'override: { by: core, count: 2, expires: 24h }',
  'override: { by: [core, managers], expires: 1h, review_within: 48h }',
  'override: { by: core, expires: 24h, lifts: [event, ref] }',
])
const bypass = twinText(['', 'bypass: { review_within: 1h }', 'bypass: { review_within: 200h }'])
const tier = twinText(['tier: production', 'tier: production', 'tier: staging', ''])

export const releasePair: fc.Arbitrary<Pair> = fc
  .tuple(
    twinList(RELEASE),
    fc.tuple(tier, rollback, override, bypass, twinText(['', 'distinct: true'])),
    protection,
    groups,
    freezes,
    twinText([
      '',
      'tiers: { production: { release: [{ checks: [scan] }] } }',
      'tiers: { staging: { release: [{ checks: [test] }] } }',
    ]),
  )
  .map(([list, extras, shield, people, cold, tiers]) => {
    const make = (which: 'before' | 'after') =>
      [
        people[which],
        cold[which],
        tiers[which],
        shield[which] === '' ? '' : `branches: { main: { ${shield[which]} } }`,
        `environments: { production: { ${[`release: [${list[which].join(', ')}]`, ...extras.map((each) => each[which])].filter(Boolean).join(', ')} } }`,
      ].join('\n')
    return { before: make('before'), after: make('after'), kind: 'release' as const }
  })
