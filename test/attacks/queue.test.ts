import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pull } from '../world/state/pulls.js'
import { aCompany, MERGE, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads }
      - checks: [test]
environments:
  production:
    release:
      - reviewed: {}
      - approval: { from: managers }
`

describe('a merge queue', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(aCompany().withPolicy(POLICY).withEnvironment('production'), { checks: ['test'] })
  })
  afterAll(() => site.end())

  const approved = async () => {
    const pull = await site.opened()
    await site.world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    return pull
  }
  const leaves = async (...pulls: readonly Pull[]) => {
    for (const pull of pulls) if (pull.queueEntry !== null) await site.world.dequeues(pull, { by: 'owner' })
    await site.world.settled()
  }

  test('MQ-01: nobody rides along with an approved one: every pull request of a group is judged', async () => {
    const { world } = site
    const smuggled = await site.opened()
    await site.isShut(smuggled, /1 approval/)
    const good = await approved()
    await world.enqueues(smuggled, { by: 'leo' })
    const group = await world.enqueues(good, { by: 'leo' })
    await site.green(group.head)
    await site.isShut(group.head, new RegExp(`#${smuggled.number}`))
    await world.approves(smuggled, { by: 'lena' })
    await site.isOpen(group.head)
    await leaves(good, smuggled)
  })

  test('MQ-02, MQ-05: a group is judged by itself: its own checks, and approvals as they stand now', async () => {
    const { world } = site
    const pull = await site.opened()
    const review = await world.approves(pull, { by: 'lena' })
    const group = await world.enqueues(pull, { by: 'leo' })
    await site.isShut(group.head, /test/)
    await site.green(group.head)
    await site.isOpen(group.head)
    await world.dismisses(review)
    await site.isShut(group.head, /1 approval/)
    await leaves(pull)
  })

  test('MQ-01: a commit of a group that is no pull request’s keeps it shut', async () => {
    const { world } = site
    const pull = await approved()
    const entry = await world.enqueues(pull, { by: 'leo' })
    await world.settled()
    const evil = world.commits(entry.head, { by: 'dev', files: { 'src/evil.ts': 'evil' } })
    Object.assign(entry, { head: evil.sha })
    world.platform.tell({
      event: 'merge_group',
      action: 'checks_requested',
      repository: world.repository(),
      sender: world.who('github-merge-queue[bot]'),
      body: {
        merge_group: {
          ...(world.webhooks.delivered.findLast(({ happening }) => happening.event === 'merge_group')?.body[
            'merge_group'
          ] as object),
          head_sha: evil.sha,
        },
      },
    })
    await site.green(evil.sha)
    await site.isShut(evil.sha, /belongs to no pull request/)
    await leaves(pull)
  })

  test('ID-26: whoever puts it into the queue is its merger, and approves neither it nor its release', async () => {
    const { world } = site
    const pull = await site.opened()
    const entry = await world.enqueues(pull, { by: 'lena' })
    await site.green(entry.head)
    await world.approves(pull, { by: 'lena' })
    await site.isShut(entry.head, /lena/)
    await world.approves(pull, { by: 'leo' })
    await site.isOpen(entry.head)
    await leaves(pull)

    const other = await approved()
    const second = await world.enqueues(other, { by: 'dora' })
    await site.green(second.head)
    await site.isOpen(second.head)
    await world.mergesQueueUpTo(second)
    await site.green(second.head)
    const run = await site.asks('production', { sha: second.head })
    await world.comments(other, { by: 'dora', body: `/approve production ${second.head}` })
    await site.holds(run, 'production', /dora/)
    world.clock.advance('1m')
    await world.comments(other, { by: 'dan', body: `/approve production ${second.head}` })
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
  })

  test('MQ-04: what an administrator merged around the queue is held when it is released', async () => {
    const { world } = site
    const pull = await site.opened()
    await site.isShut(pull, /1 approval/)
    await world.enqueues(pull, { by: 'leo' })
    const sha = await world.merges(pull, { by: 'owner' })
    const run = await site.asks('production', { sha })
    await world.comments(pull, { by: 'dora', body: `/approve production ${sha}` })
    await site.holds(run, 'production', new RegExp(sha.slice(0, 7)))
    world.clock.advance('1m')
    await world.approves(pull, { by: 'lena' })
    await site.holds(run, 'production', new RegExp(sha.slice(0, 7)))
    expect((await world.check(pull, MERGE))?.conclusion).toBeNull()
  })
})
