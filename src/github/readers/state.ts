import { z } from 'zod'
import type { Sha } from '../../policy/facts.js'
import { unreadable } from '../errors.js'
import { sameRepository, type Scope } from '../scope.js'
import { filled, text } from '../shapes.js'

const repository = (scope: Scope) =>
  z.intersection(
    sameRepository(scope),
    z.object({
      name: filled,
      owner: z.object({ login: filled, type: text }),
      default_branch: filled,
      private: z.boolean(),
      archived: z.boolean(),
    }),
  )

const branch = z.object({ name: filled, commit: z.object({ sha: filled }) })

/** A branch's tip. */
export const readTip = async (
  scope: Pick<Scope, 'api'>,
  { owner, repo }: { readonly owner: string; readonly repo: string },
  name: string,
): Promise<Sha> => {
  const what = `branch ${name} of ${owner}/${repo}`
  const found = await scope.api.get(
    what,
    'GET /repos/{owner}/{repo}/branches/{branch}',
    { owner, repo, branch: name },
    branch,
  )
  if (found.name !== name) throw unreadable(what, `GitHub answered with ${found.name}`)
  return found.commit.sha
}

/** The repository as it is now; another one under this name throws. */
export const readState = async (scope: Scope) => {
  const at = { owner: scope.owner, repo: scope.repo }
  const found = await scope.api.get(`${scope.owner}/${scope.repo}`, 'GET /repos/{owner}/{repo}', at, repository(scope))
  return {
    owner: found.owner.login,
    name: found.name,
    ownerKind: found.owner.type === 'Organization' ? ('organization' as const) : ('user' as const),
    defaultBranch: found.default_branch,
    tip: await readTip(scope, at, found.default_branch),
    private: found.private,
    archived: found.archived,
  }
}
