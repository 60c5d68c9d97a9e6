import type { Instant, Release, Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { relation } from './compare.js'
import { deploymentsOf, deploymentsTo, sameEnvironment, type Deployed, type Status } from './deployments.js'

const DECISIVE = new Set<Status['state']>(['SUCCESS', 'FAILURE', 'ERROR'])

interface Ended {
  readonly state: Release['state']
  readonly at: Instant
  readonly status: Status | null
}

/**
 * How a deployment ended by its newest telling status; `inactive` only says that a newer one came. `null`: it neither
 * ended nor runs, because it still waits.
 */
const endOf = ({ statuses }: Deployed): Ended | null => {
  const status = statuses.filter(({ state }) => DECISIVE.has(state)).at(-1)
  if (status) return { state: status.state === 'SUCCESS' ? 'success' : 'failure', at: status.createdAt, status }
  const newest = statuses.at(-1)
  const runs = newest?.state === 'IN_PROGRESS' || newest?.state === 'QUEUED'
  return runs ? { state: 'in_progress', at: newest.createdAt, status: null } : null
}

const succeeded = (deployed: Deployed) => endOf(deployed)?.state === 'success'

/** By when they ended, the newest last; within one second, which is all that GitHub tells, by when they were made. */
const inOrder = (all: readonly Deployed[]): readonly { readonly deployed: Deployed; readonly ended: Ended }[] =>
  all
    .flatMap((deployed) => {
      const ended = endOf(deployed)
      return ended ? [{ deployed, ended }] : []
    })
    .sort((one, other) => one.ended.at - other.ended.at || one.deployed.id - other.deployed.id)

type Approved = Awaited<ReturnType<Scope['records']['approvedRuns']>>

/** GitHub tells whole seconds, by its own clock: an approval may seem this much later than the success that it allowed. */
const CLOCKS_DIFFER = 60_000

/** Approved by us for this environment and commit before it succeeded, and still in the environment it was made for. */
const isThroughUs = ({ sha, moved }: Deployed, { at }: Ended, approved: Approved): boolean =>
  !moved && approved.some((run) => run.sha === sha && run.at <= at + CLOCKS_DIFFER)

/** GitHub's word that a job of Actions succeeded, or our own approval of the deployer: anybody may set other statuses. */
const isEvidence = (deployed: Deployed, ended: Ended, approved: Approved): boolean =>
  isThroughUs(deployed, ended, approved) ||
  (ended.status?.creator?.kind === 'app' && ended.status.creator.login.replace(/\[bot\]$/, '') === 'github-actions')

/** What was released to an environment before, newest first, and what else became of the judged commit; itself left out. */
export interface History {
  readonly environment: string
  readonly sha: Sha
  readonly here: readonly Deployed[]
  readonly elsewhere: readonly Deployed[]
}

/** Whether a deployment is the one that is being judged. */
export type OwnDeployment = (deployed: Deployed) => boolean

export const readHistory = async (
  scope: Scope,
  environment: string,
  sha: Sha,
  own: OwnDeployment,
): Promise<History> => {
  const [there, ofSha] = await Promise.all([
    deploymentsTo(scope, environment, (found) => found.some((one) => succeeded(one) && !own(one))),
    deploymentsOf(scope, sha),
  ])
  const listed = new Set(there.map(({ node }) => node))
  const all = [...there, ...ofSha.filter(({ node }) => !listed.has(node))].filter((one) => !own(one))
  const isHere = (one: Deployed) => sameEnvironment(one.environment, environment)
  const newestFirst = all.sort((one, other) => other.at - one.at || other.id - one.id)
  return {
    environment,
    sha,
    here: newestFirst.filter(isHere),
    elsewhere: newestFirst.filter((one) => !isHere(one)),
  }
}

/** The commit that the newest believable success left in the environment; `null`: there was none. */
export const presentRelease = async (scope: Scope, { environment, here }: History): Promise<Sha | null> => {
  const approved = await scope.records.approvedRuns(scope.id, environment)
  const successes = inOrder(here).filter(
    ({ deployed, ended }) => ended.state === 'success' && isEvidence(deployed, ended, approved),
  )
  return successes.at(-1)?.deployed.sha ?? null
}

/** Older commits than these many are not compared, nor listed unless they are the judged one. */
const COMPARED = 10

interface Standing {
  readonly contains: boolean
  readonly contained: boolean
}

/**
 * How released commits stand to the judged one. They mostly stand in line, so each is first compared with its newer
 * neighbour, which was done and kept when that one was judged.
 */
const standings = async (
  scope: Scope,
  releases: readonly Deployed[],
  judged: Sha,
): Promise<ReadonlyMap<Sha, Standing>> => {
  const found = new Map<Sha, Standing>([[judged, { contains: true, contained: true }]])
  let newer: Sha | null = null
  for (const { sha } of releases) {
    if (found.has(sha)) continue
    if (found.size > COMPARED) break
    const line = newer !== null && found.get(newer)?.contained === true ? await relation(scope, sha, newer) : null
    const standing =
      line?.status === 'ahead' ? { contains: false, contained: true } : await compared(scope, judged, sha)
    found.set(sha, standing)
    newer = sha
  }
  return found
}

/** `ahead`: the release has the judged commit as an ancestor. */
const compared = async (scope: Scope, judged: Sha, released: Sha): Promise<Standing> => {
  const { status } = await relation(scope, judged, released)
  return {
    contains: status === 'ahead' || status === 'identical',
    contained: status === 'behind' || status === 'identical',
  }
}

/** Releases that rules may ask about: this environment's, and the judged commit's everywhere; newest last. */
export const readReleased = async (scope: Scope, { sha, here, elsewhere }: History): Promise<readonly Release[]> => {
  const counted = here.filter((one) => ['success', 'in_progress'].includes(endOf(one)?.state ?? ''))
  const stand = await standings(scope, counted, sha)
  const releases: Release[] = []
  for (const { deployed, ended } of inOrder([...here, ...elsewhere])) {
    const standing = stand.get(deployed.sha)
    if (standing) releases.push(await releaseOf(scope, deployed, ended, standing))
  }
  return releases
}

const releaseOf = async (scope: Scope, deployed: Deployed, ended: Ended, standing: Standing): Promise<Release> => {
  const { environment, sha } = deployed
  const approved = await scope.records.approvedRuns(scope.id, environment)
  return {
    environment,
    sha,
    at: ended.at,
    requestedAt: deployed.at,
    state: ended.state,
    throughUs: isThroughUs(deployed, ended, approved),
    ...standing,
    rejectedAt: await scope.records.rejectedAt(scope.id, environment, sha),
  }
}
