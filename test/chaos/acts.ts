import { currentAttempt } from '../world/views/actions.js'
import type { WorkflowRun } from '../world/state/actions.js'
import type { Pull } from '../world/state/pulls.js'
import { mayMerge } from './oracle.js'
import type { Random } from './random.js'
import { MERGE, type Shop } from './shop.js'

const MOST_OPEN = 8
const MOST_WAITING = 6

interface Act {
  readonly name: string
  readonly weight: number
  /** False: there was nothing to do it with. */
  readonly happens: (shop: Shop, random: Random) => Promise<boolean>
}

const openPulls = ({ world }: Shop): readonly Pull[] => world.repository().pulls.filter(({ state }) => state === 'open')
const merged = ({ world }: Shop): readonly Pull[] =>
  world.repository().pulls.filter(({ mergeCommit }) => mergeCommit !== null)
const waitingRuns = ({ world }: Shop): readonly WorkflowRun[] =>
  world.repository().runs.filter((run) => currentAttempt(run).pending.length > 0)
const shortSha = (sha: string): string => sha.slice(0, 7)

/** As branch protection has it: the newest check run of the merge gate is green. */
const isGreen = ({ world }: Shop, pull: Pull): boolean =>
  world
    .repository()
    .checkRuns.filter(({ name, suite }) => name === MERGE && suite.headSha === pull.headSha)
    .at(-1)?.conclusion === 'success'

/** An act on something chosen at random. */
const on =
  <T>(choices: (shop: Shop) => readonly T[], happens: (shop: Shop, chosen: T, random: Random) => Promise<unknown>) =>
  async (shop: Shop, random: Random): Promise<boolean> => {
    const chosen = random.of(choices(shop))
    if (chosen === undefined) return false
    await happens(shop, chosen, random)
    return true
  }

const opens: Act['happens'] = async (shop, random) => {
  if (openPulls(shop).length >= MOST_OPEN) return false
  const pull = await shop.world.opensPullRequest({ by: random.of(['dev', 'bob', 'cora']) ?? 'dev' })
  if (random.chance(0.7)) await shop.world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
  return true
}

const pushes = on(openPulls, async ({ world }, pull, random) => {
  await world.pushes(pull, { by: random.chance(0.2) ? 'leo' : pull.author.login })
  if (random.chance(0.6)) await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
})

const tests = on(openPulls, ({ world }, pull, random) =>
  world.reportsCheck(pull, { name: 'test', conclusion: random.chance(0.85) ? 'success' : 'failure' }),
)

const approves = on(openPulls, ({ world }, pull, random) =>
  world.approves(pull, { by: random.of(['lena', 'lena', 'leo', 'ada']) ?? 'lena' }),
)

const objects = on(openPulls, ({ world }, pull, random) =>
  world.requestsChanges(pull, { by: random.of(['lena', 'leo']) ?? 'lena' }),
)

const dismisses = on(
  (shop) =>
    openPulls(shop).flatMap(({ reviews }) =>
      reviews.filter(({ state }) => state === 'APPROVED' || state === 'CHANGES_REQUESTED'),
    ),
  ({ world }, review) => world.dismisses(review),
)

const merges = on(
  (shop) => openPulls(shop).filter((pull) => isGreen(shop, pull) && mayMerge(pull) === 'yes'),
  async ({ world }, pull, random) => {
    await world.merges(pull, { by: 'leo', method: random.of(['squash', 'merge'] as const) ?? 'squash' })
  },
)

const closes = on(openPulls, ({ world }, pull) => world.closes(pull, { by: pull.author.login }))

const deploys = (environment: string): Act['happens'] =>
  on(
    (shop) => (waitingRuns(shop).length < MOST_WAITING ? merged(shop).slice(-2) : []),
    ({ world }, { mergeCommit }, random) =>
      world.runsWorkflow({
        by: random.of(['dev', 'bob']) ?? 'dev',
        ...(mergeCommit === null ? {} : { sha: mergeCommit }),
        jobs: [{ name: 'deploy', environment }],
      }),
  )

/** A comment of somebody on what a waiting run ships; now and then of somebody who may not. */
const commands = (word: string, by: readonly string[]): Act['happens'] =>
  on(
    (shop) =>
      waitingRuns(shop).filter((run) =>
        currentAttempt(run).pending.some(({ environment }) => environment.name === 'production'),
      ),
    async (shop, run, random) => {
      const pull = merged(shop).find(({ mergeCommit }) => mergeCommit === run.headSha)
      if (pull === undefined) return
      const body = `/${word} production ${shortSha(run.headSha)} because of chaos`
      await shop.world.comments(pull, { by: random.of(by) ?? 'dora', body })
    },
  )

const finishes = on(
  ({ world }) => world.repository().runs.filter((run) => currentAttempt(run).status === 'in_progress'),
  ({ world }, run, random) => world.finishesJob(run, 'deploy', random.chance(0.8) ? 'success' : 'failure'),
)

const cancels = on(waitingRuns, ({ world }, run) => world.cancelsRun(run))

const reruns = on(
  ({ world }) =>
    world
      .repository()
      .runs.filter((run) => currentAttempt(run).status === 'completed')
      .slice(-3),
  ({ world }, run) => world.rerunsWorkflow(run, { by: 'bob' }),
)

/** An administrator starts what waits for production, past the gate. */
const bypasses = on(
  (shop) =>
    waitingRuns(shop).filter((run) =>
      currentAttempt(run).pending.some(({ environment }) => environment.name === 'production'),
    ),
  async (shop, run) => {
    shop.bypassed.add(run.id)
    await shop.world.startsAllWaitingJobs(run)
  },
)

const deliveryTrouble: Act['happens'] = async ({ world }, random) => {
  if (random.chance(0.5)) world.webhooks.lose(1)
  else world.webhooks.double(1)
  return true
}

const ACTS: readonly [Act, ...Act[]] = [
  { name: 'opens', weight: 14, happens: opens },
  { name: 'pushes', weight: 8, happens: pushes },
  { name: 'tests', weight: 12, happens: tests },
  { name: 'approves', weight: 24, happens: approves },
  { name: 'objects', weight: 3, happens: objects },
  { name: 'dismisses', weight: 5, happens: dismisses },
  { name: 'merges', weight: 14, happens: merges },
  { name: 'closes', weight: 2, happens: closes },
  { name: 'deploys to staging', weight: 7, happens: deploys('staging') },
  { name: 'deploys to production', weight: 8, happens: deploys('production') },
  { name: 'says yes', weight: 14, happens: commands('approve', ['dora', 'dan', 'dora', 'dan', 'bob']) },
  { name: 'says no', weight: 1, happens: commands('reject', ['dora', 'dan']) },
  { name: 'finishes', weight: 12, happens: finishes },
  { name: 'cancels', weight: 2, happens: cancels },
  { name: 'reruns', weight: 3, happens: reruns },
  { name: 'freezes', weight: 2, happens: async (shop) => (await shop.freezes(!shop.frozen), true) },
  { name: 'bypasses', weight: 1, happens: bypasses },
  { name: 'loses or doubles a delivery', weight: 6, happens: deliveryTrouble },
]

/** Somebody does something; what it was. */
export const anAct = async (shop: Shop, random: Random): Promise<string> => {
  for (;;) {
    const act = random.weighed(ACTS)
    if (await act.happens(shop, random)) return act.name
  }
}
