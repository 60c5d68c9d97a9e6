import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { QueueEntry } from '../world/state/pulls.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, heals, MERGE, opened, posts, PUSH } from './shop.js'

describe('the merge queue', () => {
  let world: World
  let flow: Flow

  beforeEach(async () => {
    world = await aShop()
    flow = await startFlow(world)
  })
  afterEach(() => flow.end())

  const approved = async (head: string, by = 'lena') => {
    const pull = await opened(world, { head, files: { [`src/${head}.ts`]: head } })
    await world.approves(pull, { by })
    await world.settled()
    return pull
  }
  /** GitHub asks for the checks of a commit on the group's branch. */
  const asksFor = async ({ ref, base }: QueueEntry, sha: string) => {
    const body = JSON.stringify({
      action: 'checks_requested',
      installation: { id: world.installation.id },
      repository: { id: world.repository().id, name: 'shop', owner: { login: 'acme' } },
      sender: { id: 118_344_674, login: 'github-merge-queue[bot]', type: 'Bot' },
      merge_group: { head_sha: sha, head_ref: ref, base_sha: base, base_ref: 'refs/heads/main' },
    })
    expect(await posts(flow.app.port, { event: 'merge_group', body })).toBe(202)
  }
  const queueIsHidden = () =>
    world.github.fails({ path: /graphql/, field: 'repository.mergeQueue', type: 'FORBIDDEN', times: 1000 })
  const green = (sha: string) => world.reportsCheck(sha, { name: 'test', conclusion: 'success' })

  test('a group opens when its pull request is approved at its own head and the group itself is green', async () => {
    const entry = await world.enqueues(await approved('one'), { by: 'leo' })
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'in_progress' })
    await green(entry.head)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'completed', conclusion: 'success' })
  })

  test('a green pull request says nothing about the group: its own checks are asked', async () => {
    const entry = await world.enqueues(await approved('one'), { by: 'leo' })
    await world.reportsCheck(entry.head, { name: 'test', conclusion: 'failure' })
    const check = await world.check(entry.head, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/test/)
  })

  test('checks that a pull request is asked for by a condition are asked of its group too', async () => {
    await world.commitsPolicy(`version: 1
branches:
  main:
    merge:
      - approval: { from: development-leads }
      - when: [{ changed: { paths: ['src/**'] } }]
        require: [{ all: [{ checks: [test] }] }]
      - when: [{ changed: { paths: ['docs/**'] } }]
        require: [{ checks: [spelling] }]
`)
    const entry = await world.enqueues(await approved('one'), { by: 'leo' })
    await world.reportsCheck(entry.head, { name: 'test', conclusion: 'failure' })
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'in_progress' })
    await green(entry.head)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'completed', conclusion: 'success' })
  })

  test('an unapproved pull request closes every group that it rides in, and is named', async () => {
    const bad = await opened(world, { head: 'bad', files: { 'src/bad.ts': 'bad' } })
    const first = await world.enqueues(bad, { by: 'leo' })
    const second = await world.enqueues(await approved('good'), { by: 'leo' })
    await green(first.head)
    await green(second.head)
    for (const { head } of [first, second]) {
      const check = await world.check(head, MERGE)
      expect(check).toMatchObject({ status: 'in_progress' })
      expect(`${check?.title}\n${check?.summary}`).toContain(`#${bad.number}`)
    }
  })

  test('a group opens when the last approval comes while it is in the queue', async () => {
    const pull = await opened(world, { head: 'late' })
    const entry = await world.enqueues(pull, { by: 'leo' })
    await green(entry.head)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'in_progress' })
    await world.approves(pull, { by: 'lena' })
    await heals(world, 1)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a group closes again when an approval is dismissed while it is in the queue', async () => {
    const pull = await opened(world, { head: 'one' })
    const review = await world.approves(pull, { by: 'lena' })
    const entry = await world.enqueues(pull, { by: 'leo' })
    await green(entry.head)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.dismisses(review)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('a commit in the group that is no pull request’s closes it, and is named', async () => {
    const pull = await approved('one')
    const entry = await world.enqueues(pull, { by: 'leo' })
    const stray = world.commits(entry.head, { by: 'bob', files: { 'src/evil.ts': 'evil' } })
    await world.setsBranch(entry.ref.replace('refs/heads/', ''), stray.sha, { by: 'bob' })
    await green(stray.sha)
    await asksFor(entry, stray.sha)
    await heals(world, 2)
    const check = await world.check(stray.sha, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(`${check?.title}\n${check?.summary}`).toMatch(/pull request|belongs/i)
  })

  test('a queue that cannot be read closes the group, says so, and heals', async () => {
    const pull = await approved('one')
    world.github.fails({ path: /graphql/, field: 'repository.mergeQueue', times: 100 })
    const entry = await world.enqueues(pull, { by: 'leo' })
    await green(entry.head)
    const check = await world.check(entry.head, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(`${check?.title}\n${check?.summary}`).toMatch(/could not be read/i)
    world.github.recovers()
    await heals(world, 1)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a queue that this app may not see closes what only the queue can tell, and says what is missing', async () => {
    const pull = await approved('one')
    queueIsHidden()
    const entry = await world.enqueues(pull, { by: 'leo' })
    const alone = world.commits(entry.head, { by: 'bob', files: { 'src/evil.ts': 'evil' } })
    await world.setsBranch(entry.ref.replace('refs/heads/', ''), alone.sha, { by: 'bob' })
    await asksFor(entry, alone.sha)
    await heals(world, 1)
    const check = await world.check(alone.sha, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/merge_queues: read/)
  })

  test('a queue that this app may not see does not hide whom a merge brings', async () => {
    const pull = await approved('one')
    queueIsHidden()
    const entry = await world.enqueues(pull, { by: 'leo' })
    await green(entry.head)
    await heals(world, 1)
    expect(await world.check(entry.head, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a group that the queue gave up while it could not be read is not asked for again', async () => {
    const pull = await approved('one')
    world.github.fails({ path: /graphql/, field: 'repository.mergeQueue', times: 1000 })
    const entry = await world.enqueues(pull, { by: 'leo' })
    expect(await world.check(entry.head, MERGE)).toMatchObject({ status: 'in_progress' })
    await world.dequeues(pull, { by: 'leo' })
    await heals(world, 1)
    world.github.forgetsRequests()
    await heals(world)
    expect(world.github.requests.filter(({ path }) => path.includes('graphql'))).toEqual([])
  })

  test('what the queue merged is reviewed for the push gate', async () => {
    const first = await world.enqueues(await approved('one'), { by: 'leo' })
    const second = await world.enqueues(await approved('two'), { by: 'leo' })
    await green(first.head)
    await green(second.head)
    await world.settled()
    await world.mergesQueueUpTo(second)
    await heals(world, 1)
    expect(await world.check(second.head, PUSH)).toMatchObject({ conclusion: 'success' })
  })

  test('what the queue merged without approval is not', async () => {
    const bad = await opened(world, { head: 'bad', files: { 'src/bad.ts': 'bad' } })
    const first = await world.enqueues(bad, { by: 'leo' })
    const second = await world.enqueues(await approved('two'), { by: 'leo' })
    await world.mergesQueueUpTo(second)
    await heals(world, 1)
    expect(await world.check(second.head, PUSH)).toMatchObject({ conclusion: 'failure' })
    expect((await world.check(second.head, PUSH))?.summary).toContain(first.head.slice(0, 7))
  })
})
