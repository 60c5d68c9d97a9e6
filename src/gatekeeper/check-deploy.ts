import type { Gate } from '../policy/gate.js'
import { titleOf } from '../policy/words/explain.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { fullName } from './evaluate-change.js'
import { STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import type { CheckAction, Lease, Repository } from './ports.js'
import { judgeRelease, wishOf, type JudgedRelease, type ReleaseAsked } from './release.js'
import { reportWith } from './report.js'

/** What the buttons of a waiting release say; authority lies in who presses them, never in these words. */
export const BUTTONS: readonly CheckAction[] = [
  { label: 'Approve', description: 'Approve this release of this commit', identifier: 'approve' },
  { label: 'Reject', description: 'Reject this attempt for good', identifier: 'reject' },
  { label: 'Release', description: 'Become the one who deploys it', identifier: 'release' },
]

type Told = { readonly judged: JudgedRelease } | { readonly ended: true } | { readonly approved: true }

const contentOf = (repository: Repository, asked: ReleaseAsked, told: Told) => {
  if ('ended' in told)
    return {
      conclusion: 'failure' as const,
      title: 'Ended before it was decided',
      summary: `It was ${wishOf(asked)}, and GitHub ended it without an answer of this gate.`,
    }
  if ('approved' in told)
    return {
      conclusion: 'success' as const,
      title: 'Approved',
      summary: `It was ${wishOf(asked)}, and this gate has approved it. What that rested on is in the ledger.`,
    }
  const { verdict } = told.judged
  const conclusion = ({ allow: 'success', deny: 'failure', wait: null, undecided: null } as const)[verdict.decision]
  const summary = reportWith(told.judged.read, verdict, {
    repository: fullName(repository),
    sha: asked.sha,
    subject: wishOf(asked),
    since: told.judged.since,
  })
  const buttons = verdict.decision === 'wait' && told.judged.gate.mode === 'enforce' ? { actions: BUTTONS } : {}
  return { conclusion, title: titleOf(verdict), summary, ...buttons }
}

const nameOf = ({ environment }: ReleaseAsked, mode: Gate['mode']) => checkName({ of: 'deploy', environment }, mode)

/**
 * `release-gates/deploy/<environment>` on the SHA: what the release waits for, with buttons where it is not only observed.
 * Runs of the same commit share it, so that one which ended says so only where the check still speaks of it.
 */
export const showDeployCheck = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  asked: ReleaseAsked,
  told: Told,
): Promise<void> => {
  if ('ended' in told) {
    for (const mode of ['enforce', 'observe'] as const) await showIn(gatekeeper, lease, repository, asked, told, mode)
    return
  }
  await showIn(gatekeeper, lease, repository, asked, told, 'judged' in told ? told.judged.gate.mode : 'enforce')
}

/**
 * What the check of a gate that holds says of this attempt: its end; that it waits; or nothing, where it speaks of
 * another one or is not there yet.
 */
const spokenOf = async (
  { records }: Gatekeeper,
  repository: Repository,
  asked: ReleaseAsked,
): Promise<'ended' | 'waits' | 'none' | 'another'> => {
  const known = await records.lastCheck(repository.address.id, asked.sha, nameOf(asked, 'enforce'))
  if (known === null) return 'none'
  if (!known.digest.startsWith(`${asked.run}.${asked.attempt}.`)) return 'another'
  return known.completed ? 'ended' : 'waits'
}

/**
 * A process that ended between its approval and the check left the check behind: it is made up for. The check says what
 * is found now; where that is another verdict, for time has gone on or an override is spent, it says that the attempt was
 * approved, which stays so.
 */
export const catchUpWithApproval = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  asked: ReleaseAsked,
): Promise<void> => {
  const { id } = repository.address
  if ((await gatekeeper.records.rejectedRun(id, asked.environment, asked.run, asked.attempt)) !== null) return
  const spoken = await spokenOf(gatekeeper, repository, asked)
  if (spoken === 'ended' || spoken === 'another') return
  const judged = await judgeRelease(gatekeeper, repository, asked, lease)
  const { gate, verdict } = judged
  if (gate.mode !== 'enforce' && spoken === 'none') return
  const holds = gate.mode === 'enforce' && verdict.decision === 'allow'
  await showDeployCheck(gatekeeper, lease, repository, asked, holds ? { judged } : { approved: true })
}

const showIn = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  asked: ReleaseAsked,
  told: Told,
  mode: Gate['mode'],
): Promise<void> => {
  const name = nameOf(asked, mode)
  const known = await gatekeeper.records.lastCheck(repository.address.id, asked.sha, name)
  const reference = `${asked.run}.${asked.attempt}`
  const isOurs = known !== null && known.digest.startsWith(`${reference}.`)
  if ('ended' in told && (!isOurs || known.completed)) return
  const shown = known === null ? await repository.newestCheck(asked.sha, name) : null
  const content = { name, sha: asked.sha, ...contentOf(repository, asked, told), reference }
  await showCheck(gatekeeper, lease, repository, content, shown, STALE_AFTER)
}
