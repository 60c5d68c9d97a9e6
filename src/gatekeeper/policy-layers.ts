import type { Sha } from '../policy/facts.js'
import type { PolicySource } from '../policy/composing/gates.js'
import { readLayer } from './policies.js'
import type { Repository } from './ports.js'

/** The repository's own file at a commit. */
export const repositoryLayer = async (repository: Repository, sha: Sha): Promise<PolicySource> =>
  (await readLayer('repository', () => repository.policyAt(sha))).source

/** The organisation's file in its own repository at a commit; `null`: this is another repository. */
export const organisationLayer = async (repository: Repository, sha: Sha): Promise<PolicySource | null> => {
  let elsewhere = false
  const { source } = await readLayer('organisation', async () => {
    const found = await repository.organisationPolicyAt(sha)
    elsewhere = found === null
    return found ?? 'none'
  })
  return elsewhere ? null : source
}
