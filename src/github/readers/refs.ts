import { z } from 'zod'
import type { Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import type { Scope } from '../scope.js'
import { filled } from '../shapes.js'

const target = z.object({ sha: filled, type: filled })
const reply = z.object({ ref: filled, object: target })

/** Tags may point at tags; deeper than this nobody means it. */
const DEEPEST = 5

const peel = async (scope: Scope, name: string, { sha, type }: z.infer<typeof target>, depth = 0): Promise<Sha> => {
  if (type === 'commit') return sha
  if (type !== 'tag' || depth >= DEEPEST) throw unreadable(name, `it points at a ${type}`)
  const { object } = await scope.api.get(
    `tag ${name}`,
    'GET /repos/{owner}/{repo}/git/tags/{tag_sha}',
    { owner: scope.owner, repo: scope.repo, tag_sha: sha },
    z.object({ object: target }),
  )
  return peel(scope, name, object, depth + 1)
}

/** The commit that a full name (`heads/main`, `tags/v1`) points at; `null`: there is no such ref. */
export const readRef = async (scope: Scope, name: string): Promise<Sha | null> => {
  const found = await scope.api.find(
    `ref ${name}`,
    'GET /repos/{owner}/{repo}/git/ref/{ref}',
    { owner: scope.owner, repo: scope.repo, ref: name },
    reply,
  )
  if (found === null) return null
  if (found.ref !== `refs/${name}`) throw unreadable(`ref ${name}`, `GitHub answered with ${found.ref}`)
  return peel(scope, name, found.object)
}

/** What a short name means: the one of branch and tag that exists; both or a name made to mislead: not to be told. */
export interface RefFound {
  readonly ref: string | null
  readonly kind: 'branch' | 'tag' | null
  readonly tip: Sha | null
  readonly ambiguous: boolean
}

/** Something started from a bare SHA. */
export const NO_REF: RefFound = { ref: null, kind: null, tip: null, ambiguous: false }

/** A run names its branch or tag in short only. A branch may itself be called `refs/heads/main`, to be taken for another. */
export const findRef = async (scope: Scope, short: string): Promise<RefFound> => {
  const [branch, tag] = await Promise.all([readRef(scope, `heads/${short}`), readRef(scope, `tags/${short}`)])
  const ambiguous = (branch !== null && tag !== null) || short.startsWith('refs/')
  if (branch !== null) return { ref: `refs/heads/${short}`, kind: 'branch', tip: branch, ambiguous }
  if (tag !== null) return { ref: `refs/tags/${short}`, kind: 'tag', tip: tag, ambiguous }
  return { ref: null, kind: null, tip: null, ambiguous }
}
