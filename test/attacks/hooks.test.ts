import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
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
environments:
  production:
    release:
      - approval: { from: managers }
`

describe('deliveries', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(aCompany().withPolicy(POLICY).withEnvironment('production'))
  })
  afterAll(() => site.end())

  const posts = (body: string, headers: Readonly<Record<string, string>>) =>
    fetch(site.world.webhooks.target ?? '', { method: 'POST', headers, body })
  const lastOf = (event: string) => {
    const found = site.world.webhooks.delivered.findLast(({ happening }) => happening.event === event)
    if (found === undefined) throw new Error(`no ${event} was delivered`)
    return found
  }

  test('WH-01, AP-01: what GitHub did not sign is refused, and changes nothing', async () => {
    const pull = await site.opened()
    await site.isShut(pull, /1 approval/)
    const { raw, headers } = lastOf('pull_request')
    const unsigned = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-hub')))
    const forged = { ...headers, 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }
    const old = { ...unsigned, 'x-hub-signature': 'sha1=0000000000000000000000000000000000000000' }
    for (const each of [unsigned, forged, old]) {
      const answer = await posts(raw, each)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }
    expect((await posts(raw.replace('"opened"', '"closed"'), headers)).status).toBeGreaterThanOrEqual(400)
    await site.isShut(pull, /1 approval/)
  })

  test('WH-02, WH-06: deliveries lost, doubled, reordered and replayed change no verdict', async () => {
    const { world } = site
    const pull = await site.opened()
    world.webhooks.hold()
    const review = await world.approves(pull, { by: 'lena' })
    await world.dismisses(review)
    await world.pushes(pull, { by: 'dev' })
    world.webhooks.double(3)
    await world.webhooks.release('reversed')
    await site.isShut(pull, /1 approval/)
    for (const { raw, headers } of world.webhooks.delivered.slice(-8))
      await posts(raw, { ...headers, 'x-github-delivery': '11111111-1111-4111-8111-111111111111' })
    await site.isShut(pull, /1 approval/)
  })

  test('WH-05: a delivery whose first look failed is not forgotten, and a lost one is fetched', async () => {
    const { world, flow } = site
    const pull = await site.opened()
    await site.isShut(pull, /1 approval/)
    world.github.fails({ path: /graphql/, status: 502, times: 3 })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /./)
    world.github.recovers()
    world.clock.advance('5m')
    await site.isOpen(pull)
    world.webhooks.lose(1, 'push')
    world.webhooks.lose(2)
    await world.pushes(pull, { by: 'dev' })
    await flow.app.sweep()
    await site.isShut(pull, /1 approval/)
  })

  test('WH-10, EN-09: another repository under the old name is not that repository', async () => {
    const { world, flow } = site
    const pull = await site.opened()
    await site.isShut(pull, /1 approval/)
    const repository = world.repository()
    const { name } = repository
    Object.assign(repository, { name: 'shop-of-old' })
    const impostor = await world.createsRepository(name)
    Object.assign(impostor, { nextNumber: pull.number })
    const twin = await world.opensPullRequest({ by: 'dev', head: pull.head, repo: impostor })
    await world.approves(twin, { by: 'lena' })
    expect(twin.number).toBe(pull.number)
    await world.joinsTeam('zoe', 'development-leads')
    await site.isShut(pull, /1 approval/)
    world.clock.advance('5m')
    await site.isShut(pull, /1 approval/)
    Object.assign(impostor, { name: 'impostor' })
    Object.assign(repository, { name })
    await flow.app.sweep()
    world.clock.advance('5m')
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
  })

  test('WH-09: a delivery is acknowledged before anything is read of GitHub', async () => {
    const { world } = site
    await world.settled()
    world.github.forgetsRequests()
    const pull = await site.opened()
    expect(lastOf('pull_request').statusCode).toBe(202)
    expect(world.github.requests).toEqual([])
    await site.isShut(pull, /1 approval/)
  })

  test('WH-12: an event that always fails holds nobody up', async () => {
    const { world } = site
    const { headers } = lastOf('pull_request')
    const { createHmac } = await import('node:crypto')
    const body = JSON.stringify({ action: 'opened', installation: { id: world.installation.id }, repository: {} })
    const signature = `sha256=${createHmac('sha256', world.webhooks.secret).update(body).digest('hex')}`
    const answer = await posts(body, {
      ...headers,
      'x-hub-signature-256': signature,
      'x-github-delivery': '22222222-2222-4222-8222-222222222222',
    })
    expect(answer.status).toBe(202)
    const pull = await site.opened()
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
  })
})

describe('an app that starts again', () => {
  test('FO-14: knows what was approved and who is inside, and counts nobody twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'release-gates-'))
    const counting = POLICY.concat('      - approval: { from: managers, count: 2 }\n      - one_at_a_time: {}\n')
    const site = await Site.of(aCompany().withPolicy(counting).withEnvironment('production'), { dataDir: folder })
    const { world } = site
    const { sha, pull } = await site.ships()
    const run = await site.asks('production', { sha })
    const says = (by: string) => world.comments(pull, { by, body: `/approve production ${sha}` })
    await says('dora')
    await site.holds(run, 'production', /1 of 2/)
    await site.restarts()
    await says('dora')
    await site.holds(run, 'production', /1 of 2/)
    await says('dan')
    await site.approves(run)
    await site.restarts()
    const second = await site.asks('production', { sha })
    await says('dora')
    await says('dan')
    await site.holds(second, 'production', /another deployment/i)
    await world.finishesJob(run, 'deploy')
    await site.approves(second)
    await site.end()
    rmSync(folder, { recursive: true })
  })
})

describe('an app that only watches', () => {
  test('FO-13: reports under names that no branch requires, and leaves protection rules unanswered', async () => {
    const site = await Site.of(
      aCompany()
        .withPolicy(POLICY)
        .withOrganisationPolicy(
          'version: 1\nmode: observe\nbranches: { main: { merge: [{ approval: { from: development-leads } }] } }\n',
        )
        .withEnvironment('production'),
    )
    const { world } = site
    const pull = await site.opened()
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toBeNull()
    await site.isOpen(pull, 'release-gates/observe/merge')
    const run = await site.asks('production')
    expect(await world.answers(run)).toEqual([])
    await site.end()
  })
})
