import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import { aDatabase, statements } from '../postgres/cluster.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, MERGE, opened } from './shop.js'

let world: World
const flows = new Set<Flow>()
afterEach(async () => {
  for (const flow of flows) await flow.stops()
  flows.clear()
  await world.close()
})

const named = (url: string, role: string, password: string): string =>
  Object.assign(new URL(url), { username: role, password }).href

test('two roles take turns as docs/operate.md says: the password changes, and no delivery is refused', async () => {
  const database = await aDatabase()
  const owner = `gates_${randomUUID().slice(0, 8)}`
  const other = `${owner}_b`
  const name = new URL(database).pathname.slice(1)
  await statements(
    database,
    `create role ${owner} login password 'first'`,
    `alter database ${name} owner to ${owner}`,
    `alter schema public owner to ${owner}`,
  )
  world = await aShop()
  const starts = async (databaseUrl: string): Promise<Flow> => {
    const flow = await startFlow(world, { databaseUrl })
    flows.add(flow)
    return flow
  }
  const first = await starts(named(database, owner, 'first'))
  const before = world.webhooks.delivered.length
  const pull = await opened(world)
  await world.settled()
  await statements(
    database,
    `create role ${other} login password 'second' in role ${owner}`,
    `alter role ${other} set role ${owner}`,
  )
  const second = await starts(named(database, other, 'second'))
  await world.approves(pull, { by: 'lena' })
  await world.settled()
  expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  second.hears()
  await first.stops()
  flows.delete(first)
  await statements(database, `alter role ${owner} password null`)
  await world.pushes(pull, { by: 'dev' })
  await world.settled()
  expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  const statuses = world.webhooks.delivered.slice(before).map(({ statusCode }) => statusCode)
  expect(new Set(statuses)).toEqual(new Set([202]))
})
