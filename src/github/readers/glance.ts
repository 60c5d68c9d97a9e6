import { z } from 'zod'
import { Unreadable, type Glance, type Logger } from '../../gatekeeper/ports.js'
import type { RepositoryAddress } from '../../gatekeeper/subject.js'
import type { RepositoryId } from '../../policy/facts.js'
import type { Api } from '../api.js'
import { filled, text, whole } from '../shapes.js'

/** Repositories in one query: GitHub counts it as one or two points. */
const BATCH = 100

/** Of a deployment that may wait for this app; of one that nobody has told anything of, GitHub tells none. */
const MAY_WAIT: ReadonlySet<string | null> = new Set(['WAITING', 'PENDING', 'QUEUED', null])

const glanced = z.object({
  databaseId: whole,
  isArchived: z.boolean(),
  defaultBranchRef: z.object({ name: filled, target: z.object({ oid: filled }).nullable() }).nullable(),
  pullRequests: z.object({ totalCount: whole }),
  deployments: z.object({ nodes: z.array(z.object({ state: text.nullable() })) }),
})

const PARTS = `
fragment Glance on Repository {
  databaseId
  isArchived
  defaultBranchRef { name target { oid } }
  pullRequests(states: OPEN, first: 1) { totalCount }
  deployments(first: 10, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { state } }
}`

const query = (count: number): string => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return `
query Glance(${indexes.map((index) => `$o${index}: String!, $n${index}: String!`).join(', ')}) {
  ${indexes.map((index) => `r${index}: repository(owner: $o${index}, name: $n${index}) { ...Glance }`).join('\n  ')}
}${PARTS}`
}

const glanceOf = ({
  isArchived,
  defaultBranchRef: ref,
  pullRequests,
  deployments,
}: z.infer<typeof glanced>): Glance => ({
  hasOpen: !isArchived && (pullRequests.totalCount > 0 || deployments.nodes.some(({ state }) => MAY_WAIT.has(state))),
  tip: ref?.target ? { branch: ref.name, sha: ref.target.oid } : null,
})

const readBatch = async (api: Api, some: readonly RepositoryAddress[]) => {
  const variables = Object.fromEntries(
    some.flatMap(({ owner, name }, index) => [
      [`o${index}`, owner],
      [`n${index}`, name],
    ]),
  )
  const shape = z.object(Object.fromEntries(some.map((_, index) => [`r${index}`, glanced])))
  const rows = await api.query(`what is open in ${some.length} repositories`, query(some.length), variables, shape)
  return some.flatMap(({ id }, index): readonly (readonly [RepositoryId, Glance])[] => {
    const row = rows[`r${index}`]
    return row?.databaseId === id ? [[id, glanceOf(row)]] : []
  })
}

/** A glance at many repositories, a hundred a call. What could not be read, or is another one now, is not among them. */
export const readGlances = async (
  api: Api,
  log: Logger,
  addresses: readonly RepositoryAddress[],
): Promise<ReadonlyMap<RepositoryId, Glance>> => {
  const found = new Map<RepositoryId, Glance>()
  for (let from = 0; from < addresses.length; from += BATCH) {
    try {
      for (const [id, glance] of await readBatch(api, addresses.slice(from, from + BATCH))) found.set(id, glance)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      log.warn({ error: error.message }, 'these repositories are looked at one by one instead')
    }
  }
  return found
}
