import { z } from 'zod'
import type { PostedCheck } from '../../gatekeeper/ports.js'
import type { CheckResult, Sha } from '../../policy/facts.js'
import type { Api } from '../api.js'
import type { Part } from '../parts.js'
import { unreadable } from '../errors.js'
import { ownChecks } from '../publish/check.js'
import {
  ACTOR,
  actor,
  connection,
  filled,
  instant,
  instantOrNull,
  PAGE_INFO,
  positive,
  text,
  textOrEmpty,
  whole,
  type Page,
} from '../shapes.js'
import { verified, type Scope } from '../scope.js'

/**
 * Numbers of check runs have outgrown the 32 bits that GraphQL's `databaseId` promises. Where GitHub does not tell them
 * so, runs are read without, and this app's own are found by REST.
 */
export const RUN_IDS: Part = { name: 'runIds', at: /\.checkRuns\.nodes\.\d+\.databaseId$/ }
/** Every document with {@link CHECK_PARTS} declares this variable. */
export const WITHOUT_RUN_IDS = '$noRunIds: Boolean! = false'

const RUN_PARTS = `
fragment RunParts on CheckRun { databaseId @skip(if: $noRunIds) name status conclusion startedAt completedAt externalId }`

const SUITE_PARTS = `
fragment SuiteParts on CheckSuite {
  id
  createdAt
  app { databaseId slug }
  workflowRun { file { path } }
  checkRuns(first: 100, filterBy: {checkType: LATEST}) { ${PAGE_INFO} nodes { ...RunParts } }
}${RUN_PARTS}`

/** What was reported on a commit; spread as `...CheckParts`. Needs {@link ACTOR}. */
export const CHECK_PARTS = `
fragment CheckParts on Commit {
  checkSuites(first: 100) { ${PAGE_INFO} nodes { ...SuiteParts } }
  status { contexts { context state createdAt creator { ...Actor } } }
}${SUITE_PARTS}`

const run = z.object({
  databaseId: positive.nullish(),
  name: filled,
  status: z.enum(['COMPLETED', 'IN_PROGRESS', 'PENDING', 'QUEUED', 'REQUESTED', 'WAITING']),
  conclusion: text.nullable(),
  startedAt: instantOrNull,
  completedAt: instantOrNull,
  externalId: textOrEmpty,
})
type Run = z.infer<typeof run>

const suite = z.object({
  id: filled,
  createdAt: instant,
  app: z.object({ databaseId: whole.nullable(), slug: filled }).nullable(),
  workflowRun: z.object({ file: z.object({ path: filled }).nullable() }).nullable(),
  checkRuns: connection(run).nullable(),
})
type Suite = z.infer<typeof suite>

const context = z.object({
  context: text,
  state: z.enum(['ERROR', 'EXPECTED', 'FAILURE', 'PENDING', 'SUCCESS']),
  createdAt: instant,
  creator: actor,
})

export const checkParts = z.object({
  checkSuites: connection(suite).nullable(),
  status: z.object({ contexts: z.array(context) }).nullable(),
})
export type CheckParts = z.infer<typeof checkParts>

/** Everything that was reported on one commit, whole: by suite, the newest run of each name. */
export interface Reported {
  readonly results: readonly CheckResult[]
  /** This app's newest run of each name. */
  readonly own: readonly PostedCheck[]
}

const RUNNING = 'running'

const resultOf = (of: Suite, one: Run): CheckResult => ({
  name: one.name,
  kind: 'run',
  app: of.app?.slug ?? null,
  by: null,
  workflow: of.workflowRun?.file?.path ?? null,
  conclusion: one.status === 'COMPLETED' ? (one.conclusion ?? RUNNING).toLowerCase() : RUNNING,
  at: one.completedAt ?? one.startedAt ?? of.createdAt,
})

type NumberedRun = Run & { readonly databaseId: number }
const isNumbered = (one: Run): one is NumberedRun => typeof one.databaseId === 'number'

const postedOf = (one: NumberedRun): PostedCheck => ({
  id: one.databaseId,
  name: one.name,
  status: one.status === 'COMPLETED' ? 'completed' : one.status === 'IN_PROGRESS' ? 'in_progress' : 'queued',
  conclusion: one.conclusion?.toLowerCase() ?? null,
  externalId: one.externalId,
})

const isNewer = (one: Run, other: Run): boolean => {
  if (isNumbered(one) && isNumbered(other)) return one.databaseId > other.databaseId
  throw unreadable(`check runs ${one.name}`, 'GitHub lists several and does not say which is the newest')
}

/** The newest run of each name: the highest id, for GitHub may list a re-run and what it replaced. */
const newest = <T extends Run>(runs: readonly T[]): readonly T[] => {
  const byName = new Map<string, T>()
  for (const one of runs) {
    const known = byName.get(one.name)
    if (!known || isNewer(one, known)) byName.set(one.name, one)
  }
  return [...byName.values()]
}

