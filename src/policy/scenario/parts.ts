import { z } from 'zod'
import { instant } from './instant.js'

/** Pieces of the scenario file's shape that several of its parts have in common. */

export const text = z.string()
export const name = z.string().min(1)
export { instant } from './instant.js'
export const count = z.int({ error: 'must be a whole number' }).min(0, { error: 'must be 0 or more' })
export const positive = z.int({ error: 'must be a whole number' }).min(1, { error: 'must be 1 or more' })
/** A login; one that ends in `[bot]` is an app's. */
export const login = z.string().min(1)
/** `null`: nobody that GitHub knows. */
export const somebody = login.nullable().optional()
export const flag = z.boolean().optional()
/** `null`: an empty text. */
export const prose = z.union([text, z.null().transform(() => '')]).optional()
/** A list; one thing alone is a list of it, and `null` is an empty one. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item.transform((one) => [one]), z.null().transform((): z.output<Item>[] => [])])
export const logins = listOf(login)

export const ROLES = ['read', 'triage', 'write', 'maintain', 'admin'] as const
export const DECISIONS = ['allow', 'wait', 'deny', 'undecided'] as const
const REVIEW_STATES = ['approved', 'changes_requested', 'commented', 'dismissed', 'pending'] as const
export const CHANNELS = ['page', 'comment', 'button', 'environment', 'review'] as const
const GATE_ANSWERS = ['allow', 'wait', 'deny', 'undecided', 'none'] as const

/** What is there by name; `null` in place of one takes it away, in place of all, all. */
export const mapOf = <Value extends z.ZodType>(value: Value) =>
  z.union([z.record(name, value.nullable()).transform(present), z.null().transform(() => present<z.output<Value>>({}))])

function present<Value>(all: Readonly<Record<string, Value | null>>): Readonly<Record<string, Value>> {
  const entries = Object.entries(all).filter((entry): entry is [string, NonNullable<Value>] => entry[1] !== null)
  return Object.fromEntries(entries)
}

const teamKeys = { members: logins.optional(), id: positive.optional() }
const grandchild = z.union([z.strictObject(teamKeys), logins])
const child = z.union([z.strictObject({ ...teamKeys, child_teams: mapOf(grandchild).optional() }), logins])
/** Its members, or a map that names its child teams beside them; three levels are enough to say everything. */
export const team = z.union([z.strictObject({ ...teamKeys, child_teams: mapOf(child).optional() }), logins])

/** Whose signature it is; `true`: the author's. */
const signature = z.union([z.boolean(), z.strictObject({ by: somebody }), login.transform((by) => ({ by }))]).nullable()

const commitKeys = {
  sha: name.optional(),
  author: somebody,
  committer: somebody,
  co_authors: listOf(login.nullable()).optional(),
  parents: listOf(name).optional(),
  message: prose,
  via_web: flag,
  signed: signature.optional(),
  pushed_at: instant.nullable().optional(),
}
/** Its SHA alone, or what is to be known of it. */
const wholeCommit = z.strictObject(commitKeys)
export const commit = z.union([wholeCommit, name.transform((sha): z.output<typeof wholeCommit> => ({ sha }))])

export const review = z.strictObject({
  by: somebody,
  state: z.enum(REVIEW_STATES).optional(),
  commit: name.nullable().optional(),
  at: instant.nullable().optional(),
  body: prose,
})

export const comment = z.strictObject({
  by: somebody,
  body: text,
  at: instant.optional(),
  edited_at: instant.nullable().optional(),
  edited_by: somebody,
  via_email: flag,
})

/** `null`: it has not concluded. */
const conclusion = z.union([name, z.null().transform(() => 'running')])
const resultKeys = {
  conclusion: conclusion.optional(),
  app: login.nullable().optional(),
  kind: z.enum(['run', 'status']).optional(),
  by: somebody,
  at: instant.optional(),
  workflow: name.nullable().optional(),
  suite: z.union([name, z.int()]).optional(),
}
const result = z.strictObject(resultKeys)
const oneOrMore = z.union([name, result, z.array(z.union([name, result]))])
type Result = z.output<typeof result>

/** By name, or a list in which each tells its name. */
export const results = z.union([mapOf(oneOrMore), z.array(z.strictObject({ name, ...resultKeys })).transform(byName)])

function byName(all: readonly (Result & { readonly name: string })[]): Readonly<Record<string, Result[]>> {
  const named = new Map<string, Result[]>()
  for (const { name: of, ...each } of all) named.set(of, [...(named.get(of) ?? []), each])
  return Object.fromEntries(named)
}

/** The newest completed run's conclusion by path. */
export const workflows = mapOf(z.union([name, z.strictObject({ conclusion: name }).transform((run) => run.conclusion)]))
export const file = z.union([
  name,
  z.strictObject({
    path: name,
    previous: name.nullable().optional(),
    additions: count.optional(),
    deletions: count.optional(),
  }),
])
export const issues = listOf(z.union([name, z.int()]))

/** `gate`: what the ledger holds; `null` and `none`: nothing, so that its reviews are judged as the gate is now. */
const shippedChange = z.strictObject({
  number: positive.optional(),
  title: prose,
  author: somebody,
  merged_by: somebody,
  body: prose,
  reviews: listOf(review).optional(),
  linked_issues: issues.optional(),
  gate: z.union([z.enum(GATE_ANSWERS), z.null().transform(() => 'none' as const)]).optional(),
})
const shipped = z.strictObject({ ...commitKeys, made_by_github: flag, change: shippedChange.nullable().optional() })
/** A SHA alone is a commit that no change brought. */
export const ships = listOf(z.union([shipped, name.transform((sha): z.output<typeof shipped> => ({ sha }))]))
