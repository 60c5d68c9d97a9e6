import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Deployment } from '../world/state/actions.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, DEPLOY, heals, landed, short } from './shop.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main: { merge: [{ approval: { from: leads } }] }
environments:
  production:
    tier: production
    release:
      - event: { in: [push, api] }
      - ref: { branches: [main] }
      - reviewed: {}
      - deployer: { in: managers }
      - approval: { from: managers }
  staging:
    tier: staging
    release:
      - event: { in: [api] }
      - actor: { kind: [user] }
  serial:
    tier: testing
    release:
      - event: { in: [api] }
      - one_at_a_time: {}
      - actor: { kind: [user] }
  closed:
    tier: testing
    release:
      - ref: { branches: [main] }
`

describe('deployments made through the API', () => {
  let world: World
  let flow: Flow
  let sha: string
  let pull: Awaited<ReturnType<typeof landed>>['pull']

  beforeEach(async () => {
    world = await aShop(POLICY)
    flow = await startFlow(world)
    ;({ pull, sha } = await landed(world))
  })
  afterEach(() => flow.end())

  const said = async (deployment: Deployment) => {
    await world.settled()
    return deployment.statuses.filter(({ viaApp }) => viaApp?.id === world.app.id).map(({ state }) => state)
  }
  const newest = async (deployment: Deployment) => {
    await world.settled()
    return deployment.statuses.at(-1)
  }

  test('one that waits is pending, with the reason', async () => {
    const deployment = await world.createsDeployment({ by: 'dora', ref: 'main' })
    expect(await said(deployment)).toEqual(['pending'])
    expect((await newest(deployment))?.description).toMatch(/approval/i)
  })

  test('one that may go is queued, and told so once', async () => {
    const deployment = await world.createsDeployment({ by: 'dora', ref: 'main' })
    await world.comments(pull, { by: 'dan', body: `/approve production ${short(sha)}` })
    expect(await said(deployment)).toEqual(['pending', 'queued'])
    world.clock.advance('6m')
    expect(await said(deployment)).toEqual(['pending', 'queued'])
  })

  test('who made it does not approve it', async () => {
    const deployment = await world.createsDeployment({ by: 'dora', ref: 'main' })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    expect(await said(deployment)).toEqual(['pending'])
    expect(world.repliesOn(pull).at(-1)?.body).toMatch(/^Refused: dora cannot approve/)
  })

  test('a rejection by somebody who may fails it', async () => {
    const deployment = await world.createsDeployment({ by: 'dora', ref: 'main' })
    await world.comments(pull, { by: 'dan', body: `/reject production ${short(sha)} not today` })
    expect(await said(deployment)).toEqual(['pending', 'failure'])
  })

  test('where the policy does not name the event it fails at once', async () => {
    const deployment = await world.createsDeployment({ by: 'dora', ref: 'main', environment: 'closed' })
    expect(await said(deployment)).toEqual(['failure'])
  })

  test('a bare commit that no allowed ref names does not go', async () => {
    const stray = await world.pushesTo('stray', { by: 'dev', files: { 'x.ts': 'x' } })
    const deployment = await world.createsDeployment({ by: 'dora', sha: stray.sha })
    expect(await said(deployment)).not.toContain('queued')
  })

  test('relabelled into another environment it is an incident, and is judged there', async () => {
    const deployment = await world.createsDeployment({ by: 'dev', ref: 'main', environment: 'staging' })
    expect(await said(deployment)).toEqual(['queued'])
    await world.setsDeploymentStatus(deployment, { by: 'dev', state: 'in_progress', environment: 'production' })
    await world.settled()
    const next = await world.createsDeployment({ by: 'dora', ref: 'main' })
    expect(await said(next)).toEqual(['pending'])
    expect(await world.check(sha, DEPLOY)).toMatchObject({ conclusion: 'failure' })
    expect((await world.check(sha, DEPLOY))?.summary).toMatch(/staging/)
  })

  test('one that goes ahead without being allowed is an incident, with a failing check', async () => {
    const deployment = await world.createsDeployment({ by: 'dev', ref: 'main' })
    expect(await said(deployment)).toEqual(['pending'])
    await world.setsDeploymentStatus(deployment, { by: 'dev', state: 'in_progress' })
    await world.settled()
    expect(await world.check(sha, DEPLOY)).toMatchObject({ status: 'completed', conclusion: 'failure' })
  })

  test('one that was allowed goes ahead without an incident', async () => {
    const deployment = await world.createsDeployment({ by: 'dev', ref: 'main', environment: 'staging' })
    expect(await said(deployment)).toEqual(['queued'])
    await world.setsDeploymentStatus(deployment, { by: 'dev', state: 'in_progress' })
    await world.setsDeploymentStatus(deployment, { by: 'dev', state: 'success' })
    await world.settled()
    expect(await world.check(sha, 'release-gates/deploy/staging')).toBeNull()
  })

  describe('whose status GitHub took though its reply was lost', () => {
    const goesAhead = async (deployment: Deployment) => {
      for (const state of ['in_progress', 'success'] as const)
        await world.setsDeploymentStatus(deployment, { by: 'dev', state })
      await world.settled()
      await heals(world, 2)
      await flow.app.sweep()
      await world.settled()
    }
    const lost = async () => {
      world.github.fails({ method: 'POST', path: /\/statuses/, connection: 'lost' })
      const deployment = await world.createsDeployment({ by: 'dev', ref: 'main', environment: 'staging' })
      expect(await said(deployment)).toEqual(['queued'])
      return deployment
    }

    test('is told so once, and goes ahead without an incident after the next look', async () => {
      const deployment = await lost()
      await heals(world, 2)
      await goesAhead(deployment)
      expect(await said(deployment)).toEqual(['queued'])
      expect(await world.check(sha, 'release-gates/deploy/staging')).toBeNull()
    })

    test('goes ahead without an incident before the next look, too', async () => {
      await goesAhead(await lost())
      expect(await world.check(sha, 'release-gates/deploy/staging')).toBeNull()
    })

    test('goes ahead without an incident though it waits again by then', async () => {
      const deployment = await lost()
      await world.commitsPolicy(POLICY.replace('kind: [user]', 'kind: [app]'))
      await heals(world, 2)
      expect(await said(deployment)).not.toEqual(['queued'])
      const { length } = deployment.statuses
      await goesAhead(deployment)
      expect(length).toBeGreaterThan(1)
      expect(await world.check(sha, 'release-gates/deploy/staging')).toBeNull()
    })
  })

  test('one that goes ahead without a status that did not come through is an incident, once GitHub tells', async () => {
    world.github.fails({ method: 'POST', path: /\/statuses/, connection: 'reset' })
    const deployment = await world.createsDeployment({ by: 'dev', ref: 'main', environment: 'staging' })
    await world.setsDeploymentStatus(deployment, { by: 'dev', state: 'in_progress' })
    expect(await said(deployment)).toEqual([])
    world.clock.advance('3m')
    await flow.app.sweep()
    await world.settled()
    expect(await world.check(sha, 'release-gates/deploy/staging')).toMatchObject({ conclusion: 'failure' })
  })

  test('where no policy file governs the repository nobody is told anything', async () => {
    await world.commitsPolicy(null)
    const deployment = await world.createsDeployment({ by: 'bob', ref: 'main', environment: 'Preview' })
    expect(await said(deployment)).toEqual([])
    await world.setsDeploymentStatus(deployment, { by: 'bob', state: 'success' })
    await world.settled()
    expect(await world.check(world.tip(), 'release-gates/deploy/Preview')).toBeNull()
  })

  test('one at a time holds for them too', async () => {
    const first = await world.createsDeployment({ by: 'dev', ref: 'main', environment: 'serial' })
    const second = await world.createsDeployment({ by: 'dev', ref: 'main', environment: 'serial' })
    expect(await said(first)).toEqual(['queued'])
    expect(await said(second)).toEqual(['pending'])
    await world.setsDeploymentStatus(first, { by: 'dev', state: 'success' })
    expect((await said(second)).at(-1)).toBe('queued')
  })
})
