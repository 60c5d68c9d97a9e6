import { ask, known, type Fact, type Facts, type Instant, type RepositoryFacts } from '../policy/facts.js'
import type { Gatekeeper } from './gatekeeper.js'
import type { RepositoryAddress } from './subject.js'

const STORE = 'our records'

/** The facts read from GitHub and what we know of the repository itself. */
export const withStoreFacts = (
  facts: Facts,
  repository: RepositoryFacts,
  now: Instant,
  more: Facts = new Map(),
): Facts => new Map<string, Fact>([...facts, ...more, [ask.repository.key, known(repository, STORE, now)]])

/** What people have done about one attempt to enter an environment, and what it owes. */
export const releaseFacts = async (
  { records, clock }: Pick<Gatekeeper, 'records' | 'clock'>,
  { id }: RepositoryAddress,
  at: { readonly environment: string; readonly run: number; readonly attempt: number; readonly sha: string },
): Promise<Facts> => {
  const now = clock.now()
  const [approvals, handovers, overrides, bypasses] = await Promise.all([
    records.approvals(id, at.environment, at.run, at.attempt),
    records.handovers(id, at.environment, at.run, at.attempt),
    records.overrides(id, at.environment, at.sha, { run: at.run, attempt: at.attempt }),
    records.bypasses(id, at.environment),
  ])
  return new Map<string, Fact>([
    [ask.approvals.key, known(approvals, STORE, now)],
    [ask.handovers.key, known(handovers, STORE, now)],
    [ask.overrides.key, known(overrides, STORE, now)],
    [ask.bypasses.key, known(bypasses, STORE, now)],
  ])
}
