import { expect, test } from '@jest/globals'
import type { Delivery } from '../../src/gatekeeper/ports.js'
import { GroupCommit } from '../../src/store/group-commit.js'
import { aDelivery, NOW } from '../contracts/store-world.js'

type Outcomes = readonly (Error | null)[]

/** An engine whose commits return when the test says so. */
const slowEngine = () => {
  const commits: { readonly rows: readonly Delivery[]; readonly done: (outcomes: Outcomes) => void }[] = []
  let arrived: (() => void) | undefined
  return {
    commits,
    store: (rows: readonly Delivery[]) =>
      new Promise<Outcomes>((done) => {
        commits.push({ rows, done })
        arrived?.()
      }),
    nextCommit: () => new Promise<void>((resolve) => (arrived = resolve)),
  }
}

const anEventLoopTurn = () => new Promise((resolve) => setImmediate(resolve))

test('nobody is acknowledged before the commit has returned', async () => {
  const engine = slowEngine()
  const inbox = new GroupCommit(engine)
  const acknowledged: string[] = []
  const asked = engine.nextCommit()
  const both = ['a', 'b'].map((guid) => inbox.accept(aDelivery({ guid })).then(() => acknowledged.push(guid)))
  await asked
  await anEventLoopTurn()
  expect(acknowledged).toEqual([])
  engine.commits[0]?.done([null, null])
  await Promise.all(both)
  expect(acknowledged).toEqual(['a', 'b'])
})

test('all that wait share one commit, and those that come meanwhile share the next', async () => {
  const engine = slowEngine()
  const inbox = new GroupCommit(engine)
  const first = engine.nextCommit()
  const accepted = [1, 2, 3].map(() => inbox.accept(aDelivery()))
  await first
  const second = engine.nextCommit()
  accepted.push(...[4, 5].map(() => inbox.accept(aDelivery())))
  engine.commits[0]?.done([null, null, null])
  await second
  engine.commits[1]?.done([null, null])
  await Promise.all(accepted)
  expect(engine.commits.map(({ rows }) => rows.length)).toEqual([3, 2])
})

test('a commit that fails fails all that waited for it, and none after them', async () => {
  const failing = [true, false]
  const inbox = new GroupCommit({
    store: (rows) => (failing.shift() ? Promise.reject(new Error('disk full')) : Promise.resolve(rows.map(() => null))),
  })
  await expect(Promise.all([inbox.accept(aDelivery()), inbox.accept(aDelivery())])).rejects.toThrow('disk full')
  expect(inbox.refused).toEqual({ at: NOW, problem: 'disk full' })
  await expect(inbox.accept(aDelivery())).resolves.toBeUndefined()
  expect(inbox.refused).toBeNull()
})

test('a delivery for which the engine has no answer is not acknowledged', async () => {
  const inbox = new GroupCommit({ store: () => Promise.resolve([]) })
  await expect(inbox.accept(aDelivery())).rejects.toThrow('no answer')
})

test('a failure is logged with the delivery’s id and without its body', async () => {
  const lines: object[] = []
  const nothing = () => undefined
  const log = { debug: nothing, info: nothing, warn: nothing, error: (values: object) => lines.push(values) }
  const inbox = new GroupCommit({ store: () => Promise.resolve([new Error('bad row')]) }, log)
  await expect(inbox.accept(aDelivery({ guid: 'g', body: 'secret' }))).rejects.toThrow('bad row')
  expect(lines).toMatchObject([{ guid: 'g' }])
  expect(JSON.stringify(lines)).not.toContain('secret')
})
