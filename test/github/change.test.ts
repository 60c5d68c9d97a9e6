import { expect, test } from '@jest/globals'
import { Unreadable, type Repository } from '../../src/gatekeeper/ports.js'
import { ask, factFor, type Question } from '../../src/policy/facts.js'
import { aWorld } from '../world/world.js'
import { gatewayFor } from './gateway-for.js'

/** One fact of a pull request, which must be known. */
const fact = async <T>(repository: Repository, number: number, question: Question<T>): Promise<T> => {
  const facts = await (await repository.change(number))?.facts.answer([question], 0)
  const found = factFor(facts ?? new Map(), question)
  if (!found.known) throw new Error(found.reason)
  return found.value
}

const graphql = (requests: readonly { readonly path: string }[]) =>
  requests.filter(({ path }) => path.startsWith('/graphql'))

test('a warm pull request event costs one query', async () => {
  const world = await aWorld().withTeam('leads', ['lena'])
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.approves(pull, { by: 'lena' })
  const { repository } = await gatewayFor(world)
  await repository.change(pull.number)
  world.github.forgetsRequests()
  const state = await repository.change(pull.number)
  await state?.facts.answer(
    [ask.change, ask.commits, ask.files, ask.reviews, ask.comments, ask.checks, ask.conversations, ask.linkedIssues],
    0,
  )
  expect(world.github.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /graphql'])
  await world.close()
})

test('a pull request that is not there is null; one that is hidden is unreadable', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  expect(await repository.change(404)).toBeNull()
  await world.installsOn([])
  await expect(repository.change(404)).rejects.toBeInstanceOf(Unreadable)
  await world.close()
})

test('another repository under the same name is not read', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { gateway, repository } = await gatewayFor(world)
  const other = await gateway.repository({ ...repository.address, id: (repository.address.id + 1) as never })
  await expect(other.change(pull.number)).rejects.toThrow(/another repository now/)
  await expect(other.state()).rejects.toThrow(/another repository now/)
  await world.close()
})

test('every page of every list is read', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({
    by: 'dev',
    files: Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`src/${index}.ts`, 'a\n'])),
  })
  for (let index = 0; index < 110; index += 1) {
    await world.reviews(pull, { by: 'leo', state: 'COMMENTED' })
    await world.comments(pull, { by: 'leo', body: String(index) })
  }
  for (let index = 0; index < 120; index += 1) await world.pushes(pull, { by: 'dev' })
  await world.requestsChanges(pull, { by: 'lena' })
  const { repository } = await gatewayFor(world)
  expect(await fact(repository, pull.number, ask.files)).toHaveLength(250)
  expect(await fact(repository, pull.number, ask.commits)).toHaveLength(121)
  expect(await fact(repository, pull.number, ask.comments)).toHaveLength(110)
  expect((await fact(repository, pull.number, ask.reviews)).at(-1)).toMatchObject({ state: 'changes_requested' })
  await world.close()
}, 30_000)

test('commits beyond the 250 that GitHub lists are read along the history', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'bob' })
  for (let index = 0; index < 255; index += 1) await world.pushes(pull, { by: 'dev' })
  const { repository } = await gatewayFor(world)
  const commits = await fact(repository, pull.number, ask.commits)
  expect(commits).toHaveLength(256)
  expect(commits).toContainEqual(expect.objectContaining({ author: expect.objectContaining({ login: 'bob' }) }))
  expect(commits.map(({ sha }) => sha)).toContain(pull.headSha)
  await world.close()
}, 30_000)

test.each(['reviews', 'commits', 'files', 'comments', 'reviewThreads'])(
  'a list of %s that GitHub cuts without a word is unknown, and spoils no other fact',
  async (list) => {
    const world = await aWorld()
    const pull = await world.opensPullRequest({ by: 'dev' })
    await world.approves(pull, { by: 'lena' })
    await world.requestsChanges(pull, { by: 'leo' })
    await world.pushes(pull, { by: 'dev', files: { 'b.ts': 'b\n' } })
    await world.comments(pull, { by: 'leo', body: 'No.' })
    await world.opensThread(pull, { by: 'leo' })
    const { repository } = await gatewayFor(world, { fetch: cutting(list) })
    const questions = [ask.reviews, ask.commits, ask.files, ask.comments, ask.conversations, ask.change]
    const facts = await (await repository.change(pull.number))?.facts.answer(questions, 0)
    const name = list === 'reviewThreads' ? 'conversations' : list
    const unknown = questions.filter((question) => !factFor(facts ?? new Map(), question as Question).known)
    expect(unknown.map(({ key }) => key)).toEqual([name])
    await world.close()
  },
)

/** GitHub, which says how many there are and lists one less. */
const cutting =
  (list: string): typeof fetch =>
  async (input, init) => {
    const reply = await fetch(input, init)
    const body = (await reply.json()) as { data: { repository: { pullRequest: Record<string, { nodes: unknown[] }> } } }
    const connection = body.data.repository.pullRequest[list]
    connection?.nodes.pop()
    return new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } })
  }

