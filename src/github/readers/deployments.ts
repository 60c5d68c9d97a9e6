import { z } from 'zod'
import type { Instant, Person, Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Part } from '../parts.js'
import { verified, type Scope } from '../scope.js'
import { ACTOR, actor, connection, filled, instant, PAGE_INFO, positive, text, type Page } from '../shapes.js'

const STATUSES = 100

/** Numbers of deployments outgrow the 32 bits of GraphQL's `databaseId`; where GitHub does not tell them, it is read without. */
const NUMBERS: Part = { name: 'numbers', at: /\.deployments\.nodes\.\d+\.databaseId$/ }

const DEPLOYMENT_PARTS = `
fragment DeploymentParts on Deployment {
  id databaseId @skip(if: $noNumbers) commitOid environment latestEnvironment originalEnvironment createdAt
  creator { ...Actor }
  latestStatus { id }
  statuses(first: ${STATUSES}) { ${PAGE_INFO} nodes { id state createdAt logUrl creator { ...Actor } } }
}${ACTOR}`

const status = z.object({
  id: filled,
  state: z.enum(['ERROR', 'FAILURE', 'INACTIVE', 'IN_PROGRESS', 'PENDING', 'QUEUED', 'SUCCESS', 'WAITING']),
  createdAt: instant,
  logUrl: text.nullable(),
  creator: actor,
})
export type Status = z.infer<typeof status>

const deployment = z.object({
  id: filled,
  databaseId: positive.nullish(),
  commitOid: filled,
  environment: text.nullable(),
  latestEnvironment: text.nullable(),
  originalEnvironment: text.nullable(),
  createdAt: instant,
  creator: actor,
  latestStatus: z.object({ id: filled }).nullable(),
  statuses: connection(status).nullable(),
})
type Row = z.infer<typeof deployment>

/** A deployment with its statuses, oldest first. */
export interface Deployed {
  /** GitHub's global id; two of one deployment are the same. */
  readonly node: string
  /** Its number; 0 where GraphQL does not tell it. */
  readonly id: number
  readonly sha: Sha
  readonly environment: string
  /** A later status moved it to another environment than it was made for. */
  readonly moved: boolean
  readonly at: Instant
  readonly creator: Person | null
  readonly statuses: readonly Status[]
}

/** GitHub names environments without regard to case. */
export const sameEnvironment = (one: string, other: string): boolean =>
  one.normalize('NFKC').toLowerCase() === other.normalize('NFKC').toLowerCase()

/** Oldest first. Several statuses may come within the second that GitHub tells: then its own order decides, and its newest. */
const inOrder = (statuses: readonly Status[], newest: string | undefined): readonly Status[] => {
  const newestFirst = statuses.length > 1 && statuses[0]?.id === newest
  const given = newestFirst ? [...statuses].reverse() : [...statuses]
  return given.sort((one, other) => one.createdAt - other.createdAt)
}

const deployedOf = (row: Row): Deployed => {
  const what = `deployment ${row.databaseId ?? row.id}`
  const environment = row.latestEnvironment ?? row.environment
  if (environment === null) throw unreadable(what, 'GitHub does not say to which environment')
  if (
    row.statuses === null ||
    row.statuses.pageInfo.hasNextPage ||
    row.statuses.totalCount !== row.statuses.nodes.length
  )
    throw unreadable(what, `it has more than ${STATUSES} statuses, or GitHub does not show them`)
  return {
    node: row.id,
    id: row.databaseId ?? 0,
    sha: row.commitOid,
    environment,
    moved: row.originalEnvironment === null || !sameEnvironment(row.originalEnvironment, environment),
    at: row.createdAt,
    creator: row.creator,
    statuses: inOrder(row.statuses.nodes, row.latestStatus?.id),
  }
}

const OF_ENVIRONMENT = `
query($owner: String!, $repo: String!, $environment: String!, $after: String, $noNumbers: Boolean! = false) {
  repository(owner: $owner, name: $repo) {
    databaseId
    deployments(environments: [$environment], first: 100, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      ${PAGE_INFO} nodes { ...DeploymentParts }
    }
  }
}${DEPLOYMENT_PARTS}`

const OF_COMMIT = `
query($owner: String!, $repo: String!, $oid: GitObjectID!, $after: String, $noNumbers: Boolean! = false) {
  repository(owner: $owner, name: $repo) {
    databaseId
    object(oid: $oid) { ... on Commit {
      deployments(first: 100, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
        ${PAGE_INFO} nodes { ...DeploymentParts }
      }
    } }
  }
}${DEPLOYMENT_PARTS}`

/** More deployments than these are not read back in search of a success. */
const MOST = 1_000

type ReadPage = (after: string | null) => Promise<Page<Row>>

const upTo = async (what: string, read: ReadPage, enough: (found: readonly Deployed[]) => boolean) => {
  const found: Deployed[] = []
  for (let after: string | null = null; ;) {
    const page = await read(after)
    found.push(...page.nodes.map(deployedOf))
    if (!page.pageInfo.hasNextPage || page.nodes.length === 0) {
      if (found.length !== page.totalCount)
        throw unreadable(what, `GitHub counts ${page.totalCount} and lists ${found.length}`)
      return found
    }
    if (enough(found)) return found
    if (found.length >= MOST) throw unreadable(what, `the newest ${MOST} do not tell`)
    after = page.pageInfo.endCursor
  }
}

/** The newest deployments of an environment, at least as far back as its newest success. */
export const deploymentsTo = (
  scope: Scope,
  environment: string,
  enough: (found: readonly Deployed[]) => boolean,
): Promise<readonly Deployed[]> => {
  const what = `deployments to ${environment}`
  const shape = verified(scope, z.object({ deployments: connection(deployment) }))
  const at = { owner: scope.owner, repo: scope.repo, environment }
  return upTo(
    what,
    async (after) =>
      (await scope.api.queryParts(what, OF_ENVIRONMENT, { ...at, after }, shape, [NUMBERS])).reply.deployments,
    enough,
  )
}

/** Every deployment of a commit, to any environment. */
export const deploymentsOf = (scope: Scope, sha: Sha): Promise<readonly Deployed[]> => {
  const what = `deployments of ${sha}`
  const shape = verified(scope, z.object({ object: z.object({ deployments: connection(deployment).nullable() }) }))
  const at = { owner: scope.owner, repo: scope.repo, oid: sha }
  const read: ReadPage = async (after) => {
    const { reply } = await scope.api.queryParts(what, OF_COMMIT, { ...at, after }, shape, [NUMBERS])
    const { object } = reply
    if (object.deployments === null) throw unreadable(what, 'GitHub does not show them')
    return object.deployments
  }
  return upTo(what, read, () => false)
}
