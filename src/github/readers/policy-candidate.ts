import { BadPolicyFile } from '../../gatekeeper/ports.js'
import type { Sha } from '../../policy/facts.js'
import type { Entry } from './policy-folder.js'

const CANDIDATES: readonly string[] = ['release-gates.yml', 'release-gates.yaml']
/** A policy file's largest size, in bytes. */
export const MOST_BYTES = 64 * 1024

/** The one candidate in a folder's listing; two, or one that is no plain file, are errors of the policy. */
export const candidateIn = (entries: readonly Entry[], commit: Sha): Entry | null => {
  const found = entries.filter(({ name }) => CANDIDATES.includes(name.toLowerCase()))
  const [first, second] = found
  if (!first) return null
  if (second) throw new BadPolicyFile(first.path, `there is ${second.path} too; only one of them may stand`, commit)
  if (!CANDIDATES.includes(first.name))
    throw new BadPolicyFile(first.path, `it is to be called ${CANDIDATES[0]}`, commit)
  if (first.type !== 'file')
    throw new BadPolicyFile(first.path, `it is a ${first.type}; a policy file is a plain file`, commit)
  return first
}
