import { startFlow, type Flow } from '../test/flows/app.js'
import type { Pull } from '../test/world/state/pulls.js'
import { aWorld, type World } from '../test/world/world.js'
import type { Figure } from './measure.js'

/** Leads merge what is tested; managers release it. */
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
environments:
  production:
    tier: production
    release:
      - ref: { branches: [main] }
      - approval: { from: managers }
`
const FAN_OUT = 200

interface Counted {
  readonly event: string
  readonly calls: number
  /** How many at most; `null`: counted for comparison only. */
  readonly most: number | null
}

/** The whole app against the stand-in for GitHub, where every call is counted. */
export const calls = async (): Promise<readonly Figure[]> => {
  const world = await aWorld()
    .withTeam('development-leads', ['lena', 'leo'])
    .withTeam('delivery-managers', ['dora'])
    .withEnvironment('production')
    .withPolicy(POLICY)
    .withOrganisationPolicy('version: 1\n')
  const flow = await startFlow(world)
  try {
    const counted = [...(await ofPull(world, flow)), ...(await ofFanOut(world))]
    return counted.map(figure)
  } finally {
    await flow.end()
  }
}

/** Calls to GitHub until everything that an act has set off is done. */
const count = async (
  world: World,
  event: string,
  most: number | null,
  act: () => Promise<unknown>,
): Promise<Counted> => {
  world.github.forgetsRequests()
  await act()
  await world.settled()
  return { event, calls: world.github.requests.length, most }
}

/** Only the delivery of a pull request: what else GitHub tells of a push is a look of its own. */
const alone = async (world: World, act: () => Promise<unknown>): Promise<void> => {
  world.webhooks.lose(100, 'push')
  await act()
  world.webhooks.lose(0)
}

const opens = (world: World, file = 'a'): Promise<Pull> =>
  world.opensPullRequest({ by: 'dev', files: { [`src/${file}.ts`]: file } })

const ofPull = async (world: World, flow: Flow): Promise<readonly Counted[]> => {
  let pull: Pull | undefined
  const counted = [
    await count(world, 'pull request opened, app just started', 5, () =>
      alone(world, async () => (pull = await opens(world))),
    ),
  ]
  if (pull === undefined) throw new Error('no pull request was opened')
  const known = pull
  const more: readonly (readonly [string, number | null, () => Promise<unknown>])[] = [
    [
      'pull request pushed to',
      2,
      () => alone(world, () => world.pushes(known, { by: 'dev', files: { 'src/b.ts': 'b' } })),
    ],
    [
      'check run completed, verdict changed',
      2,
      () => world.reportsCheck(known, { name: 'test', conclusion: 'success' }),
    ],
    [
      'check run completed, verdict as before',
      1,
      () => world.reportsCheck(known, { name: 'other', conclusion: 'success' }),
    ],
    ['review submitted', 2, () => world.approves(known, { by: 'lena' })],
    [
      'push to the pull request’s branch, its push event too',
      null,
      () => world.pushes(known, { by: 'dev', files: { 'src/b.ts': 'c' } }),
    ],
    ['another pull request, after main moved', 2, () => afterMain(world)],
  ]
  for (const [event, most, act] of more) counted.push(await count(world, event, most, act))
  const sha = await world.merges(known, { by: 'leo', method: 'squash' })
  await world.settled()
  counted.push(
    await count(world, 'deployment asks and waits', null, () =>
      world.runsWorkflow({ by: 'dev', sha, jobs: [{ name: 'deploy', environment: 'production' }] }),
    ),
    await count(world, 'deployment approved by comment and let in', null, () =>
      world.comments(known, { by: 'dora', body: `/approve production ${sha.slice(0, 7)}` }),
    ),
    await count(world, 'sweep of two repositories', null, () => flow.app.sweep()),
  )
  return counted
}

/** Main moves first, uncounted; then a pull request is opened. */
const afterMain = async (world: World): Promise<void> => {
  await world.pushesTo('main', { by: 'owner', files: { 'README.md': 'new' } })
  await world.settled()
  world.github.forgetsRequests()
  await alone(world, () => opens(world, 'd'))
}

const ofFanOut = async (world: World): Promise<readonly Counted[]> => {
  for (let number = 0; number < FAN_OUT; number += 1) await opens(world, `many-${number}`)
  await world.settled()
  return [
    await count(world, `team change that touches ${FAN_OUT} open pull requests`, 2 * FAN_OUT + 10, () =>
      world.leavesTeam('leo', 'development-leads'),
    ),
  ]
}

const figure = ({ event, calls: made, most }: Counted): Figure => ({
  part: `calls: ${event}`,
  figure: `${made} calls`,
  bar: most === null ? null : `at most ${most}`,
  met: most === null || made <= most,
  how: 'The whole app against the stand-in for GitHub; every request is counted, that for a token too.',
})
