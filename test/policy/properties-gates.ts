import fc from 'fast-check'

/** Lists of rules of every kind, as trees that can be written in any order. */

const CONDITIONS = [
  '{ author: { in: core } }',
  '{ author: { not_in: leads } }',
  '{ contributors: { any_in: core } }',
  '{ contributors: { only_in: [leads, core] } }',
  '{ changed: { paths: ["src/**"] } }',
  '{ not: { changed: { paths: ["**"], only: true } } }',
  '{ size: { total: "<6" } }',
  '{ signed: true }',
  '{ fork: false }',
  '{ repository: { matches: "acme/.*" } }',
  '{ repository: { not_matches: "acme/s.*" } }',
] as const
const COMMON = [
  '{ approval: { from: leads } }',
  '{ approval: { from: signers } }',
  '{ any: [{ approval: { from: signers } }, { size: { total: ">=0" } }] }',
  '{ approval: { from: signers, count: 2, involved: [author, contributors, merger, deployer] } }',
  '{ approval: { from: [leads, managers], count: 2, within: 7d, involved: [author] } }',
  '{ approval: { from: core, objections: ignore } }',
  '{ no_objection: { from: leads } }',
  '{ checks: [test] }',
  '{ checks: [test, scan] }',
  '{ protected: {} }',
  '{ protected: { checks: [test], signed_commits: true } }',
  '{ documents: { headings: [Plan] } }',
  '{ linked_issue: {} }',
  '{ workflows: { paths: [".github/workflows/ci.yml"] } }',
  ...CONDITIONS,
] as const
export const MERGE: readonly string[] = [
  ...COMMON,
  '{ approval: { from: leads, after_push: same_diff, by: [review, comment] } }',
  '{ draft: false }',
  '{ labels: { all: [ready], none: [hold] } }',
  '{ conversations: resolved }',
  '{ title: { matches: "^Fix" } }',
  '{ base: { matches: main } }',
  '{ base: { not_matches: main } }',
  '{ head: { not_matches: "evil" } }',
]
export const PUSH: readonly string[] = [
  '{ reviewed: {} }',
  '{ protected: {} }',
  '{ protected: { checks: [test], signed_commits: true } }',
  '{ checks: [test] }',
  '{ checks: [test, scan] }',
]
export const RELEASE: readonly string[] = [
  ...COMMON,
  '{ approval: { from: managers, by: [page, environment, review], involved: [deployer, merger] } }',
  '{ ref: { branches: [main] } }',
  '{ deployer: { in: managers } }',
  '{ actor: { kind: [user] } }',
  '{ deployed: { to: development, for: 30m } }',
  '{ reviewed: {} }',
  '{ newest: {} }',
  '{ one_at_a_time: {} }',
  '{ delay: 1d }',
  '{ tier: { in: [production] } }',
  '{ tier: { in: [staging] } }',
  '{ workflow: { paths: [".github/workflows/release.yml"] } }',
  '{ window: [{ days: mon-thu, hours: "09:00-16:00", timezone: Europe/Berlin }] }',
  '{ window: [{ cron: "0 10 * * 1", lasts: 2h, timezone: America/New_York }] }',
  '{ when: [{ deployer: { in: core } }], require: [{ approval: { from: core } }] }',
]

/** An entry of a gate: a rule as it is written, or a list or condition of others. */
export type Tree =
  | { readonly rule: string }
  | { readonly all: readonly Tree[] }
  | { readonly any: readonly Tree[] }
  | { readonly not: Tree }
  | { readonly when: readonly Tree[]; readonly require: readonly Tree[] }

const leaf = (rule: string): Tree => ({ rule })
const condition = fc.constantFrom(...CONDITIONS).map(leaf)
const conditions = fc.array(condition, { minLength: 1, maxLength: 2 })

const entry = (rules: readonly string[]): fc.Arbitrary<Tree> => {
  const rule = fc.constantFrom(...rules).map(leaf)
  const list = fc.array(rule, { minLength: 1, maxLength: 3 })
  return fc.oneof(
    { weight: 4, arbitrary: rule },
    list.map((any) => ({ any })),
    list.map((all) => ({ all })),
    condition.map((not) => ({ not })),
    fc.tuple(conditions, list).map(([when, require]) => ({ when, require })),
  )
}

/** Lists in which every entry has conditions. */
export const conditionals: fc.Arbitrary<readonly Tree[]> = fc.array(
  fc.tuple(conditions, conditions).map(([when, require]) => ({ when, require })),
  { minLength: 1, maxLength: 2 },
)

export const entries = (rules: readonly string[]): fc.Arbitrary<readonly Tree[]> =>
  fc.array(entry(rules), { minLength: 1, maxLength: 4 })

/** Lists without conditions: no predicate may stand in a push gate. */
export const plainEntries = (rules: readonly string[]): fc.Arbitrary<readonly Tree[]> => {
  const rule = fc.constantFrom(...rules).map(leaf)
  const list = fc.array(rule, { minLength: 1, maxLength: 3 })
  const one = fc.oneof(
    { weight: 2, arbitrary: rule },
    list.map((any) => ({ any })),
    list.map((all) => ({ all })),
  )
  return fc.array(one, { minLength: 1, maxLength: 3 })
}

/** A list as YAML. */
export const written = (trees: readonly Tree[]): string => `[${trees.map(writtenOne).join(', ')}]`

const writtenOne = (tree: Tree): string => {
  if ('rule' in tree) return tree.rule
  if ('all' in tree) return `{ all: ${written(tree.all)} }`
  if ('any' in tree) return `{ any: ${written(tree.any)} }`
  if ('not' in tree) return `{ not: ${writtenOne(tree.not)} }`
  return `{ when: ${written(tree.when)}, require: ${written(tree.require)} }`
}

/** The same list in another order, down to the lists inside it; `turn` is one. */
export const reordered = (trees: readonly Tree[], turn: <T>(list: readonly T[]) => readonly T[]): readonly Tree[] =>
  turn(trees.map((tree) => reorderedOne(tree, turn)))

const reorderedOne = (tree: Tree, turn: <T>(list: readonly T[]) => readonly T[]): Tree => {
  if ('rule' in tree || 'not' in tree) return tree
  if ('all' in tree) return { all: reordered(tree.all, turn) }
  if ('any' in tree) return { any: reordered(tree.any, turn) }
  return { when: reordered(tree.when, turn), require: reordered(tree.require, turn) }
}

/** What a release section may hold besides its rules. */
export const EXTRAS = [
  'rollback: { within: 30d, rules: [{ deployer: { in: managers } }] }',
  'override: { by: core, expires: 24h, review_within: 48h, reviewed_by: leads }',
  'bypass: { review_within: 48h, reviewed_by: leads }',
  'distinct: true',
] as const

export const FREEZES = [
  '{ name: Year end, from: 2026-12-18T18:00, to: 2027-01-04T08:00, timezone: Europe/Berlin, merge: true }',
  '{ name: Mondays, cron: "0 8 * * 1", lasts: 1h, timezone: Europe/Berlin, except: { rollback: true } }',
  '{ name: Now, cron: "0 9 * * *", lasts: 3h, timezone: UTC, environments: [production], except: { rollback: true } }',
] as const
