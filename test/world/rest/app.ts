import { HttpProblem, found, unprocessable } from '../http/problem.js'
import { allows, created, list, listUnder, ok, route } from '../http/route.js'
import { accountOf, number, organisationOf, repositoryOf } from './common.js'
import { appView, installationView } from '../views/people.js'
import { repositoryView } from '../views/repository.js'
import { sees } from '../http/visible.js'
import type { Access, Installation, Permissions } from '../state/apps.js'
import type { Account } from '../state/people.js'
import type { Call, Realm, Route } from '../http/route.js'

const own = ({ platform }: Realm, { caller }: Call) =>
  platform.installations.filter(({ app }) => caller.kind === 'app' && app === caller.app)

const installed = (realm: Realm, call: Call, account: Account): Installation =>
  found(own(realm, call).find((one) => one.account === account))

/** The app itself, its installations and their tokens. */
export const appRoutes: readonly Route[] = [
  route('GET /app', 'jwt', ({ platform }, { caller }) => {
    if (caller.kind !== 'app') throw new HttpProblem(401, 'A JSON web token could not be decoded')
    const installation = platform.installations.find(({ app }) => app === caller.app)
    const now = platform.clock.iso()
    return ok({
      ...appView(platform, caller.app, installation),
      created_at: now,
      updated_at: now,
      installations_count: platform.installations.length,
    })
  }),
  route('GET /app/installations', 'jwt', (realm, call) =>
    list(own(realm, call).map((one) => installationView(realm.platform, one))),
  ),
  route('GET /app/installations/{installation_id}', 'jwt', (realm, call) =>
    ok(
      installationView(
        realm.platform,
        found(own(realm, call).find(({ id }) => id === number(call, 'installation_id'))),
      ),
    ),
  ),
  route('GET /orgs/{org}/installation', 'jwt', (realm, call) =>
    ok(installationView(realm.platform, installed(realm, call, organisationOf(realm, call)))),
  ),
  route('GET /users/{username}/installation', 'jwt', (realm, call) =>
    ok(installationView(realm.platform, installed(realm, call, accountOf(realm, call)))),
  ),
  route('GET /repos/{owner}/{repo}/installation', 'jwt', (realm, call) => {
    const repository = repositoryOf(realm, call)
    const installation = installed(realm, call, repository.owner)
    found(realm.platform.repositoriesOf(installation).includes(repository) ? installation : null)
    return ok(installationView(realm.platform, installation))
  }),
  route('POST /app/installations/{installation_id}/access_tokens', 'jwt', (realm, call) => {
    const installation = found(own(realm, call).find(({ id }) => id === number(call, 'installation_id')))
    if (installation.suspendedAt !== null) throw new HttpProblem(403, 'This installation has been suspended')
    return created(token(realm, call, installation))
  }),
  route('GET /installation/repositories', 'any', ({ platform }, { caller }) => {
    if (caller.kind !== 'installation')
      throw new HttpProblem(403, 'You must authenticate with an installation access token')
    const repositories = platform
      .repositoriesOf(caller.installation)
      .filter((repository) => sees(platform, caller, repository))
    return listUnder(
      'repositories',
      repositories.map((repository) => repositoryView(platform, repository)),
      {
        repository_selection: caller.installation.repositories === null ? 'all' : 'selected',
      },
    )
  }),
]

/** Narrowed by permission and repository where the caller asks; never widened. */
const token = ({ platform, keyring }: Realm, { body }: Call, installation: Installation) => {
  const asked = body['permissions'] as Readonly<Record<string, Access>> | undefined
  const wide = Object.entries(asked ?? {}).find(
    ([name, access]) => name !== 'metadata' && !allows(installation.permissions[name], access),
  )
  if (wide) throw unprocessable('The permissions requested are not granted to this installation.')
  const permissions: Permissions = asked ? { metadata: 'read', ...asked } : installation.permissions
  const all = platform.repositoriesOf(installation)
  const named = (body['repositories'] as readonly string[] | undefined)?.map(
    (name) => all.find((one) => one.name === name)?.id,
  )
  const ids =
    (body['repository_ids'] as readonly number[] | undefined)?.map((id) => all.find((one) => one.id === id)?.id) ??
    named
  if (ids?.includes(undefined))
    throw unprocessable(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  const repositories = ids ? new Set(ids.flatMap((id) => id ?? [])) : null
  return {
    token: keyring.issueInstallation(installation, permissions, repositories),
    expires_at: platform.clock.iso(platform.clock.now() + 3_600_000),
    permissions,
    repository_selection: repositories || installation.repositories ? 'selected' : 'all',
    ...(repositories && {
      repositories: all.filter(({ id }) => repositories.has(id)).map((one) => repositoryView(platform, one)),
    }),
  }
}
