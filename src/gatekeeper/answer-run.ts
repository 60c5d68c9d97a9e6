import type { Instant } from '../policy/facts.js'
import { answerFate, NOT_TOLD } from './answer-fate.js'
import { MINUTE, type Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Intent, type Lease, type Repository } from './ports.js'
import { sameName, type JudgedRelease, type ReleaseAsked } from './release.js'
import { tellOnce } from './tell-once.js'

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
  return (await settleAnswers({ records, clock }, repository, asked)) ? 'yes' : 'no'
}

const NOT_WAITED_FOR = 'GitHub does not wait for it any more'

/**
 * Asks GitHub what became of answers to this attempt whose fate is open, and records it. One that it still waits for
 * stays open: it may come yet.
 * @returns whether GitHub has an answer.
 */
const settleAnswers = async (
  { records, clock }: Pick<Gatekeeper, 'records' | 'clock'>,
  repository: Repository,
  asked: ReleaseAsked,
): Promise<boolean> => {
  let isAnswered = false
  const open = (await records.unsettled()).filter((one) => isAnswerTo(one, repository.address.id, asked))
  for (const intent of open) {
    const fate = await answerFate(repository, intent, clock.now())
    if (fate?.said === false) return false
    const outcome = fate === null ? { ok: false, detail: NOT_TOLD } : { ok: true, detail: { seen: NOT_WAITED_FOR } }
    await records.settle(intent.id, outcome, clock.now())
    isAnswered ||= fate !== null
  }
  return isAnswered
}

const isAnswerTo = (intent: Intent, repository: number, asked: ReleaseAsked) =>
  (intent.what === 'approve' || intent.what === 'reject') &&
  intent.repository === repository &&
  sameName(intent.target, asked.environment) &&
  intent.run === asked.run &&
  intent.attempt === asked.attempt

/** @returns false when nothing was said: the lane should look again. */
const tell = (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { asked, verdict }: JudgedRelease,
  state: 'approved' | 'rejected',
  comment: string,
): Promise<boolean> => {
  const { installation, id } = repository.address
  const intent = {
    installation,
    repository: id,
    subject: lease.key,
    what: state === 'approved' ? 'approve' : 'reject',
    target: asked.environment,
    sha: asked.sha,
    run: asked.run,
    attempt: asked.attempt,
    body: { comment, decision: verdict.decision },
    byOverride: state === 'approved' && verdict.overridden === true,
  } as const
  return tellOnce(gatekeeper, lease, intent, () => repository.answer(asked.run, asked.environment, state, comment))
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
