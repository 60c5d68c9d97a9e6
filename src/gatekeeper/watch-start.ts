import { gateOfRelease } from '../policy/composing/gates.js'
import type { Gate } from '../policy/gate.js'
import { checkName } from './check-names.js'
import { fullName } from './evaluate-change.js'
import type { Gatekeeper } from './gatekeeper.js'
import { isWritten, recordIncident, showIncident, type Incident } from './incident.js'
import { readPolicies } from './policies.js'
import { Unreadable, type Judged, type Lease, type Repository, type WorkflowRun } from './ports.js'
import { sameName } from './release.js'
import type { Subject } from './subject.js'

type StartSubject = Extract<Subject, { readonly kind: 'start' }>

const cancels = (gate: Gate) => gate.layers.some(({ bypass }) => bypass?.cancel === true)

/**
 * A job of an environment started. Without our approval or intent on record for this run and attempt it went around the
 * gate: an incident, a failing check, and where the policy says so the run is cancelled. The lane gives this its second
 * look two minutes after the event, so that an answer under way is not taken for a bypass. Only a gate that somebody
 * wrote can be gone around, or the built-in one where this very run had asked us.
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
  const gated = isWritten(gate) || (await records.wasAsked(id, start.environment, run.id))
  if (!gated || gate.mode === 'observe') return over
  if ((await repository.pending(run.id)).some((name) => sameName(name, start.environment))) return over
  await raise(gatekeeper, lease, repository, start, run, gate)
  return over
}

/** What is on record and shown already is not raised again; what failed half-way is taken up where it stopped. */
const raise = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { environment }: StartSubject,
  run: WorkflowRun,
  gate: Gate,
): Promise<void> => {
  const { id } = repository.address
  const incident: Incident = {
    key: `started/${id}/${run.id}/${run.attempt}/${environment}`,
    asked: { environment, run: run.id, attempt: run.attempt, sha: run.sha },
    values: { run: run.id, attempt: run.attempt, by: run.triggeringActor?.login ?? null, event: run.event },
  }
  const fresh = await recordIncident(gatekeeper, lease, repository, incident)
  if (!fresh && (await isShown(gatekeeper, repository, incident, gate))) return
  const cancelled = cancels(gate) ? await cancel(gatekeeper, lease, repository, run) : []
  const summary = [
    `A job of attempt ${run.attempt} of run ${run.id} entered the environment without an approval of this gate on record.`,
    'An administrator may have started all waiting jobs, or the protection rule was not enabled on the environment.',
    ...cancelled,
    'The next release waits until this has been reviewed, where the policy asks for it.',
  ].join('\n\n')
  const title = 'Started without this gate’s approval'
  await showIncident(gatekeeper, lease, repository, incident, gate, { title, summary })
}

const isShown = async ({ records }: Gatekeeper, repository: Repository, { asked }: Incident, gate: Gate) => {
  const name = checkName({ of: 'deploy', environment: asked.environment }, gate.mode)
  const last = await records.lastCheck(repository.address.id, asked.sha, name)
  return last !== null && last.completed && last.digest.startsWith(`${asked.run}.${asked.attempt}.`)
}

const MAY_NOT = 'this app may not: it needs the permission `actions: write`'
const REFUSALS: Readonly<Record<number, string>> = {
  403: MAY_NOT,
  404: MAY_NOT,
  409: 'GitHub says that it cannot be cancelled any more',
}

/**
 * Cancels the run, and tells what came of it. A refusal is final: only another permission or another run changes it.
 * @throws {Unreadable} when GitHub is in trouble, so that it is tried again.
 */
const cancel = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  run: WorkflowRun,
): Promise<readonly string[]> => {
  if (run.status === 'completed') return ['The run had ended before it could be cancelled.']
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
    return ['GitHub was asked to cancel the run, as the policy says.']
  } catch (error) {
    await records.settle(intent, { ok: false, detail: { error: String(error) } }, clock.now())
    if (!(error instanceof Unreadable)) throw error
    const refusal = error.status === null ? undefined : REFUSALS[error.status]
    if (refusal === undefined) throw error
    return [`The policy asks to cancel the run, but ${refusal}.`]
  }
}
