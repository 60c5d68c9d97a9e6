import { messageOf, titleOf } from '../policy/words/explain.js'
import type { Verdict } from '../policy/verdict.js'
import { earliest, MINUTE, NET, SOON, type Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Judged, type Lease, type Repository, type WorkflowRun } from './ports.js'
import { askedByRun, judgeRelease, sameName, type JudgedRelease, type ReleaseAsked } from './release.js'
import { approveRun, rejectRun, wasAnswered } from './answer-run.js'
import { catchUpWithApproval, showDeployCheck } from './check-deploy.js'
import { freeFinishedLock, holderOf, isOneAtATime } from './lock.js'

/** GitHub takes ten reports per deployment; two are kept for what must still be said at the end. */
const REPORTS = 8

const over = (sha: string): Judged => ({ lookAgainAt: null, asked: [], sha, finished: true })

/**
 * A run that asks to enter an environment; one that GitHub holds for us no more (somebody let it in past us, or it was
 * refused) is over, and what became of it is for others to tell. Allowed: everything is read again without a cache, and
 * only if run, attempt, SHA and verdict still agree is GitHub answered.
 */
export const evaluateDeployment = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  environment: string,
  runId: number,
): Promise<Judged> => {
  const run = await repository.run(runId)
  const asked = askedByRun(environment, run)
  const answered = await wasAnswered(gatekeeper, repository, asked)
  if (answered === 'yes') {
    await catchUpWithApproval(gatekeeper, lease, repository, asked)
    return over(run.sha)
  }
  if (answered !== 'no') return { lookAgainAt: answered, asked: ['deployment'], sha: run.sha, finished: false }
  if (run.status === 'completed') {
    await showDeployCheck(gatekeeper, lease, repository, asked, { ended: true })
    return over(run.sha)
  }
  if (!(await isWaitedFor(gatekeeper, repository, run, environment)))
    return notAsked(gatekeeper, lease, repository, asked)
  await freeFinishedLock(gatekeeper, repository, asked)
  const judged = await judgeRelease(gatekeeper, repository, asked, lease)
  switch (judged.gate.mode) {
    case 'observe':
      await showDeployCheck(gatekeeper, lease, repository, asked, { judged })
      return again(gatekeeper, judged.verdict, run.sha)
    case 'observe-and-approve':
      await showDeployCheck(gatekeeper, lease, repository, asked, { judged })
      return (await approveRun(
        gatekeeper,
        lease,
        repository,
        judged,
        'Observing only: approved whatever the gate would have said.',
      ))
        ? over(run.sha)
        : again(gatekeeper, judged.verdict, run.sha)
    case 'enforce':
      return answer(gatekeeper, lease, repository, run, judged)
  }
}

/**
 * Whether GitHub still holds this environment of the run for us. Where it does not say (no list, or an empty one beside a
 * run that waits), its own word on our answer will tell: the question only spares an answer that comes too late.
 */
const isWaitedFor = async (
  { log }: Gatekeeper,
  repository: Repository,
  run: WorkflowRun,
  environment: string,
): Promise<boolean> => {
  try {
    const pending = await repository.pending(run.id)
    return pending.some((name) => sameName(name, environment)) || (pending.length === 0 && run.status === 'waiting')
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    log.warn({ run: run.id, error: error.message }, 'GitHub does not tell what this run waits for')
    return true
  }
}

/** How long GitHub may take to show that it waits for us, after it has asked, in milliseconds. */
const SHOWN_WITHIN = 2 * MINUTE

/** GitHub does not wait for us: not yet, or not any more. Nothing is judged and nothing is said. */
const notAsked = async (
  { records, clock, log }: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { environment, run, attempt, sha }: ReleaseAsked,
): Promise<Judged> => {
  log.info({ subject: lease.key, run, attempt }, 'GitHub waits for no answer of this gate here')
  const since = await records.firstAsked(repository.address.id, environment, run, attempt, sha, clock.now())
  if (clock.now() - since >= SHOWN_WITHIN) return over(sha)
  return { lookAgainAt: clock.now() + SOON, asked: ['deployment'], sha, finished: false }
}

const again = ({ clock }: Gatekeeper, verdict: Verdict, sha: string): Judged => ({
  lookAgainAt: earliest(verdict.lookAgainAt, clock.now() + (verdict.decision === 'undecided' ? SOON : NET)),
  asked: [...verdict.asked, 'policy'],
  sha,
  finished: false,
})

