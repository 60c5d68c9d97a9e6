import { titleOf } from '../policy/explain.js'
import type { Decision } from '../policy/verdict.js'
import { earliest, NET, SOON, type Gatekeeper } from './gatekeeper.js'
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

/**
 * A deployment made through the API, judged like a run's: its creator is the deployer, its event is `api`. GitHub cannot
 * hold its deployer back; the status says what we would have it do.
 */
export const evaluateApiDeployment = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  id: number,
): Promise<Judged> => {
  const { clock, records } = gatekeeper
  const deployment = await repository.apiDeployment(id)
  const over: Judged = { lookAgainAt: null, asked: [], sha: deployment.sha, finished: true }
  const asked = askedByApi(deployment)
  if (deployment.environment !== deployment.originalEnvironment) {
    const { installation, id: repositoryId } = repository.address
    await records.incident(
      {
        key: `relabelled/${deployment.id}`,
        installation,
        repository: repositoryId,
        environment: deployment.environment,
        run: null,
        attempt: null,
        sha: deployment.sha,
        values: {
          deployment: deployment.id,
          environment: deployment.environment,
          originalEnvironment: deployment.originalEnvironment,
        },
      },
      clock.now(),
    )
  }
  if (deployment.state !== null && GONE_AHEAD.has(deployment.state)) return over
  const judged = await judgeRelease(gatekeeper, repository, asked, lease)
  if (judged.gate.mode === 'observe') return { ...over, finished: false, lookAgainAt: clock.now() + NET }
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
