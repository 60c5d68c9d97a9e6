import { afterEach, expect, test } from '@jest/globals'
import { ProbotOctokit, Probot } from 'probot'
import { DeliveryRefused, type Inbox, type Logger, type StoredDelivery } from '../../src/gatekeeper/ports.js'
import type { Hint } from '../../src/gatekeeper/subject.js'
import { createCollector } from '../../src/handlers/collector.js'
import { dispatcher } from '../../src/handlers/dispatch.js'
import { handlersFor } from '../../src/handlers/index.js'
import app from '../../src/index.js'
import { APP, NOW, payload, SHA, touches } from './examples.js'

let now = NOW
const clock = { now: () => now }
afterEach(() => {
  now = NOW
})

const memoryInbox = () => {
  const waiting: StoredDelivery[] = []
  const done: { readonly guid: string; readonly hints: readonly Hint[] }[] = []
  const failed: { readonly guid: string; readonly error: string }[] = []
  const remove = ({ row }: StoredDelivery) =>
    void waiting.splice(
      waiting.findIndex((one) => one.row === row),
      1,
    )
  const inbox: Inbox = {
    accept: async (delivery) =>
      void waiting.push({ ...delivery, body: String(delivery.body), row: waiting.length + 1, attempts: 0 }),
    undispatched: async (_now, limit) => waiting.slice(0, limit),
    dispatched: async (delivery, hints) => {
      remove(delivery)
      done.push({ guid: delivery.guid, hints })
      return []
    },
    failed: async (delivery, error) => {
      remove(delivery)
      failed.push({ guid: delivery.guid, error })
    },
    backlog: async () => ({ waiting: waiting.length, oldest: null, dead: 0 }),
  }
  return { inbox, done, failed }
}

const memoryLog = () => {
  const lines: string[] = []
  const write = (values: object, message: string) => void lines.push(`${message} ${JSON.stringify(values)}`)
  return { lines, log: { debug: write, info: write, warn: write, error: write } satisfies Logger }
}

const aDispatcher = () => {
  const { inbox, done, failed } = memoryInbox()
  const { log, lines } = memoryLog()
  const collector = createCollector()
  const probotLines: unknown[] = []
  const record = (...line: unknown[]) => void probotLines.push(line)
  const probotLog = { trace: record, debug: () => undefined, info: record, warn: record, error: record, fatal: record }
  const probot = new Probot({
    githubToken: 'none',
    Octokit: ProbotOctokit,
    log: { ...probotLog, child: () => ({ ...probotLog, child: () => probotLog }) } as never,
  })
  app({ hintsOf: handlersFor({ appId: APP, policyRepository: '.github' }), collector, clock })(probot)
  const pace = { rest: () => Promise.resolve() }
  const { drain } = dispatcher({ probot: probot as never, collector, inbox, clock, log, pace })
  const arrives = (guid: string, event: string, body: unknown) =>
    inbox.accept({ guid, event, body: typeof body === 'string' ? body : JSON.stringify(body), receivedAt: NOW })
  return { arrives, drain, done, failed, lines, probotLines, inbox }
}

const opened = (number: number) => payload({ action: 'opened', pull_request: { number, head: { sha: SHA } } })
const change = (number: number) => touches({ kind: 'change', number }, { sha: SHA })

test('every delivery reaches its handler through Probot, in the order it came', async () => {
  const { arrives, drain, done, failed } = aDispatcher()
  for (const number of [1, 2, 3]) await arrives(`guid-${number}`, 'pull_request', opened(number))
  expect(await drain()).toBe(3)
  expect(done.map(({ guid, hints }) => [guid, hints[1]])).toEqual([1, 2, 3].map((n) => [`guid-${n}`, change(n)]))
  expect(failed).toEqual([])
})

test('a backlog is worked off in turns, each delivery once', async () => {
  const { arrives, drain, done } = aDispatcher()
  for (let number = 1; number <= 250; number += 1) await arrives(`guid-${number}`, 'pull_request', opened(number))
  const turns: number[] = []
  for (let handled = await drain(); handled > 0; handled = await drain()) turns.push(handled)
  expect(Math.max(...turns)).toBeLessThan(50)
  expect(new Set(done.map(({ guid }) => guid)).size).toBe(250)
  expect(done.length).toBe(250)
})

test('two deliveries of one GUID are handled one after the other, for hints are collected by it', async () => {
  const { arrives, drain, done } = aDispatcher()
  await arrives('twice', 'pull_request', opened(1))
  await arrives('twice', 'pull_request', opened(2))
  expect([await drain(), await drain(), await drain()]).toEqual([1, 1, 0])
  expect(done.map(({ guid, hints }) => [guid, hints[1]])).toEqual([
    ['twice', change(1)],
    ['twice', change(2)],
  ])
})

test('an event that no handler knows is done without hints, whatever it is called', async () => {
  const { arrives, drain, done, probotLines } = aDispatcher()
  for (const event of ['ping', 'error', 'installation_target']) await arrives(event, event, { zen: 'x', hook: {} })
  expect(await drain()).toBe(3)
  expect(done).toEqual(['ping', 'error', 'installation_target'].map((guid) => ({ guid, hints: [] })))
  expect(probotLines).toEqual([])
})

