import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Pull } from '../world/state/pulls.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, heals, MERGE, opened, SHOP_POLICY } from './shop.js'

const ORGANISATION = `
version: 1
groups:
  above: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: above }
`
/** Another `groups` section; the gates are the same. */
const REGROUPED = SHOP_POLICY.replace('branches:', '  others: { teams: [delivery-managers] }\nbranches:')
const REGROUPED_ABOVE = ORGANISATION.replace('branches:', '  others: { teams: [development-leads] }\nbranches:')

describe('a name whose team is another one now', () => {
  let world: World
  let flow: Flow
  let pull: Pull

  const starts = async (organisation: string | null = null) => {
    const shop = aShop(SHOP_POLICY)
    world = await (organisation === null ? shop : shop.withOrganisationPolicy(organisation))
    flow = await startFlow(world)
    pull = await opened(world)
    await world.settled()
  }
  /** The team is gone, and another has its name. */
  const replaces = async (slug: string, members: readonly string[]) => {
    await world.deletesTeam(slug)
    await world.createsTeam(slug, members)
    await heals(world, 1)
  }
  const shown = async () => {
    const check = await world.check(pull, MERGE)
    return { conclusion: check?.conclusion, text: `${check?.title}\n${check?.summary}` }
  }
  afterEach(() => flow.end())

  describe('in the repository’s own file', () => {
    beforeEach(async () => {
      await starts()
      await replaces('development-leads', ['ada'])
      await world.approves(pull, { by: 'ada' })
    })

    test('counts for nothing until a commit on the default branch changes groups', async () => {
      expect((await shown()).conclusion).toBeNull()
      expect((await shown()).text).toMatch(/another one now/)
      await world.commitsPolicy(SHOP_POLICY.replace('version: 1', 'version: 1 # again'))
      await heals(world, 1)
      expect((await shown()).conclusion).toBeNull()
      await world.commitsPolicy(REGROUPED)
      await heals(world, 1)
      expect(await shown()).toMatchObject({ conclusion: 'success' })
    })

    test('is pinned anew then', async () => {
      await world.commitsPolicy(REGROUPED)
      await heals(world, 1)
      await replaces('development-leads', ['bob'])
      expect((await shown()).conclusion).toBeNull()
      expect((await shown()).text).toMatch(/another one now/)
    })

    test('is not learnt anew from the groups of a branch that anybody may push to', async () => {
      await world.setsBranch('evil', world.tip(), { by: 'bob' })
      await world.pushesTo('evil', { by: 'bob', files: { '.github/release-gates.yml': REGROUPED } })
      const other = await opened(world, { head: 'more-evil', into: 'evil', files: { 'src/z.ts': 'z' } })
      await world.edits(other, { by: 'dev', title: 'Look at me' })
      await heals(world)
      expect((await shown()).conclusion).toBeNull()
    })
  })

  describe('in the organisation’s file', () => {
    beforeEach(async () => {
      await starts(ORGANISATION)
      await replaces('delivery-managers', ['ada'])
      await world.approves(pull, { by: 'lena' })
      await world.approves(pull, { by: 'ada' })
    })

    test('is not released by the groups of a repository', async () => {
      await world.commitsPolicy(REGROUPED)
      await heals(world, 1)
      expect((await shown()).conclusion).toBeNull()
      expect((await shown()).text).toMatch(/another one now/)
    })

    test('is released by its own groups, in every repository', async () => {
      await world.organisationPolicy(REGROUPED_ABOVE)
      await heals(world, 1)
      expect(await shown()).toMatchObject({ conclusion: 'success' })
    })
  })
})
