import { z } from 'zod'

/** Pieces of the scenario file's shape that several of its parts have in common. */

export const text = z.string()
export const name = z.string().min(1)
export const instant = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-23T10:00:00Z' })
export const count = z.int({ error: 'must be a whole number' }).min(0, { error: 'must be 0 or more' })
export const positive = z.int({ error: 'must be a whole number' }).min(1, { error: 'must be 1 or more' })
/** A login; one that ends in `[bot]` is an app's. */
export const login = z.string().min(1)
/** `null`: nobody that GitHub knows. */
export const somebody = login.nullable().optional()
export const flag = z.boolean().optional()
export const logins = z.array(login)

export const ROLES = ['read', 'triage', 'write', 'maintain', 'admin'] as const
export const DECISIONS = ['allow', 'wait', 'deny', 'undecided'] as const
const REVIEW_STATES = ['approved', 'changes_requested', 'commented', 'dismissed', 'pending'] as const
export const CHANNELS = ['page', 'comment', 'button', 'environment', 'review'] as const
const GATE_ANSWERS = ['allow', 'wait', 'deny', 'undecided', 'none'] as const

export const team = z.union([
  logins,
  z.strictObject({
    members: logins.optional(),
    child_teams: z.record(name, logins).optional(),
    id: positive.optional(),
  }),
])

const signature = z.union([z.boolean(), z.strictObject({ by: somebody })]).nullable()

const commitKeys = {
  sha: name.optional(),
  author: somebody,
  committer: somebody,
  co_authors: z.array(login.nullable()).optional(),
  parents: z.array(name).optional(),
  message: text.optional(),
  via_web: flag,
  signed: signature.optional(),
  pushed_at: instant.nullable().optional(),
}
export const commit = z.strictObject(commitKeys)

export const review = z.strictObject({
  by: somebody,
  state: z.enum(REVIEW_STATES).optional(),
  commit: name.nullable().optional(),
  at: instant.nullable().optional(),
  body: text.nullable().optional(),
})

export const comment = z.strictObject({
  by: somebody,
  body: text,
  at: instant.optional(),
  edited_at: instant.nullable().optional(),
  edited_by: somebody,
  via_email: flag,
})

const result = z.strictObject({
  conclusion: name.optional(),
  app: login.nullable().optional(),
  kind: z.enum(['run', 'status']).optional(),
  by: somebody,
  at: instant.optional(),
  workflow: name.nullable().optional(),
  suite: z.union([name, z.int()]).optional(),
})
export const results = z.record(name, z.union([name, result, z.array(z.union([name, result]))]))
export const workflows = z.record(name, name)
export const file = z.union([
  name,
  z.strictObject({
    path: name,
    previous: name.nullable().optional(),
    additions: count.optional(),
    deletions: count.optional(),
  }),
])
export const issues = z.array(z.union([name, z.int()]))

const shippedChange = z.strictObject({
  number: positive.optional(),
  title: text.optional(),
  author: somebody,
  merged_by: somebody,
  body: text.nullable().optional(),
  reviews: z.array(review).optional(),
  linked_issues: issues.optional(),
  gate: z.enum(GATE_ANSWERS).optional(),
})
export const ships = z.array(
  z.strictObject({ ...commitKeys, made_by_github: flag, change: shippedChange.nullable().optional() }),
)