const statusResult = ({ context: name, state, createdAt, creator }: z.infer<typeof context>): CheckResult => ({
  name,
  kind: 'status',
  app: null,
  by: creator,
  workflow: null,
  conclusion: state === 'PENDING' || state === 'EXPECTED' ? RUNNING : state.toLowerCase(),
  at: createdAt,
})

const isWhole = ({ pageInfo }: Page<unknown>) => !pageInfo.hasNextPage

const MORE_SUITES = `
query($owner: String!, $repo: String!, $oid: GitObjectID!, $after: String, ${WITHOUT_RUN_IDS}) {
  repository(owner: $owner, name: $repo) {
    databaseId
    object(oid: $oid) { ... on Commit { checkSuites(first: 100, after: $after) { ${PAGE_INFO} nodes { ...SuiteParts } } } }
  }
}${SUITE_PARTS}`

const MORE_RUNS = `
query($suite: ID!, $after: String, ${WITHOUT_RUN_IDS}) {
  node(id: $suite) { ... on CheckSuite {
    checkRuns(first: 100, after: $after, filterBy: {checkType: LATEST}) { ${PAGE_INFO} nodes { ...RunParts } }
  } }
}${RUN_PARTS}`

const checked = (what: string, total: number, listed: number) => {
  if (total !== listed) throw unreadable(what, `GitHub counts ${total} and lists ${listed}`)
}

const allSuites = async (scope: Scope, sha: Sha, first: Page<Suite>): Promise<readonly Suite[]> => {
  const what = `check suites of ${sha}`
  const suites = [...first.nodes]
  const reply = z.object({ checkSuites: connection(suite) })
  for (let page = first; !isWhole(page);) {
    const { reply: found } = await scope.api.queryParts(
      what,
      MORE_SUITES,
      { owner: scope.owner, repo: scope.repo, oid: sha, after: page.pageInfo.endCursor },
      verified(scope, z.object({ object: reply })),
      [RUN_IDS],
    )
    page = found.object.checkSuites
    suites.push(...page.nodes)
    if (page.nodes.length === 0) break
  }
  checked(what, first.totalCount, suites.length)
  return suites
}

const allRuns = async (api: Api, of: Suite): Promise<readonly Run[]> => {
  const what = `check runs of suite ${of.id}`
  if (of.checkRuns === null) throw unreadable(what, 'GitHub does not show them')
  const runs = [...of.checkRuns.nodes]
  for (let page: Page<Run> = of.checkRuns; !isWhole(page);) {
    const { reply: found } = await api.queryParts(
      what,
      MORE_RUNS,
      { suite: of.id, after: page.pageInfo.endCursor },
      z.object({ node: z.object({ checkRuns: connection(run) }) }),
      [RUN_IDS],
    )
    page = found.node.checkRuns
    runs.push(...page.nodes)
    if (page.nodes.length === 0) break
  }
  checked(what, of.checkRuns.totalCount, runs.length)
  return runs
}

/** Reads on where the first reply ended: every suite, every run, every status of the commit, or {@link Unreadable}. */
export const reportedOn = async (scope: Scope, sha: Sha, first: CheckParts): Promise<Reported> => {
  if (first.checkSuites === null) throw unreadable(`checks of ${sha}`, 'GitHub does not show them')
  const suites = await allSuites(scope, sha, first.checkSuites)
  const results: CheckResult[] = (first.status?.contexts ?? []).map(statusResult)
  const own: Run[] = []
  for (const of of suites) {
    const runs = newest(await allRuns(scope.api, of))
    results.push(...runs.map((one) => resultOf(of, one)))
    if (of.app?.databaseId === scope.appId) own.push(...runs)
  }
  return { results, own: own.every(isNumbered) ? newest(own).map(postedOf) : await ownChecks(scope, sha) }
}

const CHECKS_OF = `
query($owner: String!, $repo: String!, $oid: GitObjectID!, ${WITHOUT_RUN_IDS}) {
  repository(owner: $owner, name: $repo) {
    databaseId
    object(oid: $oid) { __typename ... on Commit { ...CheckParts } }
  }
}${CHECK_PARTS}${ACTOR}`

/** Everything reported on a commit, by its full SHA. */
export const readReported = async (scope: Scope, sha: Sha): Promise<Reported> => {
  const what = `checks of ${sha}`
  const { reply } = await scope.api.queryParts(
    what,
    CHECKS_OF,
    { owner: scope.owner, repo: scope.repo, oid: sha },
    verified(scope, z.object({ object: checkParts })),
    [RUN_IDS],
  )
  return reportedOn(scope, sha, reply.object)
}
