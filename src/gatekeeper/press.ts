import { userId } from '../policy/facts.js'
import { perform, waitingReleases } from './act.js'
import { checkName } from './check-names.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { Judged, Lease, Repository } from './ports.js'
import { replyTo, sayNow, sayOwed } from './reply.js'
import type { Subject } from './subject.js'

type PressSubject = Extract<Subject, { readonly kind: 'press' }>

const FINISHED: Judged = { lookAgainAt: null, asked: [], sha: null, finished: true }
const KINDS = { approve: 'approve', reject: 'reject', release: 'release' } as const
const isKind = (identifier: string): identifier is keyof typeof KINDS => Object.hasOwn(KINDS, identifier)

/** `run.attempt.digest`, as `showDeployCheck` wrote it. */
const referenceOf = (externalId: string): { readonly run: number; readonly attempt: number } | null => {
  const parts = /^(-?\d+)\.(\d+)\./.exec(externalId)
  return parts === null ? null : { run: Number(parts[1]), attempt: Number(parts[2]) }
}

/**
 * A button of our own check run. Only who pressed which check run comes from the event: the check must be this app's
 * newest of its name, and the attempt it speaks of the one that waits now.
 */
export const actOnPress = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  press: PressSubject,
): Promise<Judged> => {
  const { log } = gatekeeper
  const owed = await sayOwed(gatekeeper, lease, repository)
  if (owed !== null) return owed
  const check = await repository.checkById(press.checkRun)
  const reference = check === null ? null : referenceOf(check.externalId)
  if (check === null || !check.own || reference === null || !isKind(press.identifier)) {
    log.warn({ subject: lease.key, identifier: press.identifier }, 'a button that is none of ours was pressed')
    return FINISHED
  }
  const newest = await repository.newestCheck(check.sha, check.name)
  const person = await repository.userById(userId(press.by))
  if (newest?.id !== check.id || person === null) {
    log.warn({ subject: lease.key, newest: newest?.id ?? null }, 'a button of an older check run was pressed')
    return FINISHED
  }
  const waiting = await waitingReleases(gatekeeper, repository, null)
  const release = waiting.find(
    ({ asked }) =>
      asked.run === reference.run &&
      asked.attempt === reference.attempt &&
      asked.sha === check.sha &&
      checkName({ of: 'deploy', environment: asked.environment }) === check.name,
  )
  if (release === undefined) {
    log.info(
      { subject: lease.key, run: reference.run, attempt: reference.attempt },
      'a button was pressed, but that attempt does not wait any more',
    )
    return FINISHED
  }
  const pressed = `press/${repository.address.id}/${press.checkRun}`
  const key = `${pressed}/${press.by}/${press.identifier}`
  const refusalKey = `${pressed}/${press.delivery}`
  const [number] = await repository.changesOf(check.sha)
  const text = await perform(gatekeeper, lease, repository, release, {
    key,
    refusalKey,
    kind: KINDS[press.identifier],
    by: person,
    text: '',
    via: 'button',
    saying: (said) => (number === undefined ? undefined : replyTo(gatekeeper, lease, repository, number, said)),
  })
  if (text === null) return FINISHED
  if (number === undefined)
    log.info({ subject: lease.key, text }, 'a button was answered, with no pull request to say so on')
  else await sayNow(gatekeeper, lease, repository)
  return FINISHED
}
