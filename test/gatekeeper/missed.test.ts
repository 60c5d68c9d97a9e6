import { expect, test } from '@jest/globals'
import { missedDeliveries } from '../../src/gatekeeper/missed.js'
import type { Gatekeeper } from '../../src/gatekeeper/gatekeeper.js'
import { Unreadable } from '../../src/gatekeeper/ports.js'

const HORIZON = 1_000_000
const MINUTE = 60_000

/** GitHub with failed deliveries, and an inbox that has some already. */
const site = ({ failed, known = [] }: { readonly failed: readonly string[]; readonly known?: readonly string[] }) => {
  let now = HORIZON + 3 * 24 * 60 * MINUTE
  let offset = 0
  const accepted: string[] = []
  const asked: number[] = []
  const hidden = new Set<string>()
  const limited = new Set<string>()
  const shown: string[] = []
  const quiet = () => undefined
  const gatekeeper = {
    clock: { now: () => now },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    github: {
      clockOffset: () => offset,
      failedDeliveries: async (since: number) => {
        asked.push(since)
        return failed.map((guid, id) => ({ id, guid, event: 'push', deliveredAt: now }))
      },
      deliveryBody: async (id: number) => {
        const guid = failed[id] ?? ''
        shown.push(guid)
        if (hidden.has(guid)) throw new Unreadable(`delivery ${guid}`, 'GitHub answered 404', 404)
        if (limited.has(guid)) throw new Unreadable(`delivery ${guid}`, 'GitHub answered 429', 429, now + MINUTE)
        return { guid, event: 'push', body: '{}', receivedAt: 0 }
      },
    },
  } as unknown as Gatekeeper
  const inbox = {
    accept: async ({ guid }: { readonly guid: string }) => void accepted.push(guid),
    knows: async (guid: string) => known.includes(guid),
  }
  const fetch = missedDeliveries(gatekeeper, inbox)
  return {
    fetch: () => fetch(HORIZON),
    accepted,
    asked,
    hidden,
    limited,
    shown,
    passes: (by: number) => (now += by),
    jumps: (by: number) => ((now += by), (offset -= by)),
    now: () => now,
  }
}

test('each GUID is taken once, and none that had come', async () => {
  const { fetch, accepted } = site({ failed: ['one', 'two', 'three'], known: ['two'] })
  expect(await fetch()).toBe(2)
  expect(await fetch()).toBe(0)
  expect(accepted).toEqual(['one', 'three'])
})

test('a delivery that GitHub does not show holds up no other, and is asked for until it is there', async () => {
  const { fetch, accepted, hidden, asked } = site({ failed: ['one', 'two'] })
  hidden.add('one')
  expect(await fetch()).toBe(1)
  expect(accepted).toEqual(['two'])
  hidden.clear()
  expect(await fetch()).toBe(1)
  expect(accepted).toEqual(['two', 'one'])
  expect(asked).toEqual([HORIZON, HORIZON])
})

test('what was fetched whole is not listed again, but for a while before it', async () => {
  const { fetch, asked, passes, now } = site({ failed: ['one'] })
  const began = now()
  await fetch()
  passes(5 * MINUTE)
  await fetch()
  expect(asked).toEqual([HORIZON, began - 15 * MINUTE])
})

test('a clock that jumps ahead hides nothing: GitHub is asked by its own', async () => {
  const { fetch, asked, jumps, now } = site({ failed: ['one'] })
  const began = now()
  jumps(5 * 60 * MINUTE)
  await fetch()
  await fetch()
  expect(asked).toEqual([HORIZON, began - 15 * MINUTE])
})

test('once GitHub allows no more calls, no more are made, and the rest is asked for the next time', async () => {
  const { fetch, accepted, limited, shown } = site({ failed: ['one', 'two', 'three'] })
  limited.add('two')
  expect(await fetch()).toBe(1)
  expect(shown).toEqual(['one', 'two'])
  limited.clear()
  expect(await fetch()).toBe(2)
  expect(accepted).toEqual(['one', 'two', 'three'])
})
