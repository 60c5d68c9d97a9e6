import {
  ask,
  factFor,
  known,
  type Fact,
  type Facts,
  type Instant,
  type Question,
  type ReleaseApproval,
  type Sha,
} from '../policy/facts.js'
import { gateOfRelease } from '../policy/composing/gates.js'
import type { Entry, Gate } from '../policy/gate.js'
import type { Verdict } from '../policy/verdict.js'
import { withTrustedClock } from './clock-trust.js'
import { fullName } from './evaluate-change.js'
import type { Gatekeeper } from './gatekeeper.js'
import { judgeAll, questionsOfAll } from './judge.js'
import { releasePins } from './pins.js'
import { readPolicies, type PoliciesRead } from './policies.js'
import type { ApiDeployment, FactSubject, Lease, Repository, WorkflowRun } from './ports.js'
import { withShippedBefore } from './shipped-before.js'
import { releaseFacts, withStoreFacts } from './store-facts.js'

/** One wish to enter an environment: an attempt of a run, or a deployment made through the API (attempt 1 of itself). */
export interface ReleaseAsked {
  readonly environment: string
  /** The run's id, or the API deployment's negated: one number space for both. */
  readonly run: number
  readonly attempt: number
  readonly sha: Sha
  readonly from: { readonly run: WorkflowRun } | { readonly deployment: ApiDeployment }
}

export const askedByRun = (environment: string, run: WorkflowRun): ReleaseAsked => ({
  environment,
  run: run.id,
  attempt: run.attempt,
  sha: run.sha,
  from: { run },
})

export const askedByApi = (deployment: ApiDeployment): ReleaseAsked => ({
  environment: deployment.environment,
  run: -deployment.id,
  attempt: 1,
  sha: deployment.sha,
  from: { deployment },
})

/** The wish as a report names it, so that several for one commit can be told apart. */
export const wishOf = ({ run, attempt }: Pick<ReleaseAsked, 'run' | 'attempt'>): string =>
  run < 0 ? `deployment ${-run}` : `run ${run}, attempt ${attempt}`

export interface JudgedRelease {
  /** When the verdict's decision began. */
  readonly since: Instant
  readonly asked: ReleaseAsked
  readonly gate: Gate
  readonly read: PoliciesRead
  readonly facts: Facts
  readonly verdict: Verdict
}

/** Channels that any approval entry of the gate counts besides our own; asking GitHub for them costs a call each. */
export const channelsOf = (gate: Gate): ReadonlySet<string> => {
  const channels = new Set<string>()
  const visit = (entry: Entry): void => {
    switch (entry.kind) {
      case 'rule': {
        const by = entry.rule.name === 'approval' ? (entry.params as { readonly by?: readonly string[] }).by : undefined
        for (const channel of by ?? []) channels.add(channel)
        return
      }
      case 'not':
        return visit(entry.entry)
      case 'when':
        return [...entry.conditions, ...entry.require].forEach(visit)
      case 'all':
      case 'any':
        return entry.entries.forEach(visit)
    }
  }
  for (const layer of gate.layers) [...layer.entries, ...(layer.rollback?.entries ?? [])].forEach(visit)
  return channels
}

/** GitHub's own environment reviews become acts of ours when first read, since GitHub tells no time of them. */
const recordEnvironmentReviews = async (
  { records, clock }: Gatekeeper,
  repository: Repository,
  asked: ReleaseAsked,
) => {
  if (asked.attempt !== 1 || asked.run < 0) return
  for (const review of await repository.environmentReviews(asked.run)) {
    if (review.by.kind !== 'user' || !review.environments.some((name) => sameName(name, asked.environment))) continue
    const { installation, id } = repository.address
    await records.act(
      {
        key: `environment/${id}/${asked.run}/${asked.environment}/${review.by.id}/${review.state}`,
        installation,
        repository: id,
        environment: asked.environment,
        run: asked.run,
        attempt: asked.attempt,
        sha: asked.sha,
        kind: review.state === 'approved' ? 'approve' : 'reject',
        by: review.by,
        at: clock.now(),
        text: review.comment,
        via: 'environment',
        expiresAt: null,
      },
      clock.now(),
    )
  }
}