test.each([
  ['no JSON', '{"secret": tru', 'the body is not JSON'],
  ['no object', '[1]', 'the body is not a JSON object'],
  [
    'without an installation',
    JSON.stringify({ ...opened(1), installation: null }),
    'installation.id is missing; a positive whole number was expected',
  ],
])('a body that is %s becomes a dead letter and holds nobody up', async (_how, body, error) => {
  const { arrives, drain, done, failed } = aDispatcher()
  await arrives('bad', 'pull_request', body)
  await arrives('good', 'pull_request', opened(2))
  expect(await drain()).toBe(2)
  expect(failed).toEqual([{ guid: 'bad', error }])
  expect(done.map(({ guid }) => guid)).toEqual(['good'])
})

test('no payload reaches a log, ours or Probot’s, when a delivery fails', async () => {
  const { arrives, drain, lines, probotLines } = aDispatcher()
  await arrives('bad', 'pull_request', { ...opened(1), pull_request: { title: 'top-secret', number: 1 } })
  await arrives('worse', 'pull_request', '{"title": "top-secret"')
  await drain()
  expect(lines.filter((line) => line.includes('could not be dispatched')).length).toBe(2)
  expect(JSON.stringify([lines, probotLines])).not.toContain('top-secret')
})

test('a delivery whose hints the store refuses is counted as failed, and the next one goes on', async () => {
  const parts = aDispatcher()
  const store = { ...parts.inbox }
  parts.inbox.dispatched = async (delivery, hints, now) => {
    if (delivery.guid === 'poisoned') throw new DeliveryRefused(new Error('a constraint says no'))
    return store.dispatched(delivery, hints, now)
  }
  await parts.arrives('poisoned', 'pull_request', opened(1))
  await parts.arrives('good', 'pull_request', opened(2))
  await parts.drain()
  expect(parts.failed).toEqual([{ guid: 'poisoned', error: 'a constraint says no' }])
  expect(parts.done.map(({ guid }) => guid)).toEqual(['good'])
})

test('a store that fails is not the delivery’s own failure: it waits as it was, and has its turn after a pause', async () => {
  const parts = aDispatcher()
  const store = { ...parts.inbox }
  let tries = 0
  parts.inbox.dispatched = async (delivery, hints, at) => {
    if (delivery.guid === 'unlucky' && ++tries <= 12) throw new Error('canceling statement due to lock timeout')
    return store.dispatched(delivery, hints, at)
  }
  await parts.arrives('unlucky', 'pull_request', opened(1))
  await parts.arrives('good', 'pull_request', opened(2))
  expect([await parts.drain(), await parts.drain(), tries]).toEqual([1, 0, 1])
  for (; parts.done.length < 2 && now < NOW + 3_600_000; now += 1_000) await parts.drain()
  expect(parts.done.map(({ guid }) => guid)).toEqual(['good', 'unlucky'])
  expect({ failed: parts.failed, tries }).toEqual({ failed: [], tries: 13 })
  expect(now - NOW).toBeGreaterThan(5 * 60_000)
})

test('a failure that the store fails to write down is counted when it can be', async () => {
  const parts = aDispatcher()
  const store = { ...parts.inbox }
  parts.inbox.failed = () => Promise.reject(new Error('connection terminated'))
  await parts.arrives('bad', 'pull_request', '[1]')
  expect([await parts.drain(), parts.failed]).toEqual([0, []])
  parts.inbox.failed = (delivery, error, at) => store.failed(delivery, error, at)
  now += 1_000
  expect([await parts.drain(), parts.failed]).toEqual([1, [{ guid: 'bad', error: 'the body is not a JSON object' }]])
})

test('when the store itself fails, the caller hears of it and a later drain goes on', async () => {
  const parts = aDispatcher()
  const store = { ...parts.inbox }
  await parts.arrives('good', 'pull_request', opened(2))
  parts.inbox.undispatched = async () => Promise.reject(new Error('the disk is gone'))
  await expect(parts.drain()).rejects.toThrow('the disk is gone')
  parts.inbox.undispatched = (now, limit) => store.undispatched(now, limit)
  expect(await parts.drain()).toBe(1)
})

test('a drain asked for during another sees what came meanwhile, and handles nothing twice', async () => {
  const { arrives, drain, done } = aDispatcher()
  await arrives('first', 'pull_request', opened(1))
  const running = drain()
  const asked = [drain(), drain()]
  await arrives('second', 'pull_request', opened(2))
  await Promise.all([running, ...asked])
  expect(done.map(({ guid }) => guid)).toEqual(['first', 'second'])
})

test('hints that nobody waits for are an error, never lost in silence', () => {
  const collector = createCollector()
  expect(() => collector.collect('guid', () => [])).toThrow('delivery guid was not opened')
  collector.open('guid')
  collector.discard('guid')
  expect(() => collector.close('guid')).toThrow('delivery guid was not opened')
})
