import { z } from 'zod'
import type { Sha } from '../../policy/facts.js'
import type { Scope } from '../scope.js'
import { positive, text } from '../shapes.js'

const pull = z.object({
  number: positive,
  state: text,
  merged_at: text.nullish(),
  head: z.object({ sha: text }),
  base: z.object({ repo: z.object({ id: positive }) }),
})

/** Open or merged pull requests of this repository that have this commit; `closed`: closed ones too; `head`: only those of which it is the head. */
export const changesWith = async (
  scope: Scope,
  sha: Sha,
  { closed = false, head = false }: { readonly closed?: boolean; readonly head?: boolean } = {},
): Promise<readonly number[]> => {
  const pulls = await scope.api.all(
    `pull requests with ${sha}`,
    'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    { owner: scope.owner, repo: scope.repo, commit_sha: sha },
    pull,
  )
  return pulls
    .filter(({ base }) => base.repo.id === scope.id)
    .filter(({ state, merged_at: merged }) => closed || state === 'open' || typeof merged === 'string')
    .filter((one) => !head || one.head.sha === sha)
    .map(({ number }) => number)
}

/** Numbers of every open pull request. */
export const openChanges = async (scope: Scope): Promise<readonly number[]> => {
  const pulls = await scope.api.all(
    'open pull requests',
    'GET /repos/{owner}/{repo}/pulls',
    { owner: scope.owner, repo: scope.repo, state: 'open' },
    z.object({ number: positive }),
  )
  return pulls.map(({ number }) => number)
}
