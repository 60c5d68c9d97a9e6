import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import { aDatabase } from '../postgres/cluster.js'
import type { WorkflowRun } from '../world/state/actions.js'
import type { World } from '../world/world.js'
import { eventually, Server } from './server-process.js'
import { aShop, asks, SERIAL } from './shop.js'

describe('kill -9 of one of two instances', () => {
  let world: World
  let databaseUrl: string
  let servers: Server[]
  let ticking: NodeJS.Timeout

  beforeEach(async () => {
    world = await aShop(SERIAL)
    world.clock.set(Date.now())
    ticking = setInterval(() => world.clock.set(Date.now()), 50)
    databaseUrl = await aDatabase()
    servers = []
  })
  afterEach(async () => {
    clearInterval(ticking)
    for (const server of servers) await server.dies()
    await world.close()
  })

  const starts = async (): Promise<Server> => {
    const server = await Server.start(world, { DATABASE_URL: databaseUrl })
    servers.push(server)
    return server
  }
  const approved = (run: WorkflowRun) => run.answers.filter(({ state }) => state === 'approved')
  const ledger = async () => {
    const store = await openStore({ dataDir: 'nowhere', databaseUrl, readOnly: true })
    try {
      return await store.ledger.verify()
    } finally {
      await store.close()
    }
  }

  test.each([
    ['before GitHub has it', 'never' as const],
    ['after GitHub has it', 'half' as const],
  ])(
    'in the middle of an answer, %s: the other takes the deployment over in its time, and it is answered once',
    async (_when, connection) => {
      const killed = await starts()
      world.github.fails({ method: 'POST', path: /deployment_protection_rule/, connection })
      const run = await asks(world, world.tip())
      await eventually('the answer is on its way', () =>
        world.github.requests.some(({ method, path }) => method === 'POST' && /deployment_protection_rule/.test(path)),
      )
      await starts()
      await killed.dies()
      world.github.recovers()
      await eventually('the run is approved', () => approved(run).length === 1)
      expect(await ledger()).toMatchObject({ ok: true })
      expect(approved(run)).toHaveLength(1)
    },
  )
})
