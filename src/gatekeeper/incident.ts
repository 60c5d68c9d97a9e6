import type { Gate } from '../policy/gate.js'
import type { Values } from '../policy/verdict.js'
import { showCheck } from './answer-check.js'
import { checkName } from './check-names.js'
import { STALE_AFTER, type Gatekeeper } from './gatekeeper.js'
import type { Lease, Repository } from './ports.js'
import type { ReleaseAsked } from './release.js'

/** Something entered an environment past its gate. */
export interface Incident {
  /** Makes it happen once. */
  readonly key: string
  readonly asked: Pick<ReleaseAsked, 'environment' | 'run' | 'attempt' | 'sha'>
  readonly values: Values
}

/** What a failing check says of an incident. */
export interface IncidentWords {
  readonly title: string
  readonly summary: string
}

/** Puts it on record, once, with the debt that follows; whether it is new. */
export const recordIncident = async (
  { records, clock, log }: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { key, asked, values }: Incident,
): Promise<boolean> => {
  const { environment, run, attempt, sha } = asked
  const { id, installation } = repository.address
  const fresh = await records.incident(
    { key, installation, repository: id, environment, run, attempt, sha, values },
    clock.now(),
  )
  if (fresh)
    log.warn({ subject: lease.key, environment, run, attempt, ...values }, 'an environment was entered past its gate')
  return fresh
}

/** Shows it as a failing check on the commit; where it stands already, nothing is said. */
export const showIncident = async (
  gatekeeper: Gatekeeper,
  lease: Lease,
  repository: Repository,
  { asked }: Incident,
  { mode }: Gate,
  words: IncidentWords,
): Promise<void> => {
  const name = checkName({ of: 'deploy', environment: asked.environment }, mode)
  const reference = `${asked.run}.${asked.attempt}`
  const content = { name, sha: asked.sha, conclusion: 'failure' as const, ...words, reference }
  await showCheck(gatekeeper, lease, repository, content, null, STALE_AFTER)
}

/** The gate of a repository that no policy file governs. */
export const isBuiltIn = ({ layers, problem }: Gate): boolean =>
  problem === null && layers.every(({ name }) => name === 'built-in')

/** A gate that somebody wrote for this environment; one that cannot be read might be. */
export const isWritten = (gate: Gate): boolean =>
  gate.problem === null ? !isBuiltIn(gate) : gate.problem.code !== 'no_rule_applies'
