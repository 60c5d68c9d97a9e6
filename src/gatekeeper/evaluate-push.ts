import { titleOf } from '../policy/words/explain.js'
import type { Sha } from '../policy/facts.js'
import { gateOfPush } from '../policy/composing/gates.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { fullName } from './evaluate-change.js'
import { earliest, MINUTE, SOON, STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { judgeAll, questionsOfAll } from './judge.js'
import { readPolicies, type PoliciesRead } from './policies.js'
import type { FactSubject, Judged, Lease, Repository } from './ports.js'
import { reportWith } from './report.js'
import { withStoreFacts } from './store-facts.js'
import type { Subject } from './subject.js'

type PushSubject = Extract<Subject, { readonly kind: 'push' }>

const CONCLUSION = { allow: 'success', deny: 'failure', wait: null, undecided: null } as const

/**
 * The policy as it stood before the push, so that nobody relaxes the rules by which the push itself is judged; where
 * there was none yet, as the push brought it.
 */
const policiesFor = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  push: PushSubject,
  before: Sha | null,
): Promise<PoliciesRead> => {
  if (before === null) return readPolicies(gatekeeper, repository, push.sha)
  const read = await readPolicies(gatekeeper, repository, before)
  return read.policies.repository.state === 'absent' ? readPolicies(gatekeeper, repository, push.sha) : read
}

/**
 * The tip, and where the branch stood before, if that is the first that is known of it: what the push brought must be
 * among what ships, also where a sweep saw the new tip before its event was judged.
 */
const recordTips = async (
  { clock, records }: Gatekeeper,
  { address: { id } }: Repository,
  { branch, before, sha }: PushSubject,
): Promise<void> => {
  const now = clock.now()
  const first = await records.tip(id, branch, now)
  if (before !== null && (first === null || first === sha)) {
    const watchedSince = await records.watchedSince(id)
    await records.recordTip(id, branch, before, watchedSince === null ? now : watchedSince - 1)
  }
  await records.recordTip(id, branch, sha, now)
}

/** A branch's tip: one check run `release-gates/push` on it, remembered per commit for the release gate. */
export const evaluatePush = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  push: PushSubject,
): Promise<Judged> => {
  const { clock, records } = gatekeeper
  const { id, installation } = repository.address
  const { defaultBranch } = await repository.state()
  const { before } = push
  await recordTips(gatekeeper, repository, push)
  const read = await policiesFor(gatekeeper, repository, push, before)
  const gate = gateOfPush(read.policies, { repository: fullName(repository), defaultBranch, branch: push.branch })
  if (gate === null) return { lookAgainAt: null, asked: ['policy'], sha: push.sha, finished: true }
  const subject: FactSubject = { kind: 'push', branch: push.branch, before, after: push.sha, by: push.by }
  const fromGitHub = await repository.facts(subject, questionsOfAll([gate]), clock.now(), { fresh: false })
  const facts = withStoreFacts(fromGitHub, { fullName: fullName(repository), defaultBranch }, clock.now())
  const [verdict] = judgeAll([gate], facts, clock.now())
  if (verdict === undefined) throw new Error('a gate was judged and gave no verdict')
  const { changed, since } = await records.verdict(
    {
      subject: lease.key,
      repository: id,
      installation,
      sha: push.sha,
      attempt: null,
      number: null,
      verdict,
      facts,
      policy: read.commits,
    },
    clock.now(),
  )
  const name = checkName({ of: 'push' }, gate.mode)
  const shown =
    (await records.lastCheck(id, push.sha, name)) === null ? await repository.newestCheck(push.sha, name) : null
  const about = { repository: fullName(repository), sha: push.sha, subject: push.branch, since }
  await showCheck(
    gatekeeper,
    lease,
    repository,
    {
      name,
      sha: push.sha,
      conclusion: CONCLUSION[verdict.decision],
      title: titleOf(verdict),
      summary: reportWith(read, verdict, about),
    },
    shown,
    STALE_AFTER,
  )
  // GitHub names the pull request of a merge a moment after it tells of the push: what was red at first is read once more.
  const onceMore = verdict.decision === 'deny' && changed ? clock.now() + MINUTE : null
  const open = verdict.decision === 'wait' || verdict.decision === 'undecided'
  return {
    lookAgainAt: earliest(
      verdict.lookAgainAt,
      onceMore,
      verdict.decision === 'undecided' ? clock.now() + SOON : null,
      open ? clock.now() + STALE_AFTER : null,
    ),
    asked: [...verdict.asked, 'policy'],
    sha: push.sha,
    finished: false,
  }
}
