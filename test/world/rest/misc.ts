import { createPublicKey } from 'node:crypto'
import { HttpProblem, found, notFound } from '../http/problem.js'
import { REPO, list, ok, created, route } from '../http/route.js'
import { appView, userView } from '../views/people.js'
import { repositoryOf, text } from './common.js'
import { repositoryUrl } from '../views/repository.js'
import type { Realm, Reply, Route } from '../http/route.js'
import type { Release, Repository } from '../state/repository.js'

const releaseView = ({ platform }: Realm, repository: Repository, release: Release) => ({
  url: `${repositoryUrl(platform, repository)}/releases/${release.id}`,
  id: release.id,
  node_id: release.nodeId,
  tag_name: release.tag,
  target_commitish: repository.defaultBranch,
  name: release.name,
  body: release.body,
  draft: release.draft,
  prerelease: release.prerelease,
  created_at: platform.clock.iso(release.createdAt),
  published_at: release.draft ? null : platform.clock.iso(release.createdAt),
  author: userView(platform, release.author),
  assets: [],
})

const limit = { limit: 5000, used: 0, remaining: 5000, reset: 0 }

/** Releases, limits, meta, and the app's own registration. */
export const miscRoutes: readonly Route[] = [
  route(`GET ${REPO}/releases`, ['contents', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    return list([...repository.releases].reverse().map((release) => releaseView(realm, repository, release)))
  }),
  route(`GET ${REPO}/releases/tags/{tag}`, ['contents', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    return ok(
      releaseView(
        realm,
        repository,
        found(repository.releases.find(({ tag, draft }) => tag === call.params['tag'] && !draft)),
      ),
    )
  }),
  route('GET /rate_limit', 'any', ({ platform }) => {
    const one = { ...limit, reset: Math.floor(platform.clock.now() / 1000) + 3600 }
    return ok({ resources: { core: one, search: one, graphql: one }, rate: one })
  }),
  route('GET /meta', 'any', () => ok({ verifiable_password_authentication: false, hooks: ['127.0.0.0/8'] })),
]

/** The registration page's last step: a code becomes the app with its secrets. Asked without a token. */
export const convertManifest = (realm: Realm, privateKey: string, webhookSecret: string): Reply => {
  const publicHalf = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
  const app = realm.platform.apps.find(({ publicKeys }) => publicKeys.includes(publicHalf))
  if (!app) throw notFound()
  const now = realm.platform.clock.iso()
  return created({
    ...appView(realm.platform, app),
    created_at: now,
    updated_at: now,
    client_id: realm.oauth.clientId,
    client_secret: realm.oauth.clientSecret,
    webhook_secret: webhookSecret,
    pem: privateKey,
  })
}

interface Grant {
  readonly login: string
  readonly redirect: string
}

/** OAuth's web flow: whoever the test says is signed in approves at once. */
export const oauthWeb = (signedIn: () => string | null) => {
  const grants = new Map<string, Grant>()
  return (realm: Realm, method: string, url: URL, body: Readonly<Record<string, unknown>>): Reply | null => {
    if (url.pathname === '/login/oauth/authorize' && method === 'GET') return authorize(realm, url, grants, signedIn())
    if (url.pathname !== '/login/oauth/access_token' || method !== 'POST') return null
    const code = text(body['code']) ?? url.searchParams.get('code') ?? ''
    const grant = grants.get(code)
    const genuine =
      (body['client_id'] ?? url.searchParams.get('client_id')) === realm.oauth.clientId &&
      (body['client_secret'] ?? url.searchParams.get('client_secret')) === realm.oauth.clientSecret
    if (!grant || !genuine)
      return ok({
        error: genuine ? 'bad_verification_code' : 'incorrect_client_credentials',
        error_description: 'The code passed is incorrect or expired.',
      })
    grants.delete(code)
    return ok({
      access_token: realm.keyring.issueUser(realm.platform.account(grant.login)),
      token_type: 'bearer',
      scope: '',
    })
  }
}

const authorize = (realm: Realm, url: URL, grants: Map<string, Grant>, login: string | null): Reply => {
  if (url.searchParams.get('client_id') !== realm.oauth.clientId) throw new HttpProblem(404, 'Not Found')
  const redirect = url.searchParams.get('redirect_uri') ?? '/'
  const target = new URL(redirect)
  const state = url.searchParams.get('state')
  if (state !== null) target.searchParams.set('state', state)
  if (login === null) target.searchParams.set('error', 'access_denied')
  else {
    const code = `code${realm.platform.nextId('OAuthCode')}`
    grants.set(code, { login, redirect })
    target.searchParams.set('code', code)
  }
  return { status: 302, headers: { location: target.href } }
}
