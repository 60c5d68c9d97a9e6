import { z } from 'zod'
import { ask, type Deployment } from '../facts.js'
import { globs } from '../parameters.js'
import { fitsGlob } from '../patterns.js'
import { allow, defineRule, deny, undecided, wait } from '../rule.js'
import type { Code } from '../verdict.js'

const params = z
  .strictObject({ branches: globs.optional(), tags: globs.optional() })
  .refine(({ branches, tags }) => branches ?? tags, { error: 'must have branches or tags' })
type Params = z.output<typeof params>

const BRANCH = 'refs/heads/'
const TAG = 'refs/tags/'
/** Names that pass for something else: a branch named like a ref, and the merge queue's own branches. */
const MISLEADING = ['refs/', 'heads/', 'tags/', 'gh-readonly-queue/']

/** The ref fits. Its kind is taken off once, so that a branch named `refs/heads/main` is not `main`. */
const fits = ({ branches, tags }: Params, { ref, fork }: Pick<Deployment, 'ref' | 'fork'>): boolean => {
  if (ref === null || fork) return false
  const [globsOfKind, kind] = ref.startsWith(BRANCH) ? [branches, BRANCH] : ref.startsWith(TAG) ? [tags, TAG] : []
  if (globsOfKind === undefined || kind === undefined) return false
  const name = ref.slice(kind.length)
  return !MISLEADING.some((start) => name.startsWith(start)) && fitsGlob(globsOfKind, name)
}

/** The same name as a tag, where it is a branch's, and the other way round. */
const otherKind = (ref: string | null): string | null => {
  if (ref === null) return null
  return ref.startsWith(BRANCH) ? TAG + ref.slice(BRANCH.length) : BRANCH + ref.slice(TAG.length)
}

/**
 * What cannot be told of a ref where nothing is waited for: what is no answer must not turn into a yes inside `not`, nor
 * take a requirement away inside `when`. `null`: it can be told.
 */
const doubtIn = (given: Params, { ref, fork, sameNamedRef, reachable }: Deployment): Code | null => {
  const fitting = fits(given, { ref, fork })
  if (sameNamedRef && (fitting || fits(given, { ref: otherKind(ref), fork }))) return 'ref_ambiguous'
  return fitting && !reachable ? 'sha_not_reachable' : null
}

/** What stands in the way besides the name. */
const alsoWrong = ({ fork, sameNamedRef }: Deployment): readonly Code[] => [
  ...(fork ? (['fork_not_allowed'] as const) : []),
  ...(sameNamedRef ? (['ref_ambiguous'] as const) : []),
]

/** The run's ref is one of these branches or tags of this repository, without doubt, and the SHA is reachable from it. */
export const ref = defineRule({
  name: 'ref',
  about: "The run's branch or tag is listed, and the commit is reachable from it.",
  gates: ['release'],
  predicate: true,
  params,
  asks: () => ({ deployment: ask.deployment }),
  check({ deployment }, given, { predicate }) {
    const values = { ref: deployment.ref, sha: deployment.sha, branches: given.branches ?? [], tags: given.tags ?? [] }
    const doubt = predicate ? doubtIn(given, deployment) : null
    if (doubt !== null) return undecided(doubt, values)
    if (!fits(given, deployment))
      return deny('ref_not_allowed', { ...values, fork: deployment.fork }, { also: alsoWrong(deployment) })
    if (deployment.sameNamedRef) return deny('ref_ambiguous', values)
    return deployment.reachable ? allow({ ref: deployment.ref }) : wait('sha_not_reachable', values)
  },
})
