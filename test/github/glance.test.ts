import { expect, test } from '@jest/globals'
import { asks, aShop, SERIAL } from '../flows/shop.js'
import { gatewayFor } from './gateway-for.js'

const shown = async (world: Awaited<ReturnType<typeof aShop>>) => {
  const { gateway, repository } = await gatewayFor(world)
  const { installation } = repository.address
  const addresses = await gateway.repositories(installation)
  world.github.forgetsRequests()
  const glances = await gateway.glances(installation, addresses)
  const of = (name: string) => {
    const address = addresses.find((one) => one.name === name)
    return address && glances.get(address.id)
  }
  return { calls: world.github.requests.length, of }
}

test('a pull request that is open shows at a glance, with all other repositories in one call', async () => {
  const world = await aShop(SERIAL).withRepository('other')
  await world.opensPullRequest({ by: 'dev' })
  const { of, calls } = await shown(world)
  expect(of('shop')).toMatchObject({ hasOpen: true, tip: { branch: 'main' } })
  expect(of('other')).toMatchObject({ hasOpen: false, tip: { branch: 'main' } })
  expect(calls).toBe(1)
  await world.close()
})

test('a job that waits for its environment shows at a glance', async () => {
  const world = await aShop(SERIAL)
  await asks(world, world.tip())
  expect((await shown(world)).of('shop')).toMatchObject({ hasOpen: true })
  await world.close()
})

test('what GitHub does not let us glance at is not among the answers', async () => {
  const world = await aShop(SERIAL)
  world.github.fails({ path: /graphql/, status: 403 })
  expect((await shown(world)).of('shop')).toBeUndefined()
  await world.close()
})
