import { expect, test } from '@jest/globals'
import { ask } from '../../src/policy/facts.js'
import { Unreadable } from '../../src/gatekeeper/ports.js'
import { failedSince } from '../../src/github/deliveries.js'
import { aWorld } from '../world/world.js'
import { gatewayFor, urlOf } from './gateway-for.js'

test('installations and their repositories are listed', async () => {
  const world = await aWorld().withRepository('other')
  const { gateway, repository } = await gatewayFor(world)
  expect(await gateway.installations()).toEqual([
    { id: repository.address.installation, account: 'acme', suspended: false },
  ])
  const names = (await gateway.repositories(repository.address.installation)).map(
    ({ owner, name }) => `${owner}/${name}`,
  )
  expect(names).toEqual(expect.arrayContaining(['acme/shop', 'acme/other']))
  await world.close()
})

test('a token that GitHub refuses before its hour is over is renewed, once', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  await repository.state()
  world.github.expiresTokens()
  world.github.forgetsRequests()
  expect(await repository.state()).toMatchObject({ name: 'shop' })
  expect(world.github.requests.filter(({ path }) => path.endsWith('/access_tokens'))).toHaveLength(1)
  await world.close()
}, 30_000)

test('how far our clock is from GitHub’s is known from its last reply', async () => {
  const world = await aWorld()
  const { gateway, repository } = await gatewayFor(world)
  expect(gateway.clockOffset()).toBeNull()
  await repository.state()
  expect(Math.abs(gateway.clockOffset() ?? Number.NaN)).toBeLessThan(2_000)
  await world.close()
})

test('GitHub’s wish to be left alone until a time comes along', async () => {
  const world = await aWorld()
  const { repository } = await gatewayFor(world)
  world.github.fails({ rateLimit: 'secondary', retryAfter: 30 })
  const error: unknown = await repository.state().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Unreadable)
  expect(error).toMatchObject({ retryAt: world.clock.now() + 30_000 })
  await world.close()
})

test('what only our store knows is left out of the facts', async () => {
  const world = await aWorld()
  const pull = await world.opensPullRequest({ by: 'dev' })
  const { repository } = await gatewayFor(world)
  const questions = [ask.approvals, ask.handovers, ask.overrides, ask.bypasses, ask.repository, ask.change]
  const facts = await (await repository.change(pull.number))?.facts.answer(questions, 0)
  expect([...(facts?.keys() ?? [])]).toEqual(['change'])
  await world.close()
})

test('deliveries that never arrived are listed, and come with what they said', async () => {
  const world = await aWorld()
  world.sendsWebhooksTo('http://127.0.0.1:1/')
  await world.opensPullRequest({ by: 'dev' })
  await world.deliver()
  const { gateway } = await gatewayFor(world)
  const failed = await gateway.failedDeliveries(0)
  const opened = failed.find(({ event }) => event === 'pull_request')
  expect(opened).toBeDefined()
  const delivery = await gateway.deliveryBody(opened?.id ?? 0)
  expect(delivery).toMatchObject({ guid: opened?.guid, event: 'pull_request' })
  expect(JSON.parse(String(delivery.body))).toMatchObject({ action: 'opened', repository: { name: 'shop' } })
  expect(await gateway.failedDeliveries(world.clock.now() + 1_000)).toEqual([])
  await world.close()
})

test('after an outage the newest failures are listed, however many there are', async () => {
  const world = await aWorld()
  let pages = 0
  const endless: typeof fetch = async (input) => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      id: 1e9 - pages * 100 - index,
      guid: `delivery ${pages * 100 + index}`,
      event: 'push',
      delivered_at: new Date(world.clock.now()).toISOString(),
      status_code: 502,
    }))
    pages += 1
    const next = `<${urlOf(input).split('?')[0] ?? ''}?cursor=v${pages}>; rel="next"`
    return new Response(JSON.stringify(rows), { headers: { 'content-type': 'application/json', link: next } })
  }
  const { gateway } = await gatewayFor(world, { fetch: endless })
  const failed = await gateway.failedDeliveries(0)
  expect([failed.length, failed[0]?.guid]).toEqual([100_000, 'delivery 0'])
  await world.close()
}, 30_000)

test('a delivery of which any attempt arrived did not fail', async () => {
  const row = (id: number, guid: string, status: number) => ({
    id,
    guid,
    event: 'push',
    delivered_at: 5,
    status_code: status,
  })
  const rows = [row(4, 'lost', 0), row(3, 'again', 202), row(2, 'again', 502), row(1, 'lost', 500)]
  const api = { recent: async () => rows } as unknown as Parameters<typeof failedSince>[0]
  expect(await failedSince(api, 0)).toEqual([{ id: 4, guid: 'lost', event: 'push', deliveredAt: 5 }])
})
