import { z } from 'zod'
import {
  text,
  prose,
  listOf,
  mapOf,
  name,
  instant,
  count,
  positive,
  login,
  somebody,
  flag,
  ROLES,
  DECISIONS,
  CHANNELS,
  team,
  commit,
  review,
  comment,
  results,
  workflows,
  file,
  issues,
  ships,
} from './parts.js'
import { isTopic, TOPIC_NAMES } from './topics.js'
import { CODES } from '../verdict.js'

/**
 * The scenario file's shape. Everything is optional but a scenario's name and what it expects: a scenario names only
 * what it is about, and `scenario-*.ts` supplies the rest. Merging `defaults` with a scenario keeps to the same shape.
 */

const change = z.strictObject({
  number: positive.optional(),
  title: prose,
  body: prose,
  author: somebody,
  base: name.optional(),
  head: name.optional(),
  head_sha: name.optional(),
  fork: flag,
  draft: flag,
  labels: listOf(name).optional(),
  opened_at: instant.optional(),
  retargeted_at: instant.nullable().optional(),
  merge_queue: z
    .union([z.boolean(), login, z.strictObject({ by: somebody, enqueued_by: somebody })])
    .nullable()
    .optional(),
  commits: listOf(commit).optional(),
  files: listOf(file).optional(),
  reviews: listOf(review).optional(),
  comments: listOf(comment).optional(),
  checks: results.optional(),
  workflows: workflows.optional(),
  unresolved_conversations: count.optional(),
  linked_issues: issues.optional(),
  diff: mapOf(text).optional(),
})

const release = z.strictObject({
  environment: name.optional(),
  sha: name,
  at: instant.optional(),
  requested_at: instant.optional(),
  state: z.enum(['success', 'failure', 'in_progress']).optional(),
  through_us: flag,
  contains: flag,
  contained: flag,
  rejected_at: instant.nullable().optional(),
})

const approval = z.strictObject({
  by: login,
  at: instant.optional(),
  decision: z.enum(['approve', 'reject']).optional(),
  comment: prose,
  via: z.enum(CHANNELS).optional(),
  sha: name.optional(),
  attempt: positive.optional(),
})

const override = z.strictObject({
  by: login,
  at: instant.optional(),
  reason: prose,
  expires_at: instant.nullable().optional(),
  reviewed_at: instant.nullable().optional(),
  spent_at: instant.nullable().optional(),
})

const wholeWorkflow = z.strictObject({ path: name.optional(), same_as_default: flag })
/** Its path alone, or with whether it is the default branch's. */
const workflow = z.union([wholeWorkflow, name.transform((path): z.output<typeof wholeWorkflow> => ({ path }))])
const running = z.strictObject({ environment: name.optional(), sha: name.optional(), at: instant.optional() })
const handover = z.strictObject({ by: login, at: instant.optional() })
const bypass = z.strictObject({ at: instant.optional(), reviewed_at: instant.nullable().optional() })

const deployment = z.strictObject({
  environment: name.optional(),
  sha: name.optional(),
  ref: name.nullable().optional(),
  event: name.optional(),
  by: somebody,
  started_by: somebody,
  attempt: positive.optional(),
  workflow: workflow.nullable().optional(),
  workflows: workflows.optional(),
  release_notes: text.nullable().optional(),
  fork: flag,
  requested_at: instant.optional(),
  reachable: flag,
  same_named_ref: flag,
  since: name.nullable().optional(),
  ships: ships.optional(),
  files: listOf(file).optional(),
  checks: results.optional(),
  linked_issues: issues.optional(),
  released: listOf(release).optional(),
  running: listOf(running).optional(),
  approvals: listOf(approval).optional(),
  releases: listOf(handover).optional(),
  overrides: listOf(override).optional(),
  bypasses: listOf(bypass).optional(),
})

