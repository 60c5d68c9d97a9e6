import { expect, test } from '@jest/globals'
import { ask, factFor, type Commit } from '../../src/policy/facts.js'
import { commitOf, type CommitParts } from '../../src/github/readers/commits.js'
import { aWorld, type World } from '../world/world.js'
import { gatewayFor } from './gateway-for.js'

const page = <T>(...nodes: readonly T[]) => ({
  totalCount: nodes.length,
  pageInfo: { hasNextPage: false, endCursor: null },
  nodes: [...nodes],
})
const person = (id: number, login: string) => ({ id: id as never, login, kind: 'user' as const })
interface Actor {
  readonly email: string
  readonly user: ReturnType<typeof person> | null
}
const dev: Actor = { email: 'dev@example.com', user: person(1, 'dev') }
const webFlow = { email: 'noreply@github.com', user: person(19_864_447, 'web-flow') }
const signed = { isValid: true, wasSignedByGitHub: true, signer: null }

const parts = (more: Partial<CommitParts> = {}): CommitParts => ({
  oid: 'c1',
  message: 'Do it',
  committedViaWeb: false,
  parents: page({ oid: 'c0' }),
  author: dev,
  committer: dev,
  authors: page(dev),
  signature: null,
  ...more,
})

test('web-flow is GitHub only under GitHub’s own valid signature', () => {
  expect(commitOf(parts({ committer: webFlow, signature: signed }))).toMatchObject({
    committer: 'github',
    madeByGitHub: true,
  })
  for (const signature of [null, { ...signed, isValid: false }, { ...signed, wasSignedByGitHub: false }])
    expect(commitOf(parts({ committer: webFlow, signature }))).toMatchObject({
      committer: { login: 'web-flow' },
      madeByGitHub: false,
    })
})

test('a commit that GitHub signed for somebody is not made by GitHub', () => {
  expect(commitOf(parts({ signature: signed }))).toMatchObject({ committer: { login: 'dev' }, madeByGitHub: false })
})

test('a verified signature names its signer, any other nobody', () => {
  const signature = { isValid: true, wasSignedByGitHub: false, signer: person(1, 'dev') }
  expect(commitOf(parts({ signature })).signedBy).toMatchObject({ login: 'dev' })
  expect(commitOf(parts({ signature: { ...signature, isValid: false } })).signedBy).toBeNull()
})

test('a co-author without an account stays unknown', () => {
  const stranger = { email: 'who@example.com', user: null }
  expect(commitOf(parts({ authors: page(dev, stranger) })).coAuthors).toEqual([null])
})

test('a trailer that GitHub does not list is somebody unknown, however it is written', () => {
  const message = 'Do it\n\nCo-Authored-By: Lena <lena@example.com>\nco-authored-by: Dev <DEV@example.com>'
  expect(commitOf(parts({ message })).coAuthors).toEqual([null])
})

test('authors beyond what one reply holds are somebody unknown', () => {
  expect(commitOf(parts({ authors: { ...page(dev), totalCount: 2 } })).coAuthors).toEqual([null])
})

test('parents beyond what one reply holds make the commit unreadable', () => {
  expect(() => commitOf(parts({ parents: { ...page({ oid: 'c0' }), totalCount: 2 } }))).toThrow(/parents/)
})

const commitsOf = async (world: World, number: number): Promise<readonly Commit[]> => {
  const { repository } = await gatewayFor(world)
  const facts = await (await repository.change(number))?.facts.answer([ask.commits], 0)
  const found = factFor(facts ?? new Map(), ask.commits)
  if (!found.known) throw new Error(found.reason)
  return found.value
}

test('an address that belongs to nobody is nobody', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev', author: null })
  expect(await commitsOf(world, pull.number)).toMatchObject([{ author: null }])
  await world.close()
})

test('an app’s commit is the app’s, though GraphQL names users only', async () => {
  const world = await aWorld()
  const app = world.anotherApp('dependabot')
  const pull = await world.opensPullRequest({ by: `${app.slug}[bot]` })
  expect(await commitsOf(world, pull.number)).toMatchObject([{ author: { login: 'dependabot[bot]', kind: 'app' } }])
  await world.close()
})

test('a merge of the base that GitHub made has GitHub as its committer', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.pushesTo('main', { by: 'owner', files: { 'other.ts': 'a\n' } })
  await world.updatesBranch(pull, { by: 'bob' })
  const commits = await commitsOf(world, pull.number)
  expect(commits.find(({ parents }) => parents.length > 1)).toMatchObject({ committer: 'github', madeByGitHub: true })
  await world.close()
})
