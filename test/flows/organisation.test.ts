import { afterEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import {
  aShop,
  asks,
  decisions,
  DEPLOY,
  heals,
  landed,
  MERGE,
  opened,
  POLICY,
  PUSH,
  short,
  SHOP_POLICY,
} from './shop.js'

const OPEN = SHOP_POLICY.replace('      - approval: { from: managers }\n', '')
const TIGHTER = `
version: 1
tiers:
  production:
    release:
      - approval: { from: delivery-managers }
branches:
  main:
    merge:
      - approval: { from: delivery-managers }
`

describe('the organisation’s policy', () => {
  let world: World
  let flow: Flow

  const starts = async (organisation: string | null, own: string | null = OPEN, mode = 'auto') => {
    const shop = aShop(own)
    world = await (organisation === null ? shop : shop.withOrganisationPolicy(organisation))
    flow = await startFlow(world, { env: { ORGANISATION_POLICY: mode } })
  }
  afterEach(() => flow.end())

  const approved = async () => {
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    return pull
  }

  test('adds to what the repository asks', async () => {
    await starts(TIGHTER)
    const pull = await approved()
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    await world.approves(pull, { by: 'dora' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('governs a repository without a file of its own', async () => {
    await starts(TIGHTER, null)
    const pull = await approved()
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('broken, keeps its last valid version in force', async () => {
    await starts(TIGHTER)
    const pull = await approved()
    await world.settled()
    await world.organisationPolicy(`${TIGHTER}tires: {}\n`)
    await heals(world, 1)
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    await world.approves(pull, { by: 'dora' })
    await heals(world, 1)
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('broken from the beginning, closes and says so', async () => {
    await starts(`${TIGHTER}tires: {}\n`)
    const pull = await approved()
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/tires/)
  })

  test('that comes later closes what stood open', async () => {
    await starts('version: 1\n')
    const pull = await approved()
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.organisationPolicy(TIGHTER)
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('that vanishes from sight after it was read is unreadable, not withdrawn', async () => {
    await starts(TIGHTER)
    const pull = await approved()
    await world.approves(pull, { by: 'dora' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.installsOn(['acme/shop'])
    await heals(world, 1)
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/organisation/i)
  })

  test.each([
    ['required', 'in_progress', /cannot be seen/],
    ['auto', 'completed', /organisation’s policy is not applied/],
    ['none', 'completed', /^(?!.*organisation’s policy)/s],
  ])('that was never seen, under %s: %s', async (mode, status, said) => {
    world = await aShop(OPEN)
    await world.installsOn(['acme/shop'])
    flow = await startFlow(world, { env: { ORGANISATION_POLICY: mode } })
    const pull = await approved()
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status })
    expect(check?.summary).toMatch(said)
  })

  test('that is not there, where the app is installed everywhere, is no matter', async () => {
    world = await aShop(OPEN)
    flow = await startFlow(world)
    const check = await world.check(await approved(), MERGE)
    expect(check).toMatchObject({ conclusion: 'success' })
    expect(check?.summary).not.toMatch(/organisation/i)
  })

  test('that was never seen is missing in what a release and a push are told, too', async () => {
    world = await aShop(SHOP_POLICY)
    await world.installsOn(['acme/shop'])
    flow = await startFlow(world)
    const { sha, pull } = await landed(world)
    await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'bob', body: '/gates' })
    await world.settled()
    const said = /organisation’s policy is not applied/
    expect((await world.check(sha, DEPLOY))?.summary).toMatch(said)
    expect((await world.check(sha, PUSH))?.summary).toMatch(said)
    expect(world.repliesOn(pull).at(-1)?.body).toMatch(said)
  })

  test('is not looked at under none', async () => {
    await starts(TIGHTER, OPEN, 'none')
    expect(await world.check(await approved(), MERGE)).toMatchObject({ conclusion: 'success' })
  })

  describe('observing', () => {
    const observing = (mode: string) => `version: 1\nmode: ${mode}\n${TIGHTER.replace('\nversion: 1\n', '')}`

    test('posts under other names only, and leaves runs unanswered', async () => {
      await starts(observing('observe'))
      const { sha, pull } = await landed(world)
      const run = await asks(world, sha)
      expect(await decisions(world, run)).toEqual([])
      const names = [
        ...(await world.checks(pull, { app: 'release-gates' })),
        ...(await world.checks(sha, { app: 'release-gates' })),
      ].map(({ name }) => name)
      expect(names.length).toBeGreaterThan(0)
      expect(names.filter((name) => !name.startsWith('release-gates/observe/'))).toEqual([])
    })

    test('says what it cannot read, and what is wrong with a policy, under other names too', async () => {
      await starts(observing('observe'))
      const pull = await opened(world, { files: { '.github/release-gates.yml': 'version: 2\n' } })
      await world.settled()
      world.github.fails({ path: /graphql/, status: 500, times: 1000 })
      await world.approves(pull, { by: 'lena' })
      await heals(world, 2)
      const names = (await world.checks(pull, { app: 'release-gates' })).map(({ name }) => name)
      expect(names).toContain('release-gates/observe/policy')
      expect(names.filter((name) => !name.startsWith('release-gates/observe/'))).toEqual([])
    })

    test('shows no buttons, which would do nothing, and closes what ended undecided', async () => {
      await starts(observing('observe'))
      const { sha } = await landed(world)
      const run = await asks(world, sha)
      await world.settled()
      const name = 'release-gates/observe/deploy/production'
      const shown = world.repository().checkRuns.filter((one) => one.name === name)
      expect(shown).not.toHaveLength(0)
      expect(shown.flatMap(({ actions = [] }) => actions)).toEqual([])
      await world.cancelsRun(run)
      await heals(world, 1)
      expect(await world.check(sha, name)).toMatchObject({
        conclusion: 'failure',
        title: 'Ended before it was decided',
      })
    })

    test('tells a push that breaks the policy under another name', async () => {
      await starts(observing('observe'))
      const { sha } = await world.commitsPolicy('version: 2\n')
      await world.settled()
      expect(await world.check(sha, POLICY)).toBeNull()
      expect(await world.check(sha, 'release-gates/observe/policy')).toMatchObject({ conclusion: 'failure' })
    })

    test.each([
      ['observe', []],
      ['observe-and-approve', ['queued']],
    ])('under %s a deployment made through the API hears: %j', async (mode, states) => {
      await starts(observing(mode))
      const { sha } = await landed(world)
      const deployment = await world.createsDeployment({ by: 'dev', environment: 'production', ref: 'main' })
      await world.settled()
      const ours = deployment.statuses.filter(({ viaApp }) => viaApp?.id === world.app.id)
      expect(ours.map(({ state }) => state)).toEqual(states)
      const check = await world.check(sha, 'release-gates/observe/deploy/production')
      expect(check?.title).toMatch(/event api/)
    })

    test('and approving lets runs go, and shows what it would have said', async () => {
      await starts(observing('observe-and-approve'))
      const { sha } = await landed(world)
      const run = await asks(world, sha)
      expect(await decisions(world, run)).toEqual(['approved'])
      expect(await world.check(sha, DEPLOY)).toBeNull()
      expect((await world.check(sha, 'release-gates/observe/deploy/production'))?.title).toMatch(/approval/i)
    })
  })
})

describe('people and pull requests that change while a gate waits', () => {
  let world: World
  let flow: Flow
  const starts = async (policy = SHOP_POLICY, before: (here: World) => unknown = () => undefined) => {
    world = await aShop(policy).where(before)
    flow = await startFlow(world)
  }
  afterEach(() => flow.end())

  test('an approver who leaves the team before the release does not count', async () => {
    await starts(SHOP_POLICY.replace('{ from: managers }', '{ from: managers, count: 2 }'))
    const { pull, sha } = await landed(world)
    const run = await asks(world, sha)
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await world.settled()
    await world.joinsTeam('ada', 'delivery-managers')
    await world.leavesTeam('dora', 'delivery-managers')
    await world.comments(pull, { by: 'dan', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, run)).toEqual([])
    await world.comments(pull, { by: 'ada', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, run)).toEqual(['approved'])
  })

  test('an approver who left without a word is seen before the answer', async () => {
    await starts()
    const { pull, sha } = await landed(world)
    const run = await asks(world, sha)
    await world.settled()
    world.webhooks.lose(10, 'membership')
    await world.leavesTeam('dora', 'delivery-managers')
    world.webhooks.lose(0)
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    expect(await decisions(world, run)).toEqual([])
  })

  test('a team whose name another team took is unknown, and the check says renamed', async () => {
    await starts()
    const pull = await opened(world)
    await world.settled()
    await world.renamesTeam('development-leads', 'old-leads')
    await world.createsTeam('development-leads', ['bob'])
    await world.approves(pull, { by: 'bob' })
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/renamed|another team|somebody else/i)
  })

  test('a child team’s member counts, and not where only direct members do', async () => {
    await starts(SHOP_POLICY, async (here) => {
      await here.createsTeam('seniors', ['ada'], { parent: 'development-leads' })
    })
    const pull = await opened(world)
    await world.approves(pull, { by: 'ada' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.commitsPolicy(
      SHOP_POLICY.replace('{ teams: [development-leads] }', '{ teams: [development-leads], inherited: false }'),
    )
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('retargeting voids what was approved before it', async () => {
    await starts(SHOP_POLICY, (here) => here.setsBranch('side', 'main'))
    const pull = await opened(world, { into: 'side' })
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    world.clock.advance('1m')
    await world.retargets(pull, 'main')
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    world.clock.advance('1m')
    await world.approves(pull, { by: 'leo' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('draft, labels, title and body are looked at as they are now', async () => {
    const rules = '      - draft: false\n      - labels: { none: [hold] }\n      - title: { matches: "^[A-Z]" }\n'
    await starts(SHOP_POLICY.replace('      - checks: [test]\n', `      - checks: [test]\n${rules}`))
    const pull = await opened(world, { draft: true, title: 'lower' })
    await world.approves(pull, { by: 'lena' })
    const is = async (status: object) => expect(await world.check(pull, MERGE)).toMatchObject(status)
    await is({ conclusion: 'failure' })
    await world.edits(pull, { by: 'dev', title: 'Upper' })
    await is({ status: 'in_progress' })
    await world.drafts(pull, false)
    await is({ conclusion: 'success' })
    await world.labels(pull, 'HOLD')
    await is({ status: 'in_progress' })
    await world.labels(pull, 'HOLD', { on: false })
    await is({ conclusion: 'success' })
  })

  test('two pull requests with one head and different bases get the worse verdict, and both are named', async () => {
    const two = SHOP_POLICY.replace(
      '  main:\n    merge:',
      '  release:\n    merge: [{ approval: { from: managers } }]\n  main:\n    merge:',
    )
    await starts(two, (here) => here.setsBranch('release', 'main'))
    const one = await opened(world, { head: 'shared' })
    await world.approves(one, { by: 'lena' })
    expect(await world.check(one, MERGE)).toMatchObject({ conclusion: 'success' })
    const other = await world.opensPullRequest({ by: 'dev', head: 'shared', into: 'release' })
    const closed = await world.check(one, MERGE)
    expect(closed).toMatchObject({ status: 'in_progress' })
    expect(`${closed?.title}\n${closed?.summary}`).toContain(`#${one.number}`)
    expect(`${closed?.title}\n${closed?.summary}`).toContain(`#${other.number}`)
    await world.approves(other, { by: 'dora' })
    expect(await world.check(one, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.requestsChanges(other, { by: 'dan' })
    expect(await world.check(one, MERGE)).toMatchObject({ status: 'in_progress' })
    await world.closes(other, { by: 'dev' })
    expect(await world.check(one, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('a freeze or an approval that lapses closes what stood open, by itself', async () => {
    await starts(SHOP_POLICY.replace('approval: { from: leads }', 'approval: { from: leads, within: 1h }'))
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    world.clock.advance('61m')
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })
})
