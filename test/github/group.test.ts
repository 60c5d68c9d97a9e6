import { expect, test } from '@jest/globals'
import { Unreadable } from '../../src/gatekeeper/ports.js'
import { aWorld } from '../world/world.js'
import { gatewayFor } from './gateway-for.js'

const groupOf = ({ head }: { readonly head: string }, baseSha: string) => ({ sha: head, base: 'main', baseSha })

test('a group is every pull request from its base to its head, not the last alone', async () => {
  const world = await aWorld()
  const tip = world.tip()
  const first = await world.opensPullRequest({ by: 'dev' })
  const second = await world.opensPullRequest({ by: 'bob' })
  await world.enqueues(first, { by: 'dora' })
  const last = await world.enqueues(second, { by: 'dora' })
  const { repository } = await gatewayFor(world)
  expect(await repository.changesOfGroup(groupOf(last, tip))).toEqual([first.number, second.number])
  await world.close()
})

test('a group is known by its merges also after the queue has moved on', async () => {
  const world = await aWorld()
  const tip = world.tip()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const entry = await world.enqueues(pull, { by: 'dora' })
  const group = groupOf(entry, tip)
  await world.dequeues(pull, { by: 'dora' })
  const { repository } = await gatewayFor(world)
  expect(await repository.changesOfGroup(group)).toEqual([pull.number])
  await world.close()
})

test('a commit in the group that is no pull request’s makes the group unreadable', async () => {
  const world = await aWorld()
  const tip = world.tip()
  await world.enqueues(await world.opensPullRequest({ by: 'dev' }), { by: 'dora' })
  const stray = await world.pushesTo('side', { by: 'bob' })
  const { repository } = await gatewayFor(world)
  const reading = repository.changesOfGroup({ sha: stray.sha, base: 'main', baseSha: tip })
  await expect(reading).rejects.toBeInstanceOf(Unreadable)
  await expect(reading).rejects.toThrow(`${stray.sha} belongs to no pull request`)
  await world.close()
})

test('of a group that has landed nothing is left to judge', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const before = world.tip()
  const entry = await world.enqueues(pull, { by: 'dora' })
  const group = groupOf(entry, before)
  await world.mergesQueueUpTo(entry)
  const { repository } = await gatewayFor(world)
  expect(await repository.changesOfGroup(group)).toEqual([])
  await world.close()
})
