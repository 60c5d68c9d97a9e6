import type { Instant } from '../policy/facts.js'
import { MINUTE, type Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Intent, type Lease, type Repository } from './ports.js'
import { sameName, type JudgedRelease, type ReleaseAsked } from './release.js'

/** How long GitHub may go on showing that it waits after it took our answer, in milliseconds. */
const SETTLES_WITHIN = MINUTE

const waitsFor = async (repository: Repository, { run, environment }: ReleaseAsked): Promise<boolean> => {
  try {
    return (await repository.pending(run)).some((name) => sameName(name, environment))
  } catch (error) {
    if (error instanceof Unreadable) return false
    throw error
  }
}

/**
 * Whether this attempt has our answer at GitHub: `yes`; `no`: it never had one, or another job of it asks anew; an
 * instant: it has one, GitHub seems to wait still, and this is when its word can be trusted.
 * @throws {Unreadable} when the fate of an answer is open and GitHub does not tell.
 */
export const wasAnswered = async (
  { records, clock }: Gatekeeper,
  repository: Repository,
  asked: ReleaseAsked,
): Promise<'yes' | 'no' | Instant> => {
  const { id } = repository.address
  if ((await records.rejectedRun(id, asked.environment, asked.run, asked.attempt)) !== null) return 'yes'
  const approvals = await records.approvedRuns(id, asked.environment)
  const ours = approvals.filter(({ run, attempt }) => run === asked.run && attempt === asked.attempt)
  if (ours.length === 0) return 'no'
  if (ours.some(({ settled }) => settled)) {
    if (!(await waitsFor(repository, asked))) return 'yes'
    const trusted = Math.max(...ours.map(({ at }) => at)) + SETTLES_WITHIN
    return clock.now() >= trusted ? 'no' : trusted
  }
  if ((await repository.pending(asked.run)).some((name) => sameName(name, asked.environment))) return 'no'
  for (const intent of (await records.unsettled()).filter((one) => isAnswerTo(one, id, asked)))
    await records.settle(intent.id, { ok: true, detail: { seen: 'GitHub does not wait for it any more' } }, clock.now())
  return 'yes'
}

const isAnswerTo = (intent: Intent, repository: number, asked: ReleaseAsked) =>
  (intent.what === 'approve' || intent.what === 'reject') &&
  intent.repository === repository &&
  intent.target === asked.environment &&
  intent.run === asked.run &&
  intent.attempt === asked.attempt

/**
 * Tells GitHub, once, with the intent on disk before and the outcome after. An answer whose fate is not known (a
 * time-out) stays open: the next look asks GitHub before it says anything again.
 * @returns false when the lease was lost, or GitHub refused and the lane should look again.
 */
const tell = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { asked, verdict }: JudgedRelease,
  state: 'approved' | 'rejected',
  comment: string,
): Promise<boolean> => {
  const { records, subjects, clock } = gatekeeper
  const { installation, id } = repository.address
  if (!(await subjects.holds(lease, clock.now()))) return false
  const intent = await records.intend(
    {
      installation,
      repository: id,
      subject: lease.key,
      what: state === 'approved' ? 'approve' : 'reject',
      target: asked.environment,
      sha: asked.sha,
      run: asked.run,
      attempt: asked.attempt,
      body: { comment, decision: verdict.decision },
    },
    clock.now(),
  )
  try {
    await repository.answer(asked.run, asked.environment, state, comment)
    await records.settle(intent, { ok: true, detail: {} }, clock.now())
    return true
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const refused = error.status !== null && error.status >= 400 && error.status < 500
    if (refused)
      await records.settle(intent, { ok: false, detail: { status: error.status, reason: error.reason } }, clock.now())
    throw error
  }
}

export const approveRun = (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  judged: JudgedRelease,
  comment: string,
) => tell(gatekeeper, lease, repository, judged, 'approved', comment)

export const rejectRun = (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  judged: JudgedRelease,
  comment: string,
) => tell(gatekeeper, lease, repository, judged, 'rejected', comment)