test('a push while lists are read makes them unknown', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  for (let index = 0; index < 101; index += 1) await world.comments(pull, { by: 'leo', body: String(index) })
  const { repository } = await gatewayFor(world)
  const state = await repository.change(pull.number)
  await world.pushes(pull, { by: 'dev' })
  const facts = await state?.facts.answer([ask.comments], 0)
  expect(factFor(facts ?? new Map(), ask.comments)).toMatchObject({
    known: false,
    reason: expect.stringMatching(/changed/),
  })
  await world.close()
})

test('a renamed file keeps its former name', async () => {
  const world = await aWorld().withFiles({ 'src/auth.ts': 'a\n'.repeat(50) })
  const pull = await world.opensPullRequest({
    by: 'dev',
    files: { 'src/auth.ts': null, 'src/harmless.ts': 'a\n'.repeat(50) },
  })
  const { repository } = await gatewayFor(world)
  expect(await fact(repository, pull.number, ask.files)).toContainEqual(
    expect.objectContaining({ path: 'src/harmless.ts', previous: 'src/auth.ts' }),
  )
  await world.close()
})

test('retargeting leaves its time', async () => {
  const world = await aWorld()
  await world.setsBranch('next', world.tip(), {})
  const pull = await world.opensPullRequest({ by: 'dev', into: 'main' })
  await world.retargets(pull, 'next')
  const { repository } = await gatewayFor(world)
  expect(await fact(repository, pull.number, ask.change)).toMatchObject({
    base: 'next',
    retargetedAt: world.clock.now(),
  })
  await world.close()
})

test('other open pull requests with the same head are named', async () => {
  const world = await aWorld()
  await world.setsBranch('next', world.tip(), {})
  const first = await world.opensPullRequest({ by: 'dev', into: 'main', head: 'shared' })
  const second = await world.opensPullRequest({ by: 'dev', into: 'next', head: 'shared' })
  const { repository } = await gatewayFor(world)
  expect(await repository.change(first.number)).toMatchObject({ sharedBy: [second.number] })
  await world.closes(second, { by: 'dev' })
  expect(await repository.change(first.number)).toMatchObject({ sharedBy: [] })
  await world.close()
})

test('whoever enqueued or switched on auto-merge is named', async () => {
  const world = await aWorld()
  const queued = await world.opensPullRequest({ by: 'dev' })
  const automatic = await world.opensPullRequest({ by: 'dev' })
  await world.enablesAutoMerge(automatic, { by: 'bob' })
  await world.enqueues(queued, { by: 'dora' })
  const { repository } = await gatewayFor(world)
  expect(await fact(repository, queued.number, ask.change)).toMatchObject({
    enqueuedBy: { login: 'dora' },
    inMergeQueue: true,
  })
  expect(await fact(repository, automatic.number, ask.change)).toMatchObject({
    enqueuedBy: { login: 'bob' },
    inMergeQueue: false,
  })
  await world.close()
})

test('a comment that was edited says when and by whom', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const comment = await world.comments(pull, { by: 'lena', body: '/approve merge abcdef1' })
  world.clock.advance(60_000)
  await world.editsComment(comment, { by: 'bob', body: '/approve merge 1234567' })
  const { repository } = await gatewayFor(world)
  const edited = { by: { login: 'lena' }, editedBy: { login: 'bob' }, editedAt: world.clock.now() }
  expect(await fact(repository, pull.number, ask.comments)).toMatchObject([edited])
  expect(await repository.comment(comment.id)).toMatchObject({ ...edited, number: pull.number })
  await world.close()
})

test('checks carry the newest run of each name and suite, statuses their setter, and our own come apart', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.reportsCheck(pull.headSha, { name: 'test', status: 'completed', conclusion: 'failure' })
  await world.reportsCheck(pull.headSha, { name: 'test', status: 'completed', conclusion: 'success' })
  await world.setsStatus(pull.headSha, { by: 'bob', context: 'legacy', state: 'success' })
  const { repository } = await gatewayFor(world)
  const id = await repository.postCheck({
    name: 'release-gates/merge',
    sha: pull.headSha,
    conclusion: null,
    title: 'Waiting',
    summary: 'for somebody',
    externalId: 'digest',
  })
  expect(await repository.change(pull.number)).toMatchObject({
    checks: [{ id, name: 'release-gates/merge', status: 'in_progress', conclusion: null, externalId: 'digest' }],
  })
  const checks = await fact(repository, pull.number, ask.checks)
  expect(checks).toContainEqual(expect.objectContaining({ name: 'test', kind: 'run', conclusion: 'success' }))
  expect(checks).not.toContainEqual(expect.objectContaining({ name: 'test', conclusion: 'failure' }))
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: 'legacy',
      kind: 'status',
      app: null,
      by: expect.objectContaining({ login: 'bob' }),
    }),
  )
  expect(graphql(world.github.requests).length).toBeGreaterThan(0)
  await world.close()
})