const push = z.strictObject({
  branch: name.optional(),
  before: name.nullable().optional(),
  after: name.optional(),
  by: somebody,
  commits: ships.optional(),
  checks: results.optional(),
  forced: flag,
  created: flag,
  deleted: flag,
})

const bypassActor = z.union([
  login,
  z.strictObject({ user: login }),
  z.strictObject({ team: name }),
  z.strictObject({ app: name }),
  z.strictObject({ role: name }),
])

const protection = z.strictObject({
  pull_request: z
    .union([
      z.boolean(),
      z.strictObject({ approvals: count.optional(), dismiss_stale: flag, last_push: flag, code_owners: flag }),
    ])
    .nullable()
    .optional(),
  checks: listOf(name).optional(),
  own_check: flag,
  up_to_date: flag,
  force_push: flag,
  deletion: flag,
  linear_history: flag,
  signed_commits: flag,
  conversations: flag,
  admins: flag,
  bypass: z.array(bypassActor).nullable().optional(),
})

const topic = name.refine(isTopic, {
  error: `must be the name of a fact, or begin with it (teams/appsec): ${TOPIC_NAMES}`,
})

const situationKeys = {
  repository: z
    .string()
    .regex(/^[^/\s]+\/[^/\s]+$/, { error: 'must be a full name such as acme/shop' })
    .optional(),
  default_branch: name.optional(),
  teams: mapOf(team).optional(),
  users: mapOf(positive).optional(),
  roles: mapOf(z.union([z.enum(ROLES), z.literal('none').transform(() => null)])).optional(),
  organizations: mapOf(z.union([z.array(login), login.transform((one) => [one])])).optional(),
  protection: z.object({ own_check: flag }).catchall(protection.nullable()).nullable().optional(),
  unknown: listOf(topic).optional(),
  now: instant.optional(),
  change: change.nullable().optional(),
  deployment: deployment.nullable().optional(),
  push: push.nullable().optional(),
}

/** A path, or the policy itself; its inside is judged by the policy's own reader. */
const policy = z.union([name, z.looseObject({})]).nullable()

const besideKeys = {
  policy: policy.optional(),
  organisation: policy.optional(),
  because: listOf(z.enum(CODES)).optional(),
  until: instant.nullable().optional(),
}

export const situationSchema = z.strictObject(situationKeys)
/** What a file's scenarios have in common: whatever they may say but their names. */
export const defaultsSchema = z.strictObject({ ...situationKeys, ...besideKeys, expect: z.enum(DECISIONS).optional() })
export const scenarioSchema = z.strictObject({ name, ...situationKeys, ...besideKeys, expect: z.enum(DECISIONS) })
export const scenarioFileSchema = z.strictObject({
  policy: policy.optional(),
  organisation: policy.optional(),
  defaults: defaultsSchema.nullable().optional(),
  scenarios: z.array(scenarioSchema).min(1, { error: 'must hold at least one scenario' }),
})

export type RawSituation = z.output<typeof situationSchema>
export type RawScenario = z.output<typeof scenarioSchema>
export type RawCommit = z.output<typeof commit>
export type RawShippedCommit = z.output<typeof ships>[number]
export type RawShippedChange = NonNullable<RawShippedCommit['change']>
export type RawReview = z.output<typeof review>
export type RawComment = z.output<typeof comment>
export type RawResults = z.output<typeof results>
export type RawResult = Exclude<Extract<RawResults[string], readonly unknown[]>[number], string>
export type RawFile = z.output<typeof file>
export type RawProtection = z.output<typeof protection>
export type RawChange = z.output<typeof change>
export type RawDeployment = z.output<typeof deployment>
export type RawPush = z.output<typeof push>

/** The scenario file's JSON Schema, for editors; where a map stands for a policy, the policy's own schema judges it. */
export const scenarioJsonSchema = (): object => ({
  $id: 'release-gates-scenario',
  title: 'Release Gates scenario file',
  ...z.toJSONSchema(scenarioFileSchema, { io: 'input', unrepresentable: 'any', reused: 'ref' }),
})
