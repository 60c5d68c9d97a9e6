import { found, HttpProblem } from '../http/problem.js'
import { resolve } from '../operations/git.js'
import type { Account } from '../state/people.js'
import type { App } from '../state/apps.js'
import type { Call, Realm } from '../http/route.js'
import type { Commit } from '../state/git.js'
import type { Organisation } from '../state/people.js'
import type { Pull } from '../state/pulls.js'
import type { Repository } from '../state/repository.js'
import { isOrganisation } from '../state/people.js'

/** What a path names, or GitHub's 404. */
export const repositoryOf = ({ platform }: Realm, { params }: Call): Repository =>
  found(platform.findRepository(params['owner'] ?? '', params['repo'] ?? ''))

export const organisationOf = ({ platform }: Realm, { params }: Call): Organisation => {
  const account = found(platform.findAccount(params['org'] ?? ''))
  return found(isOrganisation(account) ? account : null)
}

export const accountOf = ({ platform }: Realm, { params }: Call): Account =>
  found(platform.findAccount(params['username'] ?? ''))

export const pullOf = (realm: Realm, call: Call): Pull =>
  found(
    repositoryOf(realm, call).pulls.find(
      ({ number }) => number === Number(call.params['pull_number'] ?? call.params['issue_number']),
    ),
  )

/** A ref or SHA of the path as a commit; what git does not know is 422 there. */
export const commitOf = (repository: Repository, name: string): Commit => {
  const sha = resolve(repository, name)
  if (sha === null) throw new HttpProblem(422, `No commit found for SHA: ${name}`)
  return repository.store.commit(sha)
}

export const number = (call: Call, name: string): number => Number(call.params[name])

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Who acts: the app's bot, or the person. */
export const actorOf = ({ caller }: Call): { readonly account: Account; readonly app: App | null } => {
  switch (caller.kind) {
    case 'installation':
      return { account: caller.installation.app.bot, app: caller.installation.app }
    case 'user':
      return { account: caller.account, app: null }
    case 'app':
      return { account: caller.app.bot, app: caller.app }
    case 'nobody':
      throw new HttpProblem(401, 'Requires authentication')
  }
}

export const instant = (value: unknown): number | undefined =>
  typeof value === 'string' ? Date.parse(value) : undefined
