import { titleOf } from '../policy/words/explain.js'
import { cut } from '../policy/words/text.js'
import { ask, type Facts, type Instant, type RepositoryId, type Sha } from '../policy/facts.js'
import { gatesOfChange } from '../policy/composing/gates.js'
import type { Gate } from '../policy/gate.js'
import type { Decision, Verdict } from '../policy/verdict.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { withTrustedClock } from './clock-trust.js'
import { showPolicyCheck } from './check-policy.js'
import { earliest, SOON, STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import { joined, judgeAll, questionsOfAll } from './judge.js'
import { releasePins } from './pins.js'
import { readPolicies, type PoliciesRead } from './policies.js'
import type { ChangeState, Judged, Lease, Repository } from './ports.js'
import { reportWith } from './report.js'
import { withStoreFacts } from './store-facts.js'

export interface JudgedChange {
  readonly number: number
  readonly state: ChangeState
  readonly gates: readonly Gate[]
  readonly read: PoliciesRead
  readonly facts: Facts
  readonly verdict: Verdict | null
  /** When the joined decision began, as far as any of the gates that make it says. */
  readonly since: Instant | null
}

/** One pull request's merge gate as of now, on record; nothing is said to GitHub. */
export const judgeChange = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  number: number,
  state: ChangeState,
  subject: string,
): Promise<JudgedChange> => {
  const { clock, records } = gatekeeper
  const read = await readPolicies(gatekeeper, repository, state.baseSha)
  if (state.base === state.defaultBranch) await releasePins(gatekeeper, repository, read.policies)
  const gates = gatesOfChange(read.policies, {
    repository: fullName(repository),
    defaultBranch: state.defaultBranch,
    base: state.base,
  }).map((gate) => withTrustedClock(gatekeeper, gate))
  const questions = questionsOfAll(gates, [ask.files])
  const fromGitHub = await state.facts.answer(questions, clock.now())
  const facts = withStoreFacts(
    fromGitHub,
    { fullName: fullName(repository), defaultBranch: state.defaultBranch },
    clock.now(),
  )
  const verdicts = judgeAll(gates, facts, clock.now())
  const begun: { readonly decision: Decision; readonly since: Instant }[] = []
  for (const verdict of verdicts) {
    const { since } = await records.verdict(
      {
        subject,
        repository: repository.address.id,
        installation: repository.address.installation,
        sha: state.headSha,
        attempt: null,
        number,
        verdict,
        facts,
        policy: read.commits,
      },
      clock.now(),
    )
    if (verdict.applies) begun.push({ decision: verdict.decision, since })
  }
  const verdict = joined(verdicts)
  const since = earliest(...begun.filter(({ decision }) => decision === verdict?.decision).map((one) => one.since))
  return { number, state, gates, read, facts, verdict, since }
}

export const fullName = ({ address }: Repository): string => `${address.owner}/${address.name}`

const settled = (sha: Sha | null): Judged => ({ lookAgainAt: null, asked: [], sha, finished: true })

/** A title for the check that speaks for every pull request with this head: the worst one's, and which it is. */
const titleFor = (judged: readonly JudgedChange[], verdict: Verdict): string => {
  const worst = judged.find((one) => one.verdict?.decision === verdict.decision)
  const title = titleOf(worst?.verdict ?? verdict)
  return judged.length > 1 && worst ? cut(`#${worst.number}: ${title}`, 140) : title
}

const reportFor = (repository: Repository, judged: readonly JudgedChange[]): string =>
  judged
    .flatMap(({ number, verdict, state, since, read }) =>
      verdict === null
        ? []
        : [
            `${judged.length > 1 ? `### #${number}\n\n` : ''}${reportWith(read, verdict, { repository: fullName(repository), sha: state.headSha, subject: `#${number}`, ...(since === null ? {} : { since }) })}`,
          ],
    )
    .join('\n\n---\n\n')

const CONCLUSION = { allow: 'success', deny: 'failure', wait: null, undecided: null } as const

/**
 * A pull request: one check run `release-gates/merge` on its head, the worst verdict of all open pull requests that
 * share the head.
 */
export const evaluateChange = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  number: number,
): Promise<Judged> => {
  const state = await repository.change(number)
  if (state === null || !state.open) return settled(lease.sha)
  if (lease.sha !== state.headSha) return moved(gatekeeper, lease, repository.address.id, number, state.headSha)
  const own = await judgeChange(gatekeeper, repository, number, state, lease.key)
  const others = await sharers(gatekeeper, lease, repository, number, state)
  const judged = [own, ...others].filter(({ verdict }) => verdict !== null)
  const looksAgain = await showPolicyCheck(gatekeeper, lease, repository, own)
  const verdict = joined(judged.flatMap((one) => (one.verdict === null ? [] : [one.verdict])))
  await askGroups(gatekeeper, lease, repository.address.id)
  if (verdict === null) {
    gatekeeper.log.debug({ subject: lease.key, sha: state.headSha }, 'no gate guards this change')
    return { lookAgainAt: looksAgain, asked: ['files', `policy/${state.base}`], sha: state.headSha, finished: false }
  }
  const name = checkName({ of: 'merge' }, own.gates[0]?.mode ?? 'enforce')
  const shown = state.checks.find((check) => check.name === name) ?? null
  await showCheck(
    gatekeeper,
    lease,
    repository,
    {
      name,
      sha: state.headSha,
      conclusion: CONCLUSION[verdict.decision],
      title: titleFor(judged, verdict),
      summary: reportFor(repository, judged),
    },
    shown,
    STALE_AFTER,
  )
  const now = gatekeeper.clock.now()
  return {
    lookAgainAt: earliest(
      verdict.lookAgainAt,
      verdict.decision === 'undecided' ? now + SOON : null,
      now + STALE_AFTER,
      looksAgain,
    ),
    asked: [...verdict.asked, `policy/${state.base}`, 'change', 'files'],
    sha: state.headSha,
    finished: false,
  }
}

/** Merge groups stand on what their pull requests were found to be, at commits that no event of these names. */
const askGroups = async ({ subjects, clock }: Gatekeeper, { installation }: Lease, repository: RepositoryId) => {
  const groups = await subjects.groups(repository)
  await subjects.hint(
    groups.map((subject) => ({ kind: 'touch', subject, sha: subject.sha, installation }) as const),
    clock.now(),
  )
}

/** The head is another one than the lane was leased for: ask again under the right lane. */
const moved = async (
  { subjects, clock }: Gatekeeper,
  lease: Lease,
  repository: RepositoryId,
  number: number,
  sha: Sha,
): Promise<Judged> => {
  await subjects.hint(
    [{ kind: 'touch', subject: { kind: 'change', repository, number }, sha, installation: lease.installation }],
    clock.now(),
  )
  return { lookAgainAt: null, asked: [], sha, finished: false }
}

const sharers = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  number: number,
  state: ChangeState,
): Promise<readonly JudgedChange[]> => {
  const known = (await gatekeeper.subjects.inLane(lease.lane)).flatMap((subject) =>
    subject.kind === 'change' ? [subject.number] : [],
  )
  const numbers = [...new Set([...state.sharedBy, ...known])].filter((other) => other !== number).sort((a, b) => a - b)
  const judged: JudgedChange[] = []
  for (const other of numbers) {
    const its = await repository.change(other)
    if (its === null || !its.open || its.headSha !== state.headSha) continue
    judged.push(await judgeChange(gatekeeper, repository, other, its, `change/${repository.address.id}/${other}`))
  }
  return judged
}
