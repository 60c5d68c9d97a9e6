import { gateOfRelease } from '../policy/gates.js'
import type { Gate } from '../policy/gate.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { fullName } from './evaluate-change.js'
import { STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { readPolicies } from './policies.js'
import type { Judged, Lease, Repository, WorkflowRun } from './ports.js'
import type { Subject } from './subject.js'

type StartSubject = Extract<Subject, { readonly kind: 'start' }>

/** A gate that somebody wrote, or the built-in one where this very run had asked us. */
const isGated = (gate: Gate, askedBefore: boolean) =>
  gate.layers.some(({ name }) => name !== 'built-in') || gate.problem !== null || askedBefore

const cancels = (gate: Gate) => gate.layers.some(({ bypass }) => bypass?.cancel === true)

/**
 * A job of an environment started. Without our approval or intent on record for this run and attempt it went around the
 * gate: an incident, a failing check, and where the policy says so the run is cancelled. The lane gives this its second
 * look two minutes after the event, so that an answer under way is not taken for a bypass.
 */
export const watchStart = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  start: StartSubject,
): Promise<Judged> => {
  const { records } = gatekeeper
  const { id } = repository.address
  const run = await repository.run(start.run)
  const over: Judged = { lookAgainAt: null, asked: [], sha: run.sha, finished: true }
  const approved = await records.approvedRuns(id, start.environment)
  if (approved.some((one) => one.run === run.id && one.attempt === run.attempt)) return over
  const { defaultBranch, tip } = await repository.state()
  const { policies } = await readPolicies(gatekeeper, repository, tip)
  const gate = gateOfRelease(policies, {
    repository: fullName(repository),
    defaultBranch,
    environment: start.environment,
  })
  if (!isGated(gate, await records.wasAsked(id, start.environment, run.id)) || gate.mode === 'observe') return over
  if ((await repository.pending(run.id)).includes(start.environment)) return over
  await raise(gatekeeper, lease, repository, start, run, gate)
  return over
}

const raise = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { environment }: StartSubject,
  run: WorkflowRun,
  gate: Gate,
): Promise<void> => {
  const { records, clock, log } = gatekeeper
  const { id, installation } = repository.address
  const key = `started/${id}/${run.id}/${run.attempt}/${environment}`
  const values = { run: run.id, attempt: run.attempt, by: run.triggeringActor?.login ?? null, event: run.event }
  const fresh = await records.incident(
    { key, installation, repository: id, environment, run: run.id, attempt: run.attempt, sha: run.sha, values },
    clock.now(),
  )
  if (!fresh) return
  log.warn({ subject: lease.key, environment, run: run.id, attempt: run.attempt }, 'a job started without our approval')
  const name = checkName({ of: 'deploy', environment }, gate.mode)
  const summary = [
    `A job of attempt ${run.attempt} of run ${run.id} entered the environment without an approval of this gate on record.`,
    'An administrator may have started all waiting jobs, or the protection rule was not enabled on the environment.',
    'The next release waits until this has been reviewed, where the policy asks for it.',
  ].join('\n\n')
  await showCheck(
    gatekeeper,
    lease,
    repository,
    {
      name,
      sha: run.sha,
      conclusion: 'failure',
      title: 'Started without this gate’s approval',
      summary,
      reference: `${run.id}.${run.attempt}`,
    },
    null,
    STALE_AFTER,
  )
  if (cancels(gate)) await cancel(gatekeeper, lease, repository, run)
}

const cancel = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  run: WorkflowRun,
): Promise<void> => {
  const { records, clock } = gatekeeper
  const { id, installation } = repository.address
  const intent = await records.intend(
    {
      installation,
      repository: id,
      subject: lease.key,
      what: 'cancel',
      target: String(run.id),
      sha: run.sha,
      run: run.id,
      attempt: run.attempt,
      body: {},
    },
    clock.now(),
  )
  try {
    await repository.cancel(run.id)
    await records.settle(intent, { ok: true, detail: {} }, clock.now())
  } catch (error) {
    await records.settle(intent, { ok: false, detail: { error: String(error) } }, clock.now())
    throw error
  }
}