const answer = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  run: WorkflowRun,
  judged: JudgedRelease & { readonly changed: boolean },
): Promise<Judged> => {
  const { verdict, asked } = judged
  switch (verdict.decision) {
    case 'allow':
      return confirm(gatekeeper, lease, repository, run, judged)
    case 'deny': {
      const fresh = await judgeRelease(gatekeeper, repository, asked, lease, { fresh: true })
      if (fresh.verdict.decision !== 'deny')
        return { ...again(gatekeeper, fresh.verdict, run.sha), lookAgainAt: gatekeeper.clock.now() }
      await showDeployCheck(gatekeeper, lease, repository, asked, { judged: fresh })
      return (await rejectRun(gatekeeper, lease, repository, fresh, messageOf(fresh.verdict, { sha: fresh.asked.sha })))
        ? over(run.sha)
        : again(gatekeeper, fresh.verdict, run.sha)
    }
    case 'wait':
      await showDeployCheck(gatekeeper, lease, repository, asked, { judged })
      await report(gatekeeper, lease, repository, judged)
      return again(gatekeeper, verdict, run.sha)
    case 'undecided':
      await showDeployCheck(gatekeeper, lease, repository, asked, { judged })
      if (!judged.changed) await report(gatekeeper, lease, repository, judged)
      return again(gatekeeper, verdict, run.sha)
  }
}

/** What a look judged must still be so, read without a cache, immediately before GitHub is told. */
const confirm = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  before: WorkflowRun,
  first: JudgedRelease,
): Promise<Judged> => {
  const fresh = await judgeRelease(gatekeeper, repository, first.asked, lease, { fresh: true })
  const now = await repository.run(before.id)
  const same =
    now.attempt === before.attempt &&
    now.sha === before.sha &&
    now.status === before.status &&
    now.event === before.event
  if (!same || fresh.verdict.decision !== 'allow') {
    gatekeeper.log.info(
      { subject: lease.key, same, decision: fresh.verdict.decision },
      'what was judged has changed: judging again',
    )
    return { ...again(gatekeeper, fresh.verdict, now.sha), lookAgainAt: gatekeeper.clock.now() }
  }
  const { records, clock } = gatekeeper
  const { id } = repository.address
  if (isOneAtATime(fresh.gate)) {
    const lock = await records.lock(id, first.asked.environment, holderOf(first.asked), first.asked.sha, clock.now())
    if (!lock.ok) return { ...again(gatekeeper, fresh.verdict, now.sha), lookAgainAt: clock.now() + SOON }
  }
  const approved = await approveRun(
    gatekeeper,
    lease,
    repository,
    fresh,
    messageOf(fresh.verdict, { sha: fresh.asked.sha }),
  )
  if (!approved) return { ...again(gatekeeper, fresh.verdict, now.sha), lookAgainAt: clock.now() }
  await showDeployCheck(gatekeeper, lease, repository, first.asked, { judged: fresh })
  return over(now.sha)
}

/** Says on the deployment what it waits for, when that has changed, within what GitHub takes. */
const report = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { verdict, asked }: JudgedRelease,
): Promise<void> => {
  const { records, subjects, clock } = gatekeeper
  const { id, installation } = repository.address
  const sent = await records.reports(id, asked.run, asked.environment, asked.attempt)
  const title = titleOf(verdict)
  if (sent.last === title || sent.count >= REPORTS) return
  if (!(await subjects.holds(lease, clock.now()))) return
  const intent = await records.intend(
    {
      installation,
      repository: id,
      subject: lease.key,
      what: 'report',
      target: asked.environment,
      sha: asked.sha,
      run: asked.run,
      attempt: asked.attempt,
      body: { text: title },
    },
    clock.now(),
  )
  try {
    await repository.report(asked.run, asked.environment, messageOf(verdict, { sha: asked.sha }))
    await records.settle(intent, { ok: true, detail: {} }, clock.now())
  } catch (error) {
    await records.settle(intent, { ok: false, detail: { error: String(error) } }, clock.now())
    gatekeeper.log.warn(
      { subject: lease.key, error: String(error) },
      'GitHub did not take a report; the gate stays as it is',
    )
  }
}
