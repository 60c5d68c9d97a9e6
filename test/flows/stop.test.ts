import { Agent, request } from 'node:http'
import { expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import { inFolder } from '../store/folder.js'
import { freePort } from '../demo/app-process.js'
import { startFlow } from './app.js'
import { eventually } from './server-process.js'
import { aShop, opened } from './shop.js'

const HOUR = 3_600_000

/** A request whose connection stays open afterwards. */
const asksHealth = (port: number, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/healthz', agent }, (answer) => answer.resume().once('end', resolve))
      .once('error', reject)
      .end()
  })

test('a stop that is asked for twice is one', async () => {
  const world = await aShop()
  const flow = await startFlow(world)
  await Promise.all([flow.stops(), flow.stops()])
  await flow.end()
})

test.each(['PORT', 'METRICS_PORT'])('a start that finds its %s taken lets go of all that it had', (name) =>
  inFolder(async (dataDir) => {
    const world = await aShop()
    const flow = await startFlow(world)
    const taken = { [name]: String(flow.app.port) }
    const agent = new Agent({ keepAlive: true })
    const port = await freePort()
    const env = name === 'PORT' ? taken : { ...taken, PORT: String(port) }
    await expect(startFlow(world, { dataDir, env })).rejects.toThrow('EADDRINUSE')
    await expect(asksHealth(port, agent)).rejects.toThrow('ECONNREFUSED')
    const next = await startFlow(world, { dataDir })
    await next.stops()
    await flow.end()
  }),
)

test('a stop waits neither for a GitHub that says nothing nor for connections kept open, and leaves nothing leased', () =>
  inFolder(async (dataDir) => {
    const world = await aShop()
    const flow = await startFlow(world, { dataDir, byItself: true, grace: 50 })
    const agent = new Agent({ keepAlive: true })
    await asksHealth(flow.app.port, agent)
    world.github.fails({ connection: 'never', times: 100 })
    const before = world.github.requests.length
    await opened(world)
    await eventually('GitHub is asked', () => world.github.requests.length > before)
    const began = performance.now()
    await flow.stops()
    expect(performance.now() - began).toBeLessThan(3_000)
    agent.destroy()
    world.github.recovers()
    const store = await openStore({ dataDir, readOnly: true })
    expect(await store.waiting(world.clock.now())).toMatchObject({ failing: 0, dead: 0 })
    expect(await store.subjects.nextDue(world.clock.now() + HOUR)).toBeLessThanOrEqual(world.clock.now())
    await store.close()
    await world.close()
  }))
