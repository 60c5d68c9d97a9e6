import type { InstallationId, RepositoryId } from '../policy/facts.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { GitHub, Judged, Logger, Repository } from './ports.js'
import { Unreadable } from './ports.js'
import type { Hint, RepositoryAddress } from './subject.js'

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

/** Repositories of an installation that one round looks at: a hundred calls or so, of five thousand an hour or more. */
const PER_ROUND = 25

/** Of a ring, the next so many after the last one; all of them where none was before. */
const nextAfter = (all: readonly RepositoryAddress[], last: RepositoryId | undefined): readonly RepositoryAddress[] => {
  if (last === undefined || all.length <= PER_ROUND) return all
  const ring = [...all].sort((one, other) => one.id - other.id)
  const begin = ring.findIndex(({ id }) => id > last)
  return [...ring.slice(Math.max(0, begin)), ...ring].slice(0, PER_ROUND)
}

/**
 * Repositories are learnt and looked at, at the lowest priority: in the first round all of every installation, then so
 * many a round in turn, so that large installations keep their budget for what happens.
 */
export const sweeper = ({ github, subjects, clock, log }: Gatekeeper): (() => Promise<void>) => {
  const last = new Map<InstallationId, RepositoryId>()
  const sweepOne = async (id: InstallationId): Promise<void> => {
    const addresses = await github.repositories(id)
    const chosen = nextAfter(addresses, last.get(id))
    const learnt = addresses.map((address): Hint => ({ kind: 'address', address }))
    const touched = chosen.map((address): Hint => ({
      kind: 'touch',
      subject: { kind: 'repository', repository: address.id },
      installation: id,
    }))
    await subjects.hint([...learnt, ...touched], clock.now())
    const end = chosen.at(-1)
    if (end !== undefined) last.set(id, end.id)
  }
  return async () => {
    for (const installation of await installationsOf(github, log)) {
      if (installation.suspended) continue
      try {
        await sweepOne(installation.id)
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        log.warn(
          { installation: installation.id, error: error.message },
          'an installation could not be swept; the next sweep tries again',
        )
      }
    }
  }
}

const installationsOf = async (github: GitHub, log: Logger) => {
  try {
    return await github.installations()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    log.warn({ error: error.message }, 'the installations could not be listed; the next sweep tries again')
    return []
  }
}
