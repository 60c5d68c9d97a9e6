import { commitsOf, contributorsOf, isUpdateMerge, type Contributors } from './contributors.js'
import {
  ask,
  type Change,
  type Commit,
  type Deployment,
  type Fact,
  type Handover,
  type Person,
  type Sha,
  type Shipment,
  type UserId,
} from '../facts.js'
import type { Gate } from '../gate.js'
import type { Asked } from '../rule.js'
import { shipmentOf, shippedBy, type Shipped } from './ships.js'

export const INVOLVED = ['author', 'contributors', 'merger', 'deployer'] as const
/** A part in the subject that bars from approving it, unless the policy names it. */
export type Involved = (typeof INVOLVED)[number]

/** Who has a part in what is judged. */
export interface Involvement {
  /** The head is not among the commits: nobody can tell who wrote it. */
  readonly headMissing: boolean
  readonly contributors: Contributors
  /** Authors of the pull request, or of those that ship. */
  readonly authors: ReadonlySet<UserId>
  readonly mergers: ReadonlySet<UserId>
  /** Who started the run or released it. */
  readonly deployers: ReadonlySet<UserId>
  /** Pull requests whose author has no account. */
  readonly unmapped: boolean
}

/** Asks who is involved in the change or the deployment that the gate judges. */
export const involvementIn = (gate: Gate): Asked<Involvement> =>
  gate.kind === 'release'
    ? {
        questions: [ask.deployment, ask.handovers, shipmentOf(gate)],
        join: (answers) => inRelease(...(answers as ReleaseParts)),
      }
    : {
        questions: [ask.change, ask.commits],
        maybe: [ask.diffs],
        join: (answers, [diffs]) => inChange(...(answers as ChangeParts), diffs as Fact<ReadonlyMap<Sha, string>>),
      }

type ReleaseParts = readonly [Deployment, readonly Handover[], Shipment]
type ChangeParts = readonly [Change, readonly Commit[]]

const ids = (people: readonly (Person | null)[]): ReadonlySet<UserId> =>
  new Set(people.flatMap((person) => (person === null ? [] : [person.id])))

/** The deployment is read afresh for every verdict; what ships mostly is not, so its part is remembered. */
const inRelease = (deployment: Deployment, handovers: readonly Handover[], shipment: Shipment): Involvement => {
  const { headMissing, contributors, authors, mergers, unmapped } = partsOf(shippedBy(deployment.sha, shipment))
  const deployers = new Set<UserId>()
  if (deployment.by !== null) deployers.add(deployment.by.id)
  if (deployment.startedBy !== null) deployers.add(deployment.startedBy.id)
  for (const { by } of handovers) deployers.add(by.id)
  return { headMissing, contributors, authors, mergers, deployers, unmapped }
}

const remembered = new WeakMap<Shipped, Omit<Involvement, 'deployers'>>()

const partsOf = (shipped: Shipped): Omit<Involvement, 'deployers'> => {
  const before = remembered.get(shipped)
  if (before !== undefined) return before
  const parts = {
    headMissing: shipped.headMissing || (shipped.endless && shipped.commits.length === 0),
    contributors: shipped.contributors,
    authors: ids(shipped.changes.map(({ author }) => author)),
    mergers: ids(shipped.changes.map(({ mergedBy }) => mergedBy)),
    unmapped: shipped.changes.some(({ author }) => author === null),
  }
  remembered.set(shipped, parts)
  return parts
}

interface ReadChange {
  readonly head: Sha
  readonly diffs: unknown
  readonly contributors: Contributors | null
}
const changes = new WeakMap<readonly Commit[], ReadChange>()

const NO_DIFFS: ReadonlyMap<Sha, string> = new Map()
const NOBODY: Contributors = { byId: new Map(), unmapped: [] }

const inChange = (change: Change, commits: readonly Commit[], diffs: Fact<ReadonlyMap<Sha, string>>): Involvement => {
  const contributors = contributorsTo(change.headSha, commits, diffs.known ? diffs.value : NO_DIFFS)
  return {
    headMissing: contributors === null,
    contributors: contributors ?? NOBODY,
    authors: ids([change.author]),
    mergers: ids([change.enqueuedBy]),
    deployers: new Set(),
    unmapped: change.author === null,
  }
}

/**
 * Who contributed to a pull request's head, merges of the base that change nothing left out; `null` when the head is
 * not among the commits.
 */
export const contributorsTo = (
  head: Sha,
  commits: readonly Commit[],
  diffs: ReadonlyMap<Sha, string>,
): Contributors | null => {
  const before = changes.get(commits)
  if (before?.head === head && before.diffs === diffs) return before.contributors
  const reached = commitsOf(head, commits)
  const ours = new Set(reached?.map(({ sha }) => sha))
  const contributors = reached && contributorsOf(reached.filter((commit) => !isUpdateMerge(commit, ours, diffs)))
  changes.set(commits, { head, diffs, contributors })
  return contributors
}

/** Which part bars this person from approving, given the parts that the policy lets approve; `null`: none. */
export const barredBy = (involvement: Involvement, person: UserId, exempt: readonly Involved[]): Involved | null => {
  const { authors, mergers, deployers, contributors } = involvement
  const isAuthor = authors.has(person)
  if (deployers.has(person) && !exempt.includes('deployer')) return 'deployer'
  if (isAuthor && !exempt.includes('author') && !exempt.includes('contributors')) return 'author'
  if (mergers.has(person) && !exempt.includes('merger')) return 'merger'
  const contribution = contributors.byId.get(person)
  if (contribution === undefined || exempt.includes('contributors')) return null
  const onlyOwn = isAuthor && exempt.includes('author') && !contribution.helped
  return onlyOwn ? null : 'contributors'
}

/** A contributor who has no account could be anybody, so nobody can be told to be uninvolved. */
export const someoneUnknown = ({ contributors, unmapped }: Involvement, exempt: readonly Involved[]): boolean =>
  !exempt.includes('contributors') && (contributors.unmapped.length > 0 || (unmapped && !exempt.includes('author')))
