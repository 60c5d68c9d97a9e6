import { codeSpan, titleOf } from '../policy/words/explain.js'
import type { Decision } from '../policy/verdict.js'
import { earliest, NET, SOON, type Gatekeeper } from './gatekeeper.js'
import { isBuiltIn, isWritten, recordIncident, showIncident, type Incident } from './incident.js'
import type { ApiDeployment, Judged, Lease, Repository } from './ports.js'
import { askedByApi, judgeRelease, type JudgedRelease } from './release.js'

/** States after which a deployment is no longer ours to answer: somebody has gone ahead, or it has ended. */
const GONE_AHEAD = new Set(['in_progress', 'success', 'failure', 'error', 'inactive'])

const STATE: Readonly<Record<Decision, 'queued' | 'pending' | 'failure'>> = {
  allow: 'queued',
  wait: 'pending',
  deny: 'failure',
  undecided: 'pending',
}

/** GitHub takes 140 characters. */
const descriptionOf = ({ verdict }: JudgedRelease) => titleOf(verdict).slice(0, 140)

/** Says it as a deployment status, only when it differs from the newest one there. */
const tell = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  deployment: ApiDeployment,
  judged: JudgedRelease,
): Promise<boolean> => {
  const { records, subjects, clock } = gatekeeper
  const state = STATE[judged.verdict.decision]
  const description = descriptionOf(judged)
  if (deployment.state === state && deployment.description === description) return true
  if (!(await subjects.holds(lease, clock.now()))) return false
  const { installation, id } = repository.address
  const what =
    judged.verdict.decision === 'allow' ? 'approve' : judged.verdict.decision === 'deny' ? 'reject' : 'status'
  const intent = await records.intend(
    {
      installation,
      repository: id,
      subject: lease.key,
      what,
      target: deployment.environment,
      sha: deployment.sha,
      run: judged.asked.run,
      attempt: 1,
      body: { state, description },
    },
    clock.now(),
  )
  try {
    await repository.deploymentStatus(deployment.id, state, description)
    await records.settle(intent, { ok: true, detail: {} }, clock.now())
    return true
  } catch (error) {
    await records.settle(intent, { ok: false, detail: { error: String(error) } }, clock.now())
    throw error
  }
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
  const over: Judged = { lookAgainAt: null, asked: [], sha: deployment.sha, finished: true }
  const asked = askedByApi(deployment)
  const judged = await judgeRelease(gatekeeper, repository, asked, lease)
  const { mode } = judged.gate
  if (mode === 'observe') return { ...over, finished: false, lookAgainAt: clock.now() + NET }
  if (isWritten(judged.gate)) await noteRelabelled(gatekeeper, lease, repository, deployment, judged)
  if (deployment.state !== null && GONE_AHEAD.has(deployment.state)) {
    if (isWritten(judged.gate)) await noteUnasked(gatekeeper, lease, repository, deployment, judged)
    return over
  }
  if (isBuiltIn(judged.gate)) return over
  const final =
    judged.verdict.decision === 'allow'
      ? await judgeRelease(gatekeeper, repository, asked, lease, { fresh: true })
      : judged
  const told = await tell(gatekeeper, lease, repository, deployment, final)
  if (told && (final.verdict.decision === 'allow' || final.verdict.decision === 'deny')) return over
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
