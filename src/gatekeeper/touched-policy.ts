import type { PolicySource } from '../policy/composing/gates.js'
import { ask, factFor, type ChangedFile, type Sha } from '../policy/facts.js'
import type { JudgedChange } from './evaluate-change.js'
import { organisationLayer, repositoryLayer } from './policy-layers.js'
import type { PolicyPart } from './policy-part.js'
import { Unreadable, type Repository } from './ports.js'

const REPOSITORY_FILE = /^\.github\/release-gates\.ya?ml$/
const ORGANISATION_FILE = /^release-gates\.ya?ml$/

const SCENARIOS = /\.gates-test\.yml$/
const SCENARIO_FOLDER = /^\.github\//

/** What there is to say something about. */
export interface Touched {
  readonly parts: readonly PolicyPart[]
  /** Scenario files that the app reads. */
  readonly scenarios: boolean
}

/** The policy files that a head touches, and the repository's own where the one in force is broken; and scenario files. */
export const touchedBy = async (repository: Repository, { facts, read, state }: JudgedChange): Promise<Touched> => {
  const files = factFor(facts, ask.files)
  const paths = files.known ? files.value.flatMap(namesOf) : []
  const inForce = read.policies.repository
  const { baseSha, headSha } = state
  const parts: PolicyPart[] = []
  if (paths.some((path) => ORGANISATION_FILE.test(path))) {
    const layer = (sha: Sha) => organisationLayer(repository, sha)
    const source = await layer(headSha)
    const base = await layer(baseSha)
    if (source !== null && base !== null) {
      const left = await leftAt(repository, state, base, async (sha) => (await layer(sha)) ?? base)
      parts.push({ origin: 'organisation', source, inForce: base, left })
    }
  }
  if (inForce.state === 'invalid' || paths.some((path) => REPOSITORY_FILE.test(path))) {
    const layer = (sha: Sha) => repositoryLayer(repository, sha)
    const left = await leftAt(repository, state, inForce, layer)
    parts.push({ origin: 'repository', source: await layer(headSha), inForce, left })
  }
  return {
    parts,
    scenarios: await readsOneOf(
      repository,
      headSha,
      paths.filter((path) => SCENARIOS.test(path)),
    ),
  }
}

const namesOf = ({ path, previous }: ChangedFile): readonly string[] => (previous === null ? [path] : [path, previous])

/** The file as it was where the head left its base. */
const leftAt = async (
  repository: Repository,
  { baseSha, headSha }: JudgedChange['state'],
  inForce: PolicySource,
  layer: (sha: Sha) => Promise<PolicySource>,
): Promise<PolicySource> => {
  try {
    const sha = await repository.mergeBase(baseSha, headSha)
    return sha === baseSha ? inForce : await layer(sha)
  } catch (error) {
    if (error instanceof Unreadable) return { state: 'unreadable', reason: error.message }
    throw error
  }
}

/** Scenario files count below `.github`; in the organisation's policy repository, anywhere. */
const readsOneOf = async (repository: Repository, sha: Sha, paths: readonly string[]): Promise<boolean> =>
  paths.some((path) => SCENARIO_FOLDER.test(path)) ||
  (paths.length > 0 && (await organisationLayer(repository, sha)) !== null)
