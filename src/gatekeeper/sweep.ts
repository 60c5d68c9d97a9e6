import type { InstallationId, RepositoryId } from '../policy/facts.js'
import { isAllowed } from './allowed.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { Glance, GitHub, Judged, Logger, Repository } from './ports.js'
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
/** Repositories that a later round glances at: ten calls. */
const GLANCES = 1_000

type Ring = readonly RepositoryAddress[]

/** Of a ring, the next so many after the last one; all of them where none was before. */
const nextAfter = (all: Ring, last: RepositoryId | undefined, count: number): Ring => {
  if (last === undefined || all.length <= count) return all
  const ring = [...all].sort((one, other) => one.id - other.id)
  const begin = ring.findIndex(({ id }) => id > last)
  return [...ring.slice(Math.max(0, begin)), ...ring].slice(0, count)
}

/** What is known of one installation since the start. */
class Rounds {
  readonly #open = new Set<RepositoryId>()
  #glanced: RepositoryId | undefined
  #looked: RepositoryId | undefined

  /** In the first round all, later ones some in turn. */
  toGlance(all: Ring): Ring {
    return nextAfter(all, this.#glanced, GLANCES)
  }

  /** What has just shown something open, and some in turn of what had. A repository that could not be read counts as open. */
  toLook(all: Ring, glanced: Ring, glances: ReadonlyMap<RepositoryId, Glance>): Ring {
    this.#glanced = glanced.at(-1)?.id ?? this.#glanced
    const fresh = new Set<RepositoryId>()
    for (const { id } of glanced) {
      if (glances.get(id)?.hasOpen === false) this.#open.delete(id)
      else if (!this.#open.has(id)) fresh.add(id)
    }
    const known = nextAfter(
      all.filter(({ id }) => this.#open.has(id)),
      this.#looked,
      PER_ROUND,
    )
    this.#looked = known.at(-1)?.id ?? this.#looked ?? glanced.at(-1)?.id
    for (const id of fresh) this.#open.add(id)
    return [...all.filter(({ id }) => fresh.has(id)), ...known]
  }
}

/** A list that is cut off is not told from a whole one: what is missing in one may be there in the next. */
class Doubts {
  readonly #missing = new Map<string, ReadonlySet<RepositoryId>>()

  /** Those that were missing when this list was read last, too. */
  confirmed(list: string, missing: Ring): Ring {
    const before = this.#missing.get(list)
    this.#missing.set(list, new Set(missing.map(({ id }) => id)))
    return missing.filter(({ id }) => before?.has(id))
  }
}

/**
 * Repositories are learnt; those with something open are looked at, at the lowest priority: all of them in the first
 * round, then what has newly opened, and so many a round in turn. What is open is told a hundred repositories a call, so
 * that a round's cost grows with what is open. A small installation is looked at whole.
 */
export const sweeper = ({ github, subjects, records, clock, log, settings }: Gatekeeper): (() => Promise<void>) => {
  const rounds = new Map<InstallationId, Rounds>()
  const roundsOf = (id: InstallationId): Rounds => {
    const known = rounds.get(id) ?? new Rounds()
    rounds.set(id, known)
    return known
  }
  const chosenOf = async (id: InstallationId, addresses: Ring): Promise<Ring> => {
    if (addresses.length <= PER_ROUND) return addresses
    const glanced = roundsOf(id).toGlance(addresses)
    const glances = await github.glances(id, glanced)
    for (const [repository, { hasOpen, tip }] of glances)
      if (!hasOpen && tip !== null) await records.recordTip(repository, tip.branch, tip.sha, clock.now())
    return roundsOf(id).toLook(addresses, glanced, glances)
  }
  const doubts = new Doubts()
  const sweepOne = async (id: InstallationId, known: Ring): Promise<void> => {
    const addresses = await github.repositories(id)
    const listed = new Set(addresses.map((address) => address.id))
    const unlisted = known.filter((address) => address.installation === id && !listed.has(address.id))
    await subjects.hint(
      [
        ...doubts.confirmed(`listed by ${id}`, unlisted).map((one) => lost(one, 'its installation does not list it')),
        ...addresses.map((address): Hint => ({ kind: 'address', address })),
      ],
      clock.now(),
    )
    const chosen = await chosenOf(id, addresses)
    const touched = chosen.map((address): Hint => ({
      kind: 'touch',
      subject: { kind: 'repository', repository: address.id },
      installation: id,
    }))
    await subjects.hint(touched, clock.now())
  }
  return async () => {
    // Read before GitHub is asked: what comes meanwhile is not taken for lost.
    const known = await subjects.addresses()
    const installations = await installationsOf(github, log)
    if (installations === null) return
    const served = installations.filter(({ suspended, account }) => !suspended && isAllowed(settings, account))
    const ids = new Set(served.map(({ id }) => id))
    const orphans = known.filter(({ installation }) => !ids.has(installation))
    const why = 'its installation is gone, suspended or not allowed'
    await subjects.hint(
      doubts.confirmed('served', orphans).map((address) => lost(address, why)),
      clock.now(),
    )
    for (const installation of served) {
      try {
        await sweepOne(installation.id, known)
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

/** No event told, or it was lost: nothing there can be judged, and nothing is left due. */
const lost = ({ id, installation }: RepositoryAddress, why: string): Hint => ({
  kind: 'gone',
  scope: { repository: id, of: installation },
  why,
})

/** `null`: GitHub does not tell. */
const installationsOf = async (github: GitHub, log: Logger) => {
  try {
    return await github.installations()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    log.warn({ error: error.message }, 'the installations could not be listed; the next sweep tries again')
    return null
  }
}
