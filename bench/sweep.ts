import type { Gatekeeper } from '../src/gatekeeper/gatekeeper.js'
import type { Glance, Repository } from '../src/gatekeeper/ports.js'
import type { Hint, RepositoryAddress, Subject } from '../src/gatekeeper/subject.js'
import { lookAtRepository, sweeper } from '../src/gatekeeper/sweep.js'
import { installationId, repositoryId, type RepositoryId } from '../src/policy/facts.js'
import { grouped, type Figure } from './measure.js'

const REPOSITORIES = 10_000
const OPEN = 500
/** Milliseconds. */
const A_CALL = 50
/** Lanes that the server judges at once. */
const AT_ONCE = 8
/** Calls of one warm look at a pull request. */
const A_LOOK = 2

const ACME = installationId(1)
const addresses = Array.from({ length: REPOSITORIES }, (_, index): RepositoryAddress => ({
  installation: ACME,
  id: repositoryId(index + 1),
  owner: 'acme',
  name: `repository-${index + 1}`,
}))
const tip = { branch: 'main', sha: 'a'.repeat(40) }
const isOpen = (id: RepositoryId): boolean => id <= OPEN

/** What the ports would ask of GitHub, counted; each call as many times as its reader makes it. */
const counted = () => {
  const calls = { inTurn: 0, sideBySide: 0 }
  const touched: Subject[] = []
  const look = <T>(count: number, value: T) => {
    calls.sideBySide += count
    return Promise.resolve(value)
  }
  const repository = (id: RepositoryId) =>
    ({
      address: { id },
      state: () => look(2, { archived: false, defaultBranch: tip.branch, tip: tip.sha }),
      openChanges: () => look(1, isOpen(id) ? [1] : []),
      waitingRuns: () => look(2, []),
    }) as unknown as Repository
  const gatekeeper = {
    clock: { now: () => 0 },
    log: console,
    github: {
      installations: () => {
        calls.inTurn += 1
        return Promise.resolve([{ id: ACME, account: 'acme', suspended: false }])
      },
      repositories: () => {
        calls.inTurn += REPOSITORIES / 100
        return Promise.resolve(addresses)
      },
      glances: (_: unknown, some: readonly RepositoryAddress[]) => {
        calls.inTurn += Math.ceil(some.length / 100)
        return Promise.resolve(
          new Map(some.map(({ id }): [RepositoryId, Glance] => [id, { hasOpen: isOpen(id), tip }])),
        )
      },
    },
    settings: { organisationPolicy: 'auto', allowedOrganisations: [] },
    records: { recordTip: () => Promise.resolve() },
    subjects: {
      addresses: () => Promise.resolve([]),
      hint: (hints: readonly Hint[]) => {
        for (const hint of hints) if (hint.kind === 'touch') touched.push(hint.subject)
        return Promise.resolve()
      },
    },
  } as unknown as Gatekeeper
  return { calls, touched, gatekeeper, repository }
}

/** What the first sweep of a large organisation costs, reckoned from the calls that it makes, without waiting for them. */
export const sweep = async (): Promise<readonly Figure[]> => {
  const { calls, touched, gatekeeper, repository } = counted()
  await sweeper(gatekeeper)()
  for (const subject of [...touched]) await lookAtRepository(gatekeeper, repository(subject.repository), ACME)
  calls.sideBySide += touched.filter(({ kind }) => kind === 'change').length * A_LOOK
  const minutes = ((calls.inTurn + calls.sideBySide / AT_ONCE) * A_CALL) / 60_000
  const all = calls.inTurn + calls.sideBySide
  return [
    {
      part: 'sweep',
      figure: `${grouped(all)} calls, ${minutes.toFixed(1)} minutes`,
      bar: 'fewer calls than repositories',
      met: all < REPOSITORIES,
      how: `The first sweep of ${grouped(REPOSITORIES)} repositories with ${OPEN} open pull requests, one in each of as many repositories, at ${A_CALL} ms a call, ${AT_ONCE} looks at once. The calls are those of the sweep on ports that count; GitHub’s limits for a minute are not reckoned with.`,
    },
  ]
}
