import { createHmac } from 'node:crypto'
import type { WorkflowRun } from '../world/state/actions.js'
import type { Pull } from '../world/state/pulls.js'
import { aWorld, type World } from '../world/world.js'
import { WEBHOOK_SECRET } from '../world/core.js'

export const MERGE = 'release-gates/merge'
export const PUSH = 'release-gates/push'
export const POLICY = 'release-gates/policy'
export const DEPLOY = 'release-gates/deploy/production'

/** Leads merge, managers approve production; nothing waits for time. */
export const SHOP_POLICY = `
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
`

/** No approval, no review: one production release after another. */
export const SERIAL = SHOP_POLICY.replace('      - approval: { from: managers }', '      - one_at_a_time: {}').replace(
  '      - reviewed: {}\n      -',
  '      -',
)

/** acme/shop with leads (lena, leo), managers (dora, dan) and a gated production. */
export const aShop = (policy: string | null = SHOP_POLICY) => {
  const shop = aWorld()
    .withTeam('development-leads', ['lena', 'leo'])
    .withTeam('delivery-managers', ['dora', 'dan'])
    .withEnvironment('production')
  return policy === null ? shop : shop.withPolicy(policy)
}

/** A pull request whose `test` is green. */
export const opened = async (world: World, options: Parameters<World['opensPullRequest']>[0] = {}): Promise<Pull> => {
  const pull = await world.opensPullRequest({ by: 'dev', files: { 'src/a.ts': 'a' }, ...options })
  await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
  return pull
}

/** A reviewed change on main. */
export const landed = async (
  world: World,
  {
    by = 'leo',
    method = 'squash' as const,
    ...options
  }: { by?: string; method?: 'squash' | 'merge' | 'rebase' } & Parameters<World['opensPullRequest']>[0] = {},
): Promise<{ readonly pull: Pull; readonly sha: string }> => {
  const pull = await opened(world, { ...options, by: 'dev' })
  await world.approves(pull, { by: 'lena' })
  await world.settled()
  const sha = await world.merges(pull, { by, method })
  await world.settled()
  return { pull, sha }
}

/** A run that asks to enter an environment. */
export const asks = (
  world: World,
  sha: string,
  { by = 'dev', environment = 'production', ref }: { by?: string; environment?: string; ref?: string } = {},
) => world.runsWorkflow({ by, sha, jobs: [{ name: 'deploy', environment }], ...(ref !== undefined && { ref }) })

/** What the app decided about a run, once everything has settled. */
export const decisions = async (world: World, run: WorkflowRun): Promise<readonly string[]> =>
  (await world.answers(run)).flatMap(({ state }) => (state === null ? [] : [state]))

export const short = (sha: string): string => sha.slice(0, 7)

/** Whatever was put off is due again and again: back-off, look-agains, caches. */
export const heals = async (world: World, rounds = 3): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    world.clock.advance('6m')
    await world.settled()
  }
}

/** Posts a body to the app as anybody could; signed as GitHub does unless told otherwise. */
export const posts = async (
  port: number,
  {
    event,
    body,
    guid = '00000000-0000-4000-8000-000000000001',
    secret = WEBHOOK_SECRET,
  }: { event: string; body: string; guid?: string; secret?: string },
): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  })
  await response.arrayBuffer()
  return response.status
}
