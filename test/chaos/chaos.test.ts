import { describe, expect, jest, test } from '@jest/globals'
import { chaos } from './chaos.js'

// Half a minute each where the machine has nothing else to do.
jest.setTimeout(600_000)

describe('servers that are killed under load while GitHub has bad days (npm run chaos runs longer)', () => {
  test.each([
    ['sqlite', 3],
    ['postgres', 1],
  ] as const)('on %s lose nothing, allow nothing wrong and say nothing twice', async (engine, kills) => {
    const { broken, figures } = await chaos({ engine, seed: 1, kills, faults: 0.2, pace: 20 })
    expect(broken).toEqual([])
    expect(figures['deliveries']).toBeGreaterThan(0)
  })
})