export const sameName = (one: string, other: string): boolean =>
  one.normalize('NFKC').toLowerCase() === other.normalize('NFKC').toLowerCase()

const reviewApprovals = async (
  repository: Repository,
  { sha, attempt }: ReleaseAsked,
): Promise<readonly ReleaseApproval[]> =>
  (await repository.reviewsOf(sha)).flatMap(({ by, state, commit, at, body }) => {
    if (by === null || commit !== sha || at === null || (state !== 'approved' && state !== 'changes_requested'))
      return []
    return [
      {
        by,
        at,
        decision: state === 'approved' ? ('approve' as const) : ('reject' as const),
        comment: body,
        via: 'review' as const,
        sha,
        attempt,
      },
    ]
  })

/** The facts that only people and our records know: read before the rest, so that nothing given meanwhile is lost. */
const actFacts = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  gate: Gate,
  asked: ReleaseAsked,
): Promise<Facts> => {
  const channels = channelsOf(gate)
  if (channels.has('environment')) await recordEnvironmentReviews(gatekeeper, repository, asked)
  const facts = new Map<string, Fact>(await releaseFacts(gatekeeper, repository.address, asked))
  if (!channels.has('review')) return facts
  const ours = factFor(facts, ask.approvals)
  const reviews = await reviewApprovals(repository, asked)
  return facts.set(
    ask.approvals.key,
    known([...(ours.known ? ours.value : []), ...reviews], 'our records and GitHub', gatekeeper.clock.now()),
  )
}

const factSubject = async (
  { records, clock }: Gatekeeper,
  repository: Repository,
  asked: ReleaseAsked,
  defaultBranch: string,
): Promise<FactSubject> => {
  const { id } = repository.address
  const { environment } = asked
  const requestedAt = await records.firstAsked(id, environment, asked.run, asked.attempt, asked.sha, clock.now())
  const recordedTip = await records.tip(id, defaultBranch, requestedAt)
  return 'run' in asked.from
    ? { kind: 'deployment', environment, run: asked.from.run, requestedAt, recordedTip }
    : { kind: 'api_deployment', environment, deployment: asked.from.deployment, requestedAt, recordedTip }
}

/**
 * A release gate as of now, on record; nothing is said to GitHub. The policy is read at the default branch's tip.
 * `fresh` reads every fact without a cache: what an answer rests on.
 */
export const judgeRelease = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  asked: ReleaseAsked,
  lease: Pick<Lease, 'key'>,
  { fresh = false, also = [] }: { readonly fresh?: boolean; readonly also?: readonly Question[] } = {},
): Promise<JudgedRelease & { readonly changed: boolean }> => {
  const { clock, records } = gatekeeper
  const { defaultBranch, tip } = await repository.state()
  const read = await readPolicies(gatekeeper, repository, tip, { fresh })
  await releasePins(gatekeeper, repository, read.policies)
  const gate = withTrustedClock(
    gatekeeper,
    gateOfRelease(read.policies, {
      repository: fullName(repository),
      defaultBranch,
      environment: asked.environment,
    }),
  )
  const subject = await factSubject(gatekeeper, repository, asked, defaultBranch)
  const acts = await actFacts(gatekeeper, repository, gate, asked)
  const questions = questionsOfAll([gate], also).filter(({ key }) => !acts.has(key) && key !== ask.repository.key)
  const asRead = await repository.facts(subject, questions, clock.now(), { fresh })
  const fromGitHub = await withShippedBefore(gatekeeper, repository, read.policies, asRead)
  const facts = withStoreFacts(fromGitHub, { fullName: fullName(repository), defaultBranch }, clock.now(), acts)
  const [verdict] = judgeAll([gate], facts, clock.now())
  if (verdict === undefined) throw new Error('a gate was judged and gave no verdict')
  const { installation, id } = repository.address
  const { changed, since } = await records.verdict(
    {
      subject: lease.key,
      repository: id,
      installation,
      sha: asked.sha,
      attempt: asked.attempt,
      number: null,
      verdict,
      facts,
      policy: read.commits,
    },
    clock.now(),
  )
  return { asked, gate, read, facts, verdict, changed, since }
}
