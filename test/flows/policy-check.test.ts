import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, MERGE, opened, POLICY, SHOP_POLICY } from './shop.js'

const FILE = '.github/release-gates.yml'
const BROKEN = SHOP_POLICY.replace('approval: { from: leads }', 'approval: { from: leads, count: 0 }')

describe('the policy check', () => {
  let world: World
  let flow: Flow

  beforeEach(async () => {
    world = await aShop()
    flow = await startFlow(world)
  })
  afterEach(() => flow.end())

  /** What the app annotated, as it told GitHub. */
  const annotations = () =>
    world.github.requests.flatMap(({ path, body }) =>
      /\/check-runs/.test(path)
        ? ((body as { output?: { annotations?: readonly { path: string; start_line: number }[] } } | undefined)?.output
            ?.annotations ?? [])
        : [],
    )

  test('is not posted on a pull request that does not touch the policy', async () => {
    expect(await world.check(await opened(world), POLICY)).toBeNull()
  })

  test('is green for a good policy', async () => {
    const pull = await opened(world, { files: { [FILE]: `${SHOP_POLICY}# more\n` } })
    expect(await world.check(pull, POLICY)).toMatchObject({ conclusion: 'success' })
  })

  test('is red for a broken one, with annotations at the lines at fault', async () => {
    const pull = await opened(world, { files: { [FILE]: BROKEN.replace('version: 1', 'version: 1\nversoin: 2') } })
    const check = await world.check(pull, POLICY)
    expect(check).toMatchObject({ conclusion: 'failure' })
    expect(check?.summary).toMatch(/versoin/)
    expect(check?.summary).toMatch(/count/)
    const lines = annotations().map(({ path, start_line: line }) => ({ path, line }))
    expect(lines).toContainEqual({ path: FILE, line: 3 })
    expect(lines).toContainEqual({ path: FILE, line: 10 })
  })

  test('turns green when the pull request mends it', async () => {
    const pull = await opened(world, { files: { [FILE]: BROKEN } })
    expect(await world.check(pull, POLICY)).toMatchObject({ conclusion: 'failure' })
    await world.pushes(pull, { by: 'dev', files: { [FILE]: `${SHOP_POLICY}# better\n` } })
    expect(await world.check(pull, POLICY)).toMatchObject({ conclusion: 'success' })
  })

  test('a policy in the pull request does not judge the pull request', async () => {
    const free = SHOP_POLICY.replace(
      '      - approval: { from: leads }\n      - checks: [test]',
      '      - draft: false',
    )
    const pull = await opened(world, { files: { [FILE]: free } })
    expect(await world.check(pull, POLICY)).toMatchObject({ conclusion: 'success' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('a broken policy on main closes merges and releases, says so, and they heal with it', async () => {
    const { sha } = await landed(world)
    const pull = await opened(world, { head: 'next', files: { 'src/n.ts': 'n' } })
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    await world.commitsPolicy(BROKEN)
    const closed = await world.check(pull, MERGE)
    expect(closed).toMatchObject({ status: 'in_progress' })
    expect(`${closed?.title}\n${closed?.summary}`).toMatch(/policy/i)
    expect(closed?.summary).toMatch(/release-gates\.yml:9/)
    const run = await asks(world, sha)
    expect(await decisions(world, run)).toEqual([])
    expect((await world.check(sha, DEPLOY))?.summary).toMatch(/count/)
    await world.commitsPolicy(SHOP_POLICY)
    await heals(world, 1)
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    expect((await world.check(sha, DEPLOY))?.title).toMatch(/approval/i)
  })

  test('two policy files are a mistake', async () => {
    await world.pushesTo('main', { by: 'owner', files: { '.github/release-gates.yaml': SHOP_POLICY } })
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress' })
    expect(check?.summary).toMatch(/release-gates\.yaml/)
  })

  test('a pull request that adds a second one is told so', async () => {
    const pull = await opened(world, { files: { '.github/release-gates.yaml': SHOP_POLICY } })
    expect(await world.check(pull, POLICY)).toMatchObject({ conclusion: 'failure' })
  })

  test('a link in the policy’s place is a mistake', async () => {
    await world.pushesTo('main', {
      by: 'owner',
      files: { [FILE]: { mode: '120000', content: '../elsewhere.yml' } as never },
    })
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('a policy changed while a deployment waits counts for it', async () => {
    const { sha } = await landed(world)
    const run = await asks(world, sha)
    expect(await decisions(world, run)).toEqual([])
    await world.commitsPolicy(SHOP_POLICY.replace('      - approval: { from: managers }\n', ''))
    expect(await decisions(world, run)).toEqual(['approved'])
  })
})
