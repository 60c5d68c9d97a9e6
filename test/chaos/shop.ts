import { aWorld, type World } from '../world/world.js'
import type { FastClock } from './pace.js'

export const MERGE = 'release-gates/merge'

/** Leads merge, managers approve production, staging takes one release after another. */
const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads }
      - checks: [test]
    push:
      - reviewed: {}
environments:
  production:
    tier: production
    release:
      - ref: { branches: [main] }
      - reviewed: {}
      - approval: { from: managers }
  staging:
    tier: staging
    release:
      - ref: { branches: [main] }
      - one_at_a_time: {}
`
const OPEN = 'version: 1\n'
const FROZEN = `version: 1
freezes:
  - name: Nobody releases
    from: 2026-01-01T00:00
    to: 2027-01-01T00:00
    timezone: UTC
    environments: [production]
`

/** Of an organisation on GitHub Enterprise Cloud: servers that are killed all the time ask for everything anew. */
const REQUESTS_AN_HOUR = 15_000

/** acme/shop on a fast clock, and what its people did that no reader of GitHub's state can tell. */
export interface Shop {
  readonly world: World
  /** Whether the organisation's policy freezes production at this instant. */
  frozen: boolean
  /** Runs whose waiting jobs an administrator started, past every gate. */
  readonly bypassed: Set<number>
  freezes(isFrozen: boolean): Promise<void>
}

export const chaosShop = async (clock: FastClock): Promise<Shop> => {
  const world = await aWorld()
    .withTeam('development-leads', ['lena', 'leo'])
    .withTeam('delivery-managers', ['dora', 'dan'])
    .withEnvironment('production')
    .withEnvironment('staging')
    .withOrganisationPolicy(OPEN)
    .withPolicy(POLICY)
  world.clock.follows(() => clock.now())
  world.github.budget(REQUESTS_AN_HOUR)
  const shop: Shop = {
    world,
    frozen: false,
    bypassed: new Set(),
    async freezes(isFrozen) {
      shop.frozen = isFrozen
      await world.organisationPolicy(isFrozen ? FROZEN : OPEN)
    },
  }
  return shop
}
