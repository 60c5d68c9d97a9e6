import { notFound, HttpProblem } from './problem.js'
import type { Caller } from './auth.js'
import type { Platform } from '../state/platform.js'
import type { Realm } from './route.js'
import type { Repository } from '../state/repository.js'

/** Whether the caller may see that a repository exists. */
export const sees = (platform: Platform, caller: Caller, repository: Repository): boolean => {
  if (!repository.private && caller.kind !== 'nobody') return true
  if (caller.kind === 'user') return platform.roleOf(repository, caller.account) !== null
  if (caller.kind !== 'installation') return false
  const { installation, repositories } = caller
  return (
    platform.repositoriesOf(installation).includes(repository) &&
    (repositories === null || repositories.has(repository.id))
  )
}

/** @throws {HttpProblem} 404 for a repository that the caller may not see, 403 where the installation is suspended. */
export const visible = (
  { platform }: Realm,
  caller: Caller,
  { owner, repo }: Readonly<Record<string, string>>,
): void => {
  if (caller.kind === 'installation' && caller.installation.suspendedAt !== null)
    throw new HttpProblem(403, 'This installation has been suspended')
  if (owner === undefined || repo === undefined) return
  const repository = platform.findRepository(owner, repo)
  if (!repository || !sees(platform, caller, repository)) throw notFound()
}
