import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openStore } from '../../src/store/store.js'
import type { Deployment, WorkflowRun } from '../world/state/actions.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, SHOP_POLICY, short } from './shop.js'

const POLICY = `${SHOP_POLICY}    override: { by: core, review_within: 1h, reviewed_by: leads }\n`
  .replace('groups:', 'groups:\n  core: { users: [cora] }')
  .replace('    release:\n', '    release:\n      - event: { in: [push, api] }\n')

const ANSWER = { method: 'POST', path: /deployment_protection_rule/ }
const STATUS = { method: 'POST', path: /\/deployments\/\d+\/statuses/ }

let world: World
let flow: Flow
let dataDir: string
let change: Awaited<ReturnType<typeof landed>>

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'release-gates-override-'))
  world = await aShop(POLICY)
  flow = await startFlow(world, { dataDir })
  change = await landed(world)
})
afterEach(async () => {
  await flow.end()
  rmSync(dataDir, { recursive: true, force: true })
})

const overrides = () =>
  world.comments(change.pull, { by: 'cora', body: `/override production ${short(change.sha)} the shop is down` })
const waits = async (): Promise<WorkflowRun> => {
  const run = await asks(world, change.sha)
  expect(await decisions(world, run)).toEqual([])
  return run
}
const deploys = () => world.createsDeployment({ by: 'dora', ref: 'main' })
const newest = async ({ statuses }: Deployment) => {
  await world.settled()
  return statuses.at(-1)?.state
}
/** Our approvals that are on record, as given or perhaps given. */
const approvals = async () => {
  const store = await openStore({ dataDir, readOnly: true })
  const found = await store.records.approvedRuns(world.repository().id as never, 'production')
  await store.close()
  return found.map(({ run, settled }) => ({ run, settled }))
}
const isOneOf = async (...runs: readonly WorkflowRun[]) => {
  const all = await Promise.all(runs.map((run) => decisions(world, run)))
  expect(all.flat()).toEqual(['approved'])
}

describe('an override opens one release', () => {
  test('also when the reply to its answer is lost and another run of the commit asks before the next look', async () => {
    const one = await waits()
    world.github.fails({ ...ANSWER, connection: 'lost' })
    await overrides()
    await world.settled()
    const two = await asks(world, change.sha)
    await world.settled()
    await heals(world, 4)
    await isOneOf(one, two)
    expect(await approvals()).toEqual([{ run: one.id, settled: true }])
  })

  test('and the run whose answer did not come through has it still, and no other', async () => {
    const one = await waits()
    world.github.fails({ ...ANSWER, connection: 'reset' })
    await overrides()
    await world.settled()
    const two = await asks(world, change.sha)
    await world.settled()
    expect(await decisions(world, two)).toEqual([])
    await heals(world, 4)
    expect(await decisions(world, one)).toEqual(['approved'])
    expect(await decisions(world, two)).toEqual([])
  })

  test('and is there for another run when GitHub refused the answer', async () => {
    const one = await waits()
    world.github.fails({ ...ANSWER, status: 422 })
    await overrides()
    await world.settled()
    await world.cancelsRun(one)
    const two = await asks(world, change.sha)
    expect(await decisions(world, two)).toEqual(['approved'])
    expect(await decisions(world, one)).toEqual([])
  })

  test('and is not there for another run when one that perhaps was answered has ended', async () => {
    const one = await waits()
    world.github.fails({ ...ANSWER, connection: 'reset' })
    await overrides()
    await world.settled()
    await world.cancelsRun(one)
    const two = await asks(world, change.sha)
    await heals(world, 3)
    expect(await decisions(world, two)).toEqual([])
  })

  test('and not another run that asks after a stop in the middle of its answer', async () => {
    const one = await waits()
    world.github.fails({ ...ANSWER, connection: 'lost' })
    await overrides()
    await world.settled()
    await flow.stops()
    flow = await startFlow(world, { dataDir })
    await flow.app.sweep()
    await world.settled()
    await isOneOf(one, await asks(world, change.sha))
  })

  test('one deployment through the API, and neither a second one nor a run', async () => {
    const one = await deploys()
    expect(await newest(one)).toBe('pending')
    await overrides()
    expect(await newest(one)).toBe('queued')
    const two = await deploys()
    expect(await newest(two)).toBe('pending')
    await waits()
    await heals(world, 3)
    expect([await newest(one), await newest(two)]).toEqual(['queued', 'pending'])
  })

  test('one run, and no deployment through the API', async () => {
    const run = await waits()
    await overrides()
    expect(await decisions(world, run)).toEqual(['approved'])
    const deployment = await deploys()
    await heals(world, 3)
    expect(await newest(deployment)).toBe('pending')
  })

  test.each([
    ['came through though its reply was lost', 'lost' as const],
    ['did not come through', 'reset' as const],
  ])('one deployment through the API whose status %s, and no other', async (_what, connection) => {
    const one = await deploys()
    expect(await newest(one)).toBe('pending')
    world.github.fails({ ...STATUS, connection })
    await overrides()
    await world.settled()
    const two = await deploys()
    await world.settled()
    await heals(world, 4)
    expect([await newest(one), await newest(two)]).toEqual(['queued', 'pending'])
    expect(one.statuses.filter(({ state }) => state === 'queued')).toHaveLength(1)
    await world.setsDeploymentStatus(one, { by: 'dora', state: 'in_progress' })
    await world.settled()
    expect(await world.check(change.sha, DEPLOY)).toBeNull()
  })
})

describe('what is on record of an answer whose reply was lost', () => {
  const approved = () => world.comments(change.pull, { by: 'dan', body: `/approve production ${short(change.sha)}` })

  test.each([
    ['by the next look', async () => heals(world, 1)],
    [
      'at the next start',
      async () => {
        await flow.stops()
        flow = await startFlow(world, { dataDir })
        await flow.app.sweep()
        await world.settled()
      },
    ],
  ])('is no approval where the run was cancelled unanswered, %s', async (_when, looks) => {
    const run = await waits()
    world.github.fails({ ...ANSWER, connection: 'reset' })
    await approved()
    await world.settled()
    expect(await approvals()).toEqual([{ run: run.id, settled: false }])
    await world.cancelsRun(run)
    await looks()
    expect(await approvals()).toEqual([])
  })

  test('is no approval where GitHub waits still, however it spells the environment', async () => {
    const run = await waits()
    world.github.fails({ ...ANSWER, connection: 'reset' })
    await approved()
    await world.settled()
    await flow.stops()
    for (const environment of world.repository().environments) Object.assign(environment, { name: 'Production' })
    flow = await startFlow(world, { dataDir })
    await flow.app.sweep()
    expect(await approvals()).toEqual([])
    expect(await decisions(world, run)).toEqual(['approved'])
  })

  test.each([
    ['by the next look', async () => heals(world, 1)],
    [
      'at the next start',
      async () => {
        flow = await startFlow(world, { dataDir })
        await flow.app.sweep()
        await world.settled()
      },
    ],
  ])('is an approval where a job of the run had started and ended, %s', async (when, looks) => {
    const run = await waits()
    world.github.fails({ ...ANSWER, connection: 'lost' })
    await approved()
    await world.settled()
    if (when === 'at the next start') await flow.stops()
    await world.finishesJob(run, 'deploy', 'failure')
    await looks()
    expect(await approvals()).toEqual([{ run: run.id, settled: true }])
    await heals(world, 2)
    expect(await world.check(change.sha, DEPLOY)).not.toMatchObject({ conclusion: 'failure' })
  })
})
