import { expect, test } from '@jest/globals'
import type { ReaderRecords } from '../../src/gatekeeper/ports.js'
import { originsOf } from '../../src/github/readers/origins.js'
import { ask, factFor, type Commit, type ShippedCommit } from '../../src/policy/facts.js'
import { aWorld, type World } from '../world/world.js'
import { gatewayFor } from './gateway-for.js'

/** What a push from `before` to the tip of main brought. */
const broughtSince = async (
  world: World,
  before: string,
  records: Partial<ReaderRecords> = {},
): Promise<readonly ShippedCommit[]> => {
  const { repository } = await gatewayFor(world, { records })
  const subject = { kind: 'push', branch: 'main', before, after: world.tip(), by: null } as const
  const found = factFor(await repository.facts(subject, [ask.push], 0, { fresh: true }), ask.push)
  if (!found.known) throw new Error(found.reason)
  return found.value.commits
}

const numbers = (commits: readonly ShippedCommit[]) =>
  Object.fromEntries(commits.map(({ sha, change }) => [sha, change?.number ?? null]))

test('a merge that GitHub made brings its own commit and all on its second side', async () => {
  const world = await aWorld()
  const base = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev', title: 'Pay' })
  const first = pull.headSha
  await world.pushes(pull, { by: 'bob' })
  await world.approves(pull, { by: 'lena' })
  const merge = await world.merges(pull, { by: 'leo' })
  const asked: unknown[] = []
  const commits = await broughtSince(world, base, {
    mergeGate: async (...question) => {
      asked.push(question)
      return 'allow'
    },
  })
  expect(numbers(commits)).toEqual({ [first]: pull.number, [pull.headSha]: pull.number, [merge]: pull.number })
  expect(commits.find(({ sha }) => sha === merge)).toMatchObject({
    madeByGitHub: true,
    change: {
      title: 'Pay',
      author: { login: 'dev' },
      mergedBy: { login: 'leo' },
      reviews: [{ by: { login: 'lena' }, state: 'approved' }],
      gate: 'allow',
    },
  })
  expect(asked).toEqual([[world.repository().id, pull.number, pull.headSha]])
  await world.close()
})

test.each(['squash', 'rebase'] as const)('a %s is its pull request’s', async (method) => {
  const world = await aWorld()
  const base = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.pushes(pull, { by: 'bob' })
  await world.pushesTo('main', { by: 'owner', files: { 'else.ts': 'a\n' } })
  await world.merges(pull, { by: 'leo', method })
  const commits = await broughtSince(world, base)
  expect(commits.map(({ change }) => change?.number ?? null)).toEqual(
    method === 'squash' ? [null, pull.number] : [null, pull.number, pull.number],
  )
  await world.close()
})

test('a direct push is nobody’s, also between two merges', async () => {
  const world = await aWorld()
  const base = world.tip()
  await world.merges(await world.opensPullRequest({ by: 'dev' }), { by: 'leo' })
  const direct = await world.pushesTo('main', { by: 'bob' })
  await world.merges(await world.opensPullRequest({ by: 'dev' }), { by: 'leo' })
  const commits = await broughtSince(world, base)
  expect(commits.find(({ sha }) => sha === direct.sha)).toMatchObject({ change: null })
  expect(commits.filter(({ change }) => change === null)).toHaveLength(1)
  await world.close()
})

test('commits of the base that a pull request had merged in are not its own', async () => {
  const world = await aWorld()
  const base = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const direct = await world.pushesTo('main', { by: 'bob', files: { 'else.ts': 'a\n' } })
  await world.updatesBranch(pull, { by: 'dev' })
  await world.merges(pull, { by: 'leo' })
  const commits = await broughtSince(world, base)
  expect(numbers(commits)[direct.sha]).toBeNull()
  expect(commits.filter(({ change }) => change === null)).toHaveLength(1)
  await world.close()
})

test('who merged through the queue is who put it there', async () => {
  const world = await aWorld()
  const base = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.mergesQueueUpTo(await world.enqueues(pull, { by: 'dora' }))
  expect((await broughtSince(world, base)).at(-1)).toMatchObject({ change: { mergedBy: { login: 'dora' } } })
  await world.close()
})

test('a push says whether it was forced, and what a new or deleted branch is', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  const pushOf = async (before: string | null, after: string) => {
    const subject = { kind: 'push', branch: 'main', before, after, by: 101 } as const
    const found = factFor(await repository.facts(subject, [ask.push], 0, { fresh: true }), ask.push)
    return found.known ? found.value : found.reason
  }
  const base = world.tip()
  const lost = await world.pushesTo('main', { by: 'bob' })
  await world.setsBranch('main', base)
  const kept = await world.pushesTo('main', { by: 'dev', files: { 'else.ts': 'a\n' } })
  const zero = '0'.repeat(40)
  expect(await pushOf(base, kept.sha)).toMatchObject({ forced: false, created: false, by: { login: 'dev' } })
  expect(await pushOf(lost.sha, kept.sha)).toMatchObject({ forced: true, commits: [{ sha: kept.sha }] })
  expect(await pushOf(kept.sha, base)).toMatchObject({ forced: true, commits: [] })
  expect(await pushOf(zero, kept.sha)).toMatchObject({ created: true, commits: [] })
  expect(await pushOf(kept.sha, zero)).toMatchObject({ deleted: true, commits: [] })
  await world.close()
})

const dev = { id: 1 as never, login: 'dev', kind: 'user' } as const
const commit = (sha: string, parents: readonly string[], madeByGitHub = false): Commit => ({
  sha,
  author: dev,
  committer: madeByGitHub ? 'github' : dev,
  coAuthors: [],
  parents,
  message: sha,
  madeByGitHub,
  signedBy: madeByGitHub ? 'github' : null,
  pushedAt: null,
})

test('a merge made by hand is nobody’s, though GitHub names it as the pull request’s', async () => {
  const scope = { signsWebCommits: true, id: 1, api: {}, cache: {} } as never
  const commits = [commit('head', ['base']), commit('merge', ['base', 'head'])]
  const pulls = new Map([['merge', [{ number: 7, head: 'head', base: 'main', commits: 1 }]]])
  expect(numbers(await originsOf(scope, 'merge', commits, pulls))).toEqual({ head: null, merge: null })
})

test('a merge whose second parent is not the head that was merged is nobody’s', async () => {
  const scope = { signsWebCommits: true, id: 1, api: {}, cache: {} } as never
  const commits = [commit('other', ['base']), commit('merge', ['base', 'other'], true)]
  const pulls = new Map([['merge', [{ number: 7, head: 'head', base: 'main', commits: 1 }]]])
  expect(numbers(await originsOf(scope, 'merge', commits, pulls))).toEqual({ other: null, merge: null })
})
