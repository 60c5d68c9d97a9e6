import { expect, test } from '@jest/globals'
import { ask, factFor, type Question } from '../../src/policy/facts.js'
import { aWorld, type World } from '../world/world.js'
import { gatewayFor } from './gateway-for.js'

const QUESTIONS: readonly Question[] = [
  ask.change,
  ask.commits,
  ask.files,
  ask.reviews,
  ask.comments,
  ask.checks,
  ask.conversations,
  ask.linkedIssues,
  ask.diffs,
]

/** The field is refused whenever it is asked. */
const refused = (field: string) => ({
  path: /graphql/,
  field: `repository.pullRequest.${field}`,
  type: 'FORBIDDEN',
  message: 'Resource not accessible by integration',
  times: Number.POSITIVE_INFINITY,
})

const RESTS_ON: Readonly<Record<string, readonly string[]>> = {
  mergeQueueEntry: [],
  autoMergeRequest: [],
  closingIssuesReferences: ['linked_issues'],
  reviewThreads: ['conversations'],
  comments: ['comments'],
  'comments.nodes.editor': ['comments'],
  files: ['files'],
  reviews: ['diffs', 'reviews'],
  commits: ['commits', 'diffs'],
  head: ['checks'],
}

test.each(Object.entries(RESTS_ON))(
  '%s that GitHub refuses makes unknown what rests on it: %j',
  async (field, facts) => {
    const world = await aWorld()
    const pull = await world.opensPullRequest({ by: 'dev' })
    await world.comments(pull, { by: 'leo', body: 'Fine.' })
    world.github.fails(refused(field))
    const { repository } = await gatewayFor(world)
    const found = await (await repository.change(pull.number))?.facts.answer(QUESTIONS, 0)
    const unknown = QUESTIONS.map((question) => ({ key: question.key, fact: factFor(found ?? new Map(), question) }))
      .filter(({ fact }) => !fact.known)
      .map(({ key }) => key)
    expect(unknown.sort()).toEqual(facts)
    await world.close()
  },
)

test('why a part is unknown says what GitHub refused', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  world.github.fails(refused('closingIssuesReferences'))
  const { repository } = await gatewayFor(world)
  const facts = await (await repository.change(pull.number))?.facts.answer([ask.linkedIssues], 0)
  expect(factFor(facts ?? new Map(), ask.linkedIssues)).toMatchObject({
    known: false,
    reason: `closingIssuesReferences of #${pull.number} could not be read: GitHub answered FORBIDDEN: Resource not accessible by integration`,
  })
  await world.close()
})

test.each(['title', 'labels', 'timelineItems', 'baseRef'])(
  'a pull request without %s is not read at all',
  async (field) => {
    const world = await aWorld()
    const pull = await world.opensPullRequest({ by: 'dev' })
    world.github.fails(refused(field))
    const { repository } = await gatewayFor(world)
    await expect(repository.change(pull.number)).rejects.toThrow(/could not be read/)
    await world.close()
  },
)

test('who enqueued it is known from its timeline where the queue is not shown', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  world.github.fails(refused('mergeQueueEntry'))
  const { repository } = await gatewayFor(world)
  const change = async () => {
    const facts = await (await repository.change(pull.number))?.facts.answer([ask.change], 0)
    const found = factFor(facts ?? new Map(), ask.change)
    return found.known ? found.value : null
  }
  expect(await change()).toMatchObject({ inMergeQueue: false, enqueuedBy: null })
  await world.enqueues(pull, { by: 'lena' })
  expect(await change()).toMatchObject({ inMergeQueue: true, enqueuedBy: { login: 'lena' } })
  await world.dequeues(pull, { by: 'lena' })
  expect(await change()).toMatchObject({ inMergeQueue: false, enqueuedBy: null })
  await world.close()
})

test('who asked that it be merged by itself is known from its timeline where that is not shown', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.enablesAutoMerge(pull, { by: 'lena' })
  world.github.fails(refused('autoMergeRequest'))
  const { repository } = await gatewayFor(world)
  const facts = await (await repository.change(pull.number))?.facts.answer([ask.change], 0)
  expect(factFor(facts ?? new Map(), ask.change)).toMatchObject({ value: { enqueuedBy: { login: 'lena' } } })
  await world.close()
})

test('checks and this app’s own are read where GraphQL cannot tell the numbers of check runs', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { repository } = await gatewayFor(world)
  const own = { name: 'release-gates/merge', sha: pull.headSha, title: 'Waiting', summary: '', externalId: 'a' }
  await repository.postCheck({ ...own, conclusion: 'success' })
  const newest = await repository.postCheck({ ...own, conclusion: null, externalId: 'b' })
  await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
  world.github.fails(refused('head.nodes.commit.checkSuites.nodes.checkRuns.nodes.databaseId'))
  const state = await repository.change(pull.number)
  expect(state?.checks).toEqual([expect.objectContaining({ id: newest, status: 'in_progress', externalId: 'b' })])
  const found = factFor((await state?.facts.answer([ask.checks], 0)) ?? new Map(), ask.checks)
  expect(found.known && found.value.map(({ name }) => name)).toContain('test')
  await world.close()
})

/** What a run of the tip would ship, when only this branch's beginning was released. */
const shipsOf = async (world: World, from: string) => {
  const run = await world.runsWorkflow({ by: 'dora' })
  const { repository } = await gatewayFor(world)
  const subject = {
    kind: 'deployment',
    environment: 'production',
    run: await repository.run(run.id),
    requestedAt: 0,
    recordedTip: from,
  } as const
  return factFor(await repository.facts(subject, [ask.ships()], 0, { fresh: true }), ask.ships())
}

test('linked issues that GitHub refuses to show of what ships are unknown, and nothing else of it is', async () => {
  const world = await aWorld()
  const from = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev' })
  await world.merges(pull, { by: 'lena', method: 'squash' })
  world.github.fails({ ...refused(''), field: 'repository.p0.closingIssuesReferences' })
  expect(await shipsOf(world, from)).toMatchObject({
    known: true,
    value: { commits: [{ change: { number: pull.number, mergedBy: { login: 'lena' }, linkedIssues: null } }] },
  })
  await world.close()
})

test('every review of what ships is read, however many there are', async () => {
  const world = await aWorld()
  const from = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev' })
  for (let index = 0; index < 101; index += 1) await world.reviews(pull, { by: 'leo', state: 'COMMENTED' })
  await world.approves(pull, { by: 'lena' })
  await world.merges(pull, { by: 'lena', method: 'squash' })
  const ships = await shipsOf(world, from)
  expect(ships.known && ships.value.commits[0]?.change?.reviews).toHaveLength(102)
  await world.close()
})
