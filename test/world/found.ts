import { generateKeyPairSync } from 'node:crypto'
import { WEB_FLOW, addCommit, moveBranch, githubSignature } from './operations/git.js'
import { manifest } from './permissions.js'
import { shared } from '../shared/shared.js'
import type { App, Installation } from './state/apps.js'
import type { Organisation } from './state/people.js'
import type { Platform } from './state/platform.js'
import type { Repository } from './state/repository.js'

/** Everybody's login in the default world, in the order of their ids from 101. `owner` owns the organisation. */
export const PEOPLE = ['dev', 'lena', 'leo', 'dora', 'dan', 'ada', 'cora', 'bob'] as const

export interface Keys {
  readonly publicKey: string
  readonly privateKey: string
}

/** As GitHub makes a private key on an app's page. */
export const newKeys = (): Keys =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

/** One key pair for all: making one takes longer than starting a world. */
export const keys = (): Keys => shared('key pair', newKeys)

export interface Founded {
  readonly organisation: Organisation
  readonly repository: Repository
  readonly app: App
  readonly installation: Installation
}

/** acme/shop with one commit by GitHub, its people, GitHub's own accounts, and the app installed everywhere. */
export const foundWorld = (platform: Platform): Founded => {
  const owner = platform.addAccount('User', 'owner', 100)
  const people = PEOPLE.map((login, index) => platform.addAccount('User', login, 101 + index))
  const webFlow = platform.addAccount('User', WEB_FLOW.login, WEB_FLOW.id)
  Object.assign(webFlow, { name: WEB_FLOW.name, email: WEB_FLOW.email })
  platform.addAccount('Organization', 'acme')
  const organisation = platform.organisation('acme')
  organisation.members.set(owner.id, { role: 'admin', state: 'active' })
  for (const person of people) organisation.members.set(person.id, { role: 'member', state: 'active' })
  addApp(platform, { id: 15_368, slug: 'github-actions', bot: 41_898_282, owner })
  platform.addAccount('Bot', 'github-merge-queue[bot]', 118_344_674)
  const app = addApp(platform, { id: 301, slug: 'release-gates', bot: 90_301, owner, publicKey: keys().publicKey })
  const { permissions, events } = manifest()
  const installation = platform.make('Installation', {
    app,
    account: organisation,
    permissions,
    events,
    suspendedAt: null,
    repositories: null,
    createdAt: platform.clock.now(),
  })
  platform.installations.push(installation)
  const repository = foundRepository(platform, organisation, 'shop')
  return { organisation, repository, app, installation }
}

/** A repository whose first commit GitHub made; every known person may write. */
export const foundRepository = (
  platform: Platform,
  organisation: Organisation,
  name: string,
  files: Readonly<Record<string, string>> = { 'README.md': `# ${name}\n` },
): Repository => {
  const repository = platform.addRepository(organisation, name)
  for (const [id, { role }] of organisation.members) if (role === 'member') repository.collaborators.set(id, 'write')
  const entries = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      { mode: '100644', sha: repository.store.addBlob(content) } as const,
    ]),
  )
  const first = addCommit(platform, repository, {
    parents: [],
    files: entries,
    message: 'Initial commit',
    author: githubSignature(platform),
    byGitHub: true,
  })
  moveBranch(platform, repository, 'main', first.sha, { by: platform.account('owner') })
  return repository
}

export interface NewApp {
  readonly id: number
  readonly slug: string
  readonly bot: number
  readonly owner: App['owner']
  readonly publicKey?: string
}

export const addApp = (platform: Platform, { id, slug, bot, owner, publicKey }: NewApp): App => {
  const account = platform.addAccount('Bot', `${slug}[bot]`, bot)
  const app = platform.make(
    'App',
    { slug, name: slug, owner, bot: account, publicKeys: publicKey === undefined ? [] : [publicKey] },
    id,
  )
  platform.apps.push(app)
  return app
}
