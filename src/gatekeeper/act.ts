import { ask, factFor, type ApprovalChannel, type Person } from '../policy/facts.js'
import { authorise, type ActKind } from './authorise.js'
import type { Gatekeeper } from './gatekeeper.js'
import { Unreadable, type Intent, type Lease, type Repository } from './ports.js'
import { askedByApi, askedByRun, judgeRelease, sameName, type JudgedRelease, type ReleaseAsked } from './release.js'
import { keyOf, type Subject } from './subject.js'
import * as words from './words.js'

export type WaitingSubject = Extract<Subject, { readonly kind: 'deployment' | 'api_deployment' }>

export interface WaitingRelease extends JudgedRelease {
  readonly subject: WaitingSubject
}

const askedBy = async (repository: Repository, subject: WaitingSubject): Promise<ReleaseAsked> =>
  subject.kind === 'deployment'
    ? askedByRun(subject.environment, await repository.run(subject.run))
    : askedByApi(await repository.apiDeployment(subject.deployment))

/** The wish of a subject as it is now; `null`: GitHub shows no such run or deployment any more, so that nothing waits. */
const stillAsked = async (
  { log }: Gatekeeper,
  repository: Repository,
  subject: WaitingSubject,
): Promise<ReleaseAsked | null> => {
  try {
    return await askedBy(repository, subject)
  } catch (error) {
    if (!(error instanceof Unreadable) || error.status !== 404) throw error
    log.warn({ subject: keyOf(subject), error: error.message }, 'what waits here is gone, and is passed over')
    return null
  }
}

/** Deployments that wait now, for one environment or all, judged afresh, with what they ship. */
export const waitingReleases = async (
  gatekeeper: Gatekeeper,
  repository: Repository,
  environment: string | null,
): Promise<readonly WaitingRelease[]> => {
  const subjects = (await gatekeeper.subjects.waiting(repository.address.id)).filter(
    (subject): subject is WaitingSubject =>
      (subject.kind === 'deployment' || subject.kind === 'api_deployment') &&
      (environment === null || sameName(subject.environment, environment)),
  )
  const waiting: WaitingRelease[] = []
  for (const subject of subjects) {
    const asked = await stillAsked(gatekeeper, repository, subject)
    if (asked === null) continue
    const judged = await judgeRelease(gatekeeper, repository, asked, { key: keyOf(subject) }, { also: [ask.ships()] })
    waiting.push({ ...judged, subject })
  }
  return waiting
}

/**
 * Whether a pull request is among what would go out; unknown counts as no. A commit that is released again ships nothing
 * new: there the pull request that brought the commit itself speaks for it.
 */
export const shipsChange = async (
  repository: Repository,
  { facts, asked }: JudgedRelease,
  number: number,
): Promise<boolean> => {
  const ships = factFor(facts, ask.ships())
  if (!ships.known) return false
  if (ships.value.commits.some(({ change }) => change?.number === number)) return true
  return (
    ships.value.commits.length === 0 &&
    ships.value.since !== null &&
    (await repository.changesOf(asked.sha)).includes(number)
  )
}

export interface Act {
  /** Makes it happen once. */
  readonly key: string
  /** Makes its refusal be told once: the same act may be refused now and be accepted later. */
  readonly refusalKey: string
  readonly kind: ActKind
  readonly by: Person
  readonly text: string
  readonly via: ApprovalChannel
  /** What will be said of it, as it goes on record; `undefined`: there is nowhere to say it. */
  readonly saying: Saying
}

export type Saying = (text: string) => Intent | undefined

/**
 * Every act on a release is recorded or refused once, by key, with the reply to it; the sentence is returned the first
 * time only.
 */
export const perform = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  release: WaitingRelease,
  act: Act,
): Promise<string | null> => {
  const { records, subjects, clock } = gatekeeper
  const { installation, id } = repository.address
  const now = clock.now()
  const authority = authorise(release, act.kind, act.by, now)
  if (!authority.ok) {
    const values = {
      environment: release.asked.environment,
      sha: release.asked.sha,
      may: authority.may.map(({ login }) => login),
    }
    const text = words.refused(act.kind, act.by, release.asked, authority)
    const fresh = await records.refuse(
      {
        key: act.refusalKey,
        installation,
        repository: id,
        subject: lease.key,
        by: act.by,
        act: act.kind,
        code: authority.code,
        values,
      },
      now,
      act.saying(text),
    )
    return fresh ? text : null
  }
  const { environment, run, attempt, sha } = release.asked
  const text = words.accepted(act.kind, act.by, release.asked)
  const fresh = await records.act(
    {
      key: act.key,
      installation,
      repository: id,
      environment,
      run,
      attempt,
      sha,
      kind: act.kind,
      by: act.by,
      at: now,
      text: act.text,
      via: act.via,
      expiresAt: null,
    },
    now,
    act.saying(text),
  )
  await subjects.hint([{ kind: 'touch', subject: release.subject, installation, sha }], now)
  return fresh ? text : null
}
