import type { InstallationId } from '../policy/facts.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { Inbox, Judged, Repository } from './ports.js'
import { Unreadable } from './ports.js'
import type { Hint } from './subject.js'

/** Everything open in a repository, touched once: what no event told, or what was there before the app was. */
export const lookAtRepository = async (
  { subjects, records, clock }: Gatekeeper,
  repository: Repository,
  installation: InstallationId,
): Promise<Judged> => {
  const { id } = repository.address
  const { archived, defaultBranch, tip } = await repository.state()
  await records.recordTip(id, defaultBranch, tip, clock.now())
  const done: Judged = { lookAgainAt: null, asked: [], sha: null, finished: true }
  if (archived) return done
  const changes = await repository.openChanges()
  const hints: Hint[] = changes.map((number) => ({
    kind: 'touch',
    subject: { kind: 'change', repository: id, number },
    installation,
  }))
  for (const run of await repository.waitingRuns())
    for (const environment of await repository.pending(run))
      hints.push({ kind: 'touch', subject: { kind: 'deployment', repository: id, environment, run }, installation })
  await subjects.hint(hints, clock.now())
  return done
}

/** At start: every repository of every installation is learnt and looked at, at the lowest priority. */
export const sweep = async ({ github, subjects, clock, log }: Gatekeeper): Promise<void> => {
  for (const installation of await github.installations()) {
    if (installation.suspended) continue
    try {
      const addresses = await github.repositories(installation.id)
      const hints = addresses.flatMap((address): Hint[] => [
        { kind: 'address', address },
        { kind: 'touch', subject: { kind: 'repository', repository: address.id }, installation: installation.id },
      ])
      await subjects.hint(hints, clock.now())
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      log.warn(
        { installation: installation.id, error: error.message },
        'an installation could not be swept; the next sweep tries again',
      )
    }
  }
}

/**
 * Asks GitHub for deliveries that it could not hand over, and takes them in as if they had come: each once in the life of
 * this process, because GitHub goes on calling them failed for days.
 */
export const missedDeliveries = ({ github, clock, log }: Gatekeeper, inbox: Pick<Inbox, 'accept'>) => {
  const taken = new Set<number>()
  return async (since: number): Promise<number> => {
    try {
      const missed = (await github.failedDeliveries(since)).filter(({ id }) => !taken.has(id))
      for (const { id } of missed) {
        await inbox.accept({ ...(await github.deliveryBody(id)), receivedAt: clock.now() })
        taken.add(id)
      }
      return missed.length
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      log.warn({ error: error.message }, 'missed deliveries could not be listed; the next look tries again')
      return 0
    }
  }
}
