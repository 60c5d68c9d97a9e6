import type {
  Bypass,
  Deployment,
  Handover,
  Instant,
  Override,
  Release,
  ReleaseApproval,
  RunningDeployment,
  Sha,
  Shipment,
  ShippedCommit,
} from '../facts.js'
import { sameName } from '../reading/names.js'
import { checksOf, workflowsOf } from './checks.js'
import { BASE, filesOf, shippedOf, textsOf, type ShippedJudge, type Usual } from './commits.js'
import { instantOr, type ByTopic } from './change.js'
import type { People } from './people.js'
import type { RawDeployment } from './schema.js'

const RELEASE_WORKFLOW = '.github/workflows/release.yml'

/** What a deployment's scenario says, by topic. */
export const deploymentFacts = (raw: RawDeployment, people: People, now: Instant, judge?: ShippedJudge): ByTopic => {
  const { by, startedBy } = startersOf(raw, people)
  const sha = raw.sha ?? raw.ships?.at(-1)?.sha ?? 'c1'
  const environment = raw.environment ?? 'production'
  const starters = { by, startedBy }
  const released = releasedOf(raw, environment, now)
  const ships = shipmentOf(
    raw,
    { people, author: by ?? people.of('dev'), now, ...(judge ? { judge } : {}) },
    sha,
    lastRelease(released, environment),
  )
  return {
    deployment: deploymentOf(raw, starters, sha, environment, now),
    ships,
    released: withAncestry(released, ships.commits, sha, raw),
    files: filesOf(raw.files),
    checks: checksOf(raw.checks, people, now),
    workflows: workflowsOf(raw.workflows),
    linked_issues: textsOf(raw.linked_issues ?? ships.commits.flatMap(({ change }) => change?.linkedIssues ?? [])),
    running: (raw.running ?? []).map((other): RunningDeployment => ({
      environment: other.environment ?? environment,
      sha: other.sha ?? 'other',
      at: instantOr(other.at, now),
    })),
    approvals: (raw.approvals ?? []).map((given): ReleaseApproval => ({
      by: people.of(given.by),
      at: instantOr(given.at, now),
      decision: given.decision ?? 'approve',
      comment: given.comment ?? '',
      via: given.via ?? 'page',
      sha: given.sha ?? sha,
      attempt: given.attempt ?? raw.attempt ?? 1,
    })),
    releases: (raw.releases ?? []).map((given): Handover => ({
      by: people.of(given.by),
      at: instantOr(given.at, now),
    })),
    overrides: (raw.overrides ?? []).map((given) =>
      overrideOf(given, people, now, answersTo(released, sha, environment)),
    ),
    bypasses: (raw.bypasses ?? []).map((given): Bypass => ({
      at: instantOr(given.at, now),
      reviewedAt: instantOrNull(given.reviewed_at),
    })),
  }
}

/** When this SHA was let go here through us: what was answered. */
const answersTo = (released: readonly Release[], sha: Sha, environment: string): readonly Instant[] =>
  released
    .filter((release) => release.sha === sha && release.throughUs && sameName(release.environment, environment))
    .map(({ at }) => at)
    .sort((a, b) => a - b)

/** The first answer after it was given has spent an override, unless the scenario says otherwise. */
const overrideOf = (
  given: NonNullable<RawDeployment['overrides']>[number],
  people: People,
  now: Instant,
  answers: readonly Instant[],
): Override => {
  const at = instantOr(given.at, now)
  return {
    by: people.of(given.by),
    at,
    reason: given.reason ?? 'a reason',
    expiresAt: instantOrNull(given.expires_at),
    reviewedAt: instantOrNull(given.reviewed_at),
    spentAt:
      given.spent_at === undefined ? (answers.find((answer) => answer > at) ?? null) : instantOrNull(given.spent_at),
  }
}

type Starters = Pick<Deployment, 'by' | 'startedBy'>

const instantOrNull = (written: string | null | undefined): Instant | null =>
  written === undefined || written === null ? null : Date.parse(written)

/** Nobody stands behind a schedule, whatever GitHub's actor says; a person who re-ran it stands behind that attempt. */
const startersOf = (raw: RawDeployment, people: People): Starters => {
  if (raw.event === 'schedule') {
    const rerun = (raw.attempt ?? 1) > 1
    return { by: rerun ? people.or(raw.by, null) : null, startedBy: null }
  }
  const by = people.or(raw.by, people.of('dev'))
  return { by, startedBy: people.or(raw.started_by, by) }
}

const deploymentOf = (
  raw: RawDeployment,
  starters: Starters,
  sha: Sha,
  environment: string,
  now: Instant,
): Deployment => ({
  environment,
  sha,
  ref: raw.ref === undefined ? 'refs/heads/main' : raw.ref,
  sameNamedRef: raw.same_named_ref ?? false,
  reachable: raw.reachable ?? true,
  event: raw.event ?? 'push',
  ...starters,
  attempt: raw.attempt ?? 1,
  workflow: workflowOf(raw),
  fork: raw.fork ?? false,
  requestedAt: instantOr(raw.requested_at, now),
  releaseNotes: raw.release_notes ?? null,
})

/** A deployment made through the API has no workflow. */
const workflowOf = (raw: RawDeployment): Deployment['workflow'] => {
  if (raw.workflow === null || (raw.workflow === undefined && raw.event === 'api')) return null
  return { path: raw.workflow?.path ?? RELEASE_WORKFLOW, sameAsDefault: raw.workflow?.same_as_default ?? true }
}

const releasedOf = (raw: RawDeployment, environment: string, now: Instant): readonly Release[] =>
  (raw.released ?? []).map((release) => {
    const at = instantOr(release.at, now)
    return {
      environment: release.environment ?? environment,
      sha: release.sha,
      at,
      requestedAt: instantOr(release.requested_at, at),
      state: release.state ?? 'success',
      throughUs: release.through_us ?? true,
      contains: release.contains ?? false,
      contained: release.contained ?? false,
      rejectedAt: instantOrNull(release.rejected_at),
    }
  })

/** The SHA of the newest release that succeeded in this environment. */
const lastRelease = (released: readonly Release[], environment: string): Sha | null => {
  const here = released.filter((release) => release.state === 'success' && sameName(release.environment, environment))
  return (
    here.reduce<Release | null>((newest, release) => (newest && newest.at > release.at ? newest : release), null)
      ?.sha ?? null
  )
}

/** By default the one deployed commit, written by the starter, merged through its gate, on top of the last release. */
const shipmentOf = (raw: RawDeployment, usual: Usual, sha: Sha, last: Sha | null): Shipment => {
  const since = raw.since === undefined ? (last ?? BASE) : raw.since
  return { since, commits: shippedOf(raw.ships ?? [{ sha, change: {} }], usual) }
}

/** A release whose SHA is among what the shipped commits descend from is contained, unless the scenario says otherwise. */
const withAncestry = (
  released: readonly Release[],
  commits: readonly ShippedCommit[],
  sha: Sha,
  raw: RawDeployment,
): readonly Release[] => {
  const parents = new Map(commits.map((commit) => [commit.sha, commit.parents]))
  const ancestors = new Set<Sha>()
  const open: Sha[] = [sha]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (ancestors.has(next)) continue
    ancestors.add(next)
    open.push(...(parents.get(next) ?? []))
  }
  const isContained = (release: Release) => release.sha !== sha && !release.contains && ancestors.has(release.sha)
  return released.map((release, index) => ({
    ...release,
    contained: raw.released?.[index]?.contained ?? isContained(release),
  }))
}
