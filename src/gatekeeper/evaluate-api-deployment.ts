import { codeSpan, titleOf } from '../policy/words/explain.js'
import type { Decision } from '../policy/verdict.js'
import { isGiven } from './answer-fate.js'
import { showDeployCheck } from './check-deploy.js'
import { earliest, NET, SOON, type Gatekeeper } from './gatekeeper.js'
import { isBuiltIn, isWritten, recordIncident, showIncident, type Incident } from './incident.js'
import type { ApiDeployment, Judged, Lease, Repository, StoredIntent } from './ports.js'
import { askedByApi, judgeRelease, type JudgedRelease } from './release.js'
import { tellOnce } from './tell-once.js'

/** States after which a deployment is no longer ours to answer: somebody has gone ahead, or it has ended. */
const GONE_AHEAD = new Set(['in_progress', 'success', 'failure', 'error', 'inactive'])

/** What a look in which nobody is held back says, after what the gate would have said. */
const OBSERVED = 'Observing only; the gate says: '

const STATE: Readonly<Record<Decision, 'queued' | 'pending' | 'failure'>> = {
  allow: 'queued',
  wait: 'pending',
  deny: 'failure',
  undecided: 'pending',
}

const isApproving = ({ gate }: JudgedRelease) => gate.mode === 'observe-and-approve'

/** The decision that is told: where the gate only observes, everything may go. */
const toldOf = (judged: JudgedRelease): Decision => (isApproving(judged) ? 'allow' : judged.verdict.decision)

/** GitHub takes 140 characters. */
const descriptionOf = (judged: JudgedRelease) =>
  `${isApproving(judged) ? OBSERVED : ''}${titleOf(judged.verdict)}`.slice(0, 140)

/** What an earlier look said, and GitHub shows: a reply that was lost leaves no doubt then. */
const settleWhatIsGiven = async (
  { records, clock }: Gatekeeper,
  repository: Repository,
  deployment: ApiDeployment,
): Promise<void> => {
  const isOfThis = (intent: StoredIntent) =>
    intent.repository === repository.address.id && intent.run === -deployment.id && isGiven(deployment, intent)
  for (const { id } of (await records.unsettled()).filter(isOfThis))
    await records.settle(id, { ok: true, detail: { seen: true } }, clock.now())
}

/**
 * Says it as a deployment status, only when it differs from the newest one there.
 * @returns false when nothing was said: the lane should look again.
 */
const tell = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  deployment: ApiDeployment,
  judged: JudgedRelease,
): Promise<boolean> => {
  const decision = toldOf(judged)
  const state = STATE[decision]
  const description = descriptionOf(judged)
  if (deployment.state === state && deployment.description === description) return true
  const { installation, id } = repository.address
  const intent = {
    installation,
    repository: id,
    subject: lease.key,
    what: decision === 'allow' ? 'approve' : decision === 'deny' ? 'reject' : 'status',
    target: deployment.environment,
    sha: deployment.sha,
    run: judged.asked.run,
    attempt: judged.asked.attempt,
    body: { state, description, decision: judged.verdict.decision },
    byOverride: judged.verdict.overridden === true,
  } as const
  return tellOnce(gatekeeper, lease, intent, () => repository.deploymentStatus(deployment.id, state, description))
}

/** The deployment says another environment than the one it was made for: what was judged may have been the other one. */
const noteRelabelled = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  deployment: ApiDeployment,
  judged: JudgedRelease,
): Promise<void> => {
  const { id, environment, originalEnvironment } = deployment
  if (environment === originalEnvironment) return
  const incident: Incident = {
    key: `relabelled/${id}`,
    asked: judged.asked,
    values: { deployment: id, environment, originalEnvironment },
  }
  await recordIncident(gatekeeper, lease, repository, incident)
  const summary = [
    `Deployment ${id} was made for ${codeSpan(originalEnvironment)} and says now that it is one to ${codeSpan(environment)}.`,
    'What this gate said was about the environment that it was asked for. Whoever releases makes a deployment of its own.',
  ].join('\n\n')
  const words = { title: 'A deployment was moved into this environment', summary }
  await showIncident(gatekeeper, lease, repository, incident, judged.gate, words)
}

/** States that say that somebody has deployed. */
const DEPLOYED = new Set(['in_progress', 'success'])

/** Gone ahead without our word, into an environment whose gate somebody wrote. */
const noteUnasked = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  deployment: ApiDeployment,
  judged: JudgedRelease,
): Promise<void> => {
  const { id, environment, originalEnvironment, state, creator } = deployment
  if (environment !== originalEnvironment || state === null || !DEPLOYED.has(state)) return
  const { asked, gate } = judged
  const approved = await gatekeeper.records.approvedRuns(repository.address.id, environment)
  if (approved.some(({ run }) => run === asked.run)) return
  const incident: Incident = {
    key: `unasked/${id}`,
    asked,
    values: { deployment: id, environment, by: creator?.login ?? null },
  }
  await recordIncident(gatekeeper, lease, repository, incident)
  const summary = [
    `Deployment ${id} went ahead (${state}) without having been allowed by this gate.`,
    'GitHub does not hold back who deploys through its API; whoever does must wait for the status `queued`.',
  ].join('\n\n')
  const words = { title: 'Deployed without this gate’s approval', summary }
  await showIncident(gatekeeper, lease, repository, incident, gate, words)
}

/**
 * A deployment made through the API, judged like a run's: its creator is the deployer, its event is `api`. GitHub cannot
 * hold its deployer back; the status says what we would have it do. Where nobody wrote a gate nobody is told anything:
 * the built-in one is for runs that ask.
 */
export const evaluateApiDeployment = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  id: number,
): Promise<Judged> => {
  const { clock } = gatekeeper
  const deployment = await repository.apiDeployment(id)
  await settleWhatIsGiven(gatekeeper, repository, deployment)
  const over: Judged = { lookAgainAt: null, asked: [], sha: deployment.sha, finished: true }
  const asked = askedByApi(deployment)
  const judged = await judgeRelease(gatekeeper, repository, asked, lease)
  const { mode } = judged.gate
  const goneAhead = deployment.state !== null && GONE_AHEAD.has(deployment.state)
  if (mode !== 'enforce' && !goneAhead && !isBuiltIn(judged.gate))
    await showDeployCheck(gatekeeper, lease, repository, asked, { judged })
  if (mode === 'observe')
    return goneAhead ? over : { ...over, finished: false, asked: judged.verdict.asked, lookAgainAt: clock.now() + NET }
  if (isWritten(judged.gate)) await noteRelabelled(gatekeeper, lease, repository, deployment, judged)
  if (goneAhead) {
    if (isWritten(judged.gate)) await noteUnasked(gatekeeper, lease, repository, deployment, judged)
    return over
  }
  if (isBuiltIn(judged.gate)) return over
  const final =
    judged.verdict.decision === 'allow'
      ? await judgeRelease(gatekeeper, repository, asked, lease, { fresh: true })
      : judged
  const told = await tell(gatekeeper, lease, repository, deployment, final)
  if (!told) return { ...over, finished: false, asked: [...final.verdict.asked, 'policy'], lookAgainAt: clock.now() }
  if (toldOf(final) === 'allow' || toldOf(final) === 'deny') return over
  return {
    lookAgainAt: earliest(
      final.verdict.lookAgainAt,
      clock.now() + (final.verdict.decision === 'undecided' ? SOON : NET),
    ),
    asked: [...final.verdict.asked, 'policy'],
    sha: deployment.sha,
    finished: false,
  }
}
