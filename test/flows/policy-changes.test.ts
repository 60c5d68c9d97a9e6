import { afterEach, describe, expect, test } from '@jest/globals'
import type { FileChanges } from '../world/operations/git.js'
import type { Pull } from '../world/state/pulls.js'
import { aWorld, type World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { POLICY, SHOP_POLICY, aShop, heals } from './shop.js'

const FILE = '.github/release-gates.yml'
const TESTS = '.github/shop.gates-test.yml'

const WEAKER = SHOP_POLICY.replace('- approval: { from: managers }', '- ref: { branches: [main] }').replace(
  '- checks: [test]',
  '- checks: [test, scan]',
)

const scenarios = (expected: string, policy = './release-gates.yml') => `
policy: ${policy}
defaults: { teams: { development-leads: [lena], delivery-managers: [dora] } }
scenarios:
  - name: a lead approves
    change:
      reviews: [{ by: lena, state: approved }]
      checks: { test: success, scan: success }
    expect: allow
  - name: nobody has approved
    change: { checks: { test: success, scan: success } }
    expect: ${expected}
`

let world: World
let flow: Flow
afterEach(() => flow.end())

const begins = async (files: FileChanges = {}, policy = SHOP_POLICY) => {
  world = await aShop(policy)
  await world.pushesTo('main', { by: 'owner', files: { 'README.md': 'shop', ...files } })
  flow = await startFlow(world)
}

const proposes = async (files: FileChanges): Promise<Pull> => {
  const pull = await world.opensPullRequest({ by: 'dev', into: 'main', files })
  await world.settled()
  return pull
}

interface Posted {
  readonly name: string
  readonly head_sha: string
  readonly conclusion?: string
  readonly output: { readonly annotations?: readonly unknown[] }
}

/** What was posted as the policy check of a commit, oldest first. */
const postsOn = (sha: string): readonly Posted[] =>
  world.github.requests
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/check-runs'))
    .map(({ body }) => body as Posted)
    .filter(({ name, head_sha: on }) => name === POLICY && on === sha)

const annotationsOn = (sha: string) => postsOn(sha).at(-1)?.output.annotations

describe('a pull request that changes the policy', () => {
  test('is told gate by gate what becomes weaker and what stronger', async () => {
    await begins()
    const check = await world.check(await proposes({ [FILE]: WEAKER }), POLICY)
    expect(check).toMatchObject({ conclusion: 'success', title: 'The policy is valid: 1 weaker, 2 stronger' })
    expect(check?.summary).toMatch(/### Weaker\n\n- `production`: approval from managers is no longer asked\n/)
    expect(check?.summary).toMatch(/### Stronger\n\n- The merge gate of `main`: `checks`: `scan` is asked too\n/)
    expect(check?.summary).toMatch(/takes effect once it is on `main`/)
  })

  test('is told that nothing changes, where only words do', async () => {
    await begins()
    const check = await world.check(await proposes({ [FILE]: `# for people\n${SHOP_POLICY}` }), POLICY)
    expect(check).toMatchObject({ conclusion: 'success', title: 'The policy is valid' })
    expect(check?.summary).toMatch(/What it asks does not change/)
  })

  test('that removes it is told so', async () => {
    await begins()
    const check = await world.check(await proposes({ [FILE]: null }), POLICY)
    expect(check?.title).toMatch(/^The policy file is removed: \d+ weaker/)
    expect(check?.summary).toMatch(/The merge gate of `main`.*nothing is asked any more/)
  })

  test('is not told anything where it touches other files', async () => {
    await begins({ [TESTS]: scenarios('allow') })
    expect(await world.check(await proposes({ 'src/a.ts': 'a' }), POLICY)).toBeNull()
  })

  test('answers for its own changes only, where the base has changed the policy since', async () => {
    await begins()
    const pull = await world.opensPullRequest({ by: 'dev', into: 'main', files: { [FILE]: `# mine\n${SHOP_POLICY}` } })
    await world.settled()
    await world.commitsPolicy(WEAKER)
    await world.settled()
    const check = await world.check(pull, POLICY)
    expect(check).toMatchObject({ conclusion: 'success', title: 'The policy is valid' })
    expect(check?.summary).toMatch(/`main` has changed the policy since this branch left it/)
    expect(check?.summary).toMatch(/What it asks does not change/)
    await world.pushes(pull, {
      by: 'dev',
      files: { [FILE]: SHOP_POLICY.replace('- checks: [test]', '- draft: false') },
    })
    await world.settled()
    expect((await world.check(pull, POLICY))?.summary).toMatch(
      /### Weaker\n\n[^#]*`checks` \(`test`\) is no longer asked/,
    )
  })

  test('is told at its lines what the organisation forbids in it', async () => {
    world = await aShop().withOrganisationPolicy('version: 1\nlocked: [merge]\nmode: enforce\n')
    flow = await startFlow(world)
    const pull = await proposes({ [FILE]: `# again\n${SHOP_POLICY}` })
    const check = await world.check(pull, POLICY)
    expect(check).toMatchObject({ conclusion: 'failure', title: 'The organisation’s policy forbids this' })
    expect(annotationsOn(pull.headSha)).toEqual([
      expect.objectContaining({ path: FILE, start_line: 8, annotation_level: 'failure' }),
    ])
  })

  test('cannot be compared with a policy that is broken, and mends it', async () => {
    await begins({}, `${SHOP_POLICY}nonsense: true\n`)
    const check = await world.check(await proposes({ [FILE]: SHOP_POLICY }), POLICY)
    expect(check).toMatchObject({ conclusion: 'success', title: 'The policy is valid' })
    expect(check?.summary).toMatch(/in force has mistakes.*cannot be told/)
  })

  test('says nothing before all of it could be read, and then by itself', async () => {
    await begins({ [TESTS]: scenarios('wait') })
    const pull = await world.opensPullRequest({ by: 'dev', into: 'main', files: { [FILE]: WEAKER } })
    world.github.fails({ path: /git\/blobs/, status: 502 })
    await world.settled()
    expect(await world.check(pull, POLICY)).toMatchObject({
      status: 'in_progress',
      title: 'The scenario files could not be read',
    })
    world.github.recovers()
    await heals(world)
    expect(await world.check(pull, POLICY)).toMatchObject({ conclusion: 'success' })
  })
})

describe('the scenario files of the head', () => {
  test('run against the new policy, and are counted', async () => {
    await begins({ [TESTS]: scenarios('wait') })
    const check = await world.check(await proposes({ [FILE]: WEAKER }), POLICY)
    expect(check).toMatchObject({ conclusion: 'success' })
    expect(check?.summary).toMatch(/2 scenarios in 1 file: as expected/)
  })

  test('fail the check, at the line of the scenario, with what was expected and what is', async () => {
    await begins({ [TESTS]: scenarios('wait') })
    const lax = SHOP_POLICY.replace('      - approval: { from: leads }\n', '')
    const pull = await proposes({ [FILE]: lax })
    const check = await world.check(pull, POLICY)
    expect(check).toMatchObject({ conclusion: 'failure', title: 'A scenario is not as expected' })
    expect(check?.summary).toMatch(/shop\.gates-test\.yml:10.*nobody has approved.*expected wait, and it is allow/)
    expect(annotationsOn(pull.headSha)).toEqual([
      expect.objectContaining({ path: TESTS, start_line: 10, message: expect.stringMatching(/expected wait/) }),
    ])
    expect(check?.summary).toMatch(/approval from leads is no longer asked/)
  })

  test.each([
    ['../../../etc/passwd', /leads out of the repository/],
    ['/etc/passwd', /leads out of the repository/],
    ['../nowhere.yml', /no text file nowhere\.yml at this commit/],
    ['../linked.yml', /no text file linked\.yml at this commit/],
  ])('read policies at the same commit only: %s', async (path, why) => {
    await begins({
      [TESTS]: scenarios('wait', path),
      'linked.yml': { content: '/etc/passwd', mode: '120000' },
    })
    const check = await world.check(await proposes({ [FILE]: WEAKER }), POLICY)
    expect(check).toMatchObject({ conclusion: 'failure', title: '2 scenarios are not as expected' })
    expect(check?.summary).toMatch(why)
  })

  test('run where nothing but they change', async () => {
    await begins({ [TESTS]: scenarios('wait') })
    const good = await proposes({ [TESTS]: `# more\n${scenarios('wait')}` })
    const check = await world.check(good, POLICY)
    expect(check).toMatchObject({ conclusion: 'success', title: '2 scenarios are as expected' })
    expect(check?.summary).toMatch(/2 scenarios in 1 file: as expected/)
    await world.pushes(good, { by: 'dev', files: { [TESTS]: scenarios('allow') } })
    await world.settled()
    expect(await world.check(good, POLICY)).toMatchObject({
      conclusion: 'failure',
      title: 'A scenario is not as expected',
    })
    expect(annotationsOn(good.headSha)).toEqual([expect.objectContaining({ path: TESTS, start_line: 10 })])
  })

  test('that stand where the app reads none are none of its business', async () => {
    await begins()
    expect(await world.check(await proposes({ 'tests/x.gates-test.yml': 'nonsense' }), POLICY)).toBeNull()
  })

  test('that are taken away leave nothing to run', async () => {
    await begins({ [TESTS]: scenarios('wait') })
    const check = await world.check(await proposes({ [TESTS]: null }), POLICY)
    expect(check).toMatchObject({ conclusion: 'success', title: 'There is no scenario to run' })
  })

  test('that cannot be understood fail the check too', async () => {
    await begins({ [TESTS]: 'scenarios:\n  - name: x\n    expect: perhaps\n    change: {}\n' })
    const check = await world.check(await proposes({ [FILE]: WEAKER }), POLICY)
    expect(check?.conclusion).toBe('failure')
    expect(check?.summary).toMatch(/shop\.gates-test\.yml:3/)
  })

  test('that are too many are not taken for passed', async () => {
    const one = '  - { name: x, change: {}, expect: undecided }\n'
    await begins({ [TESTS]: `policy: ./release-gates.yml\nscenarios:\n${one.repeat(1_001)}` })
    const check = await world.check(await proposes({ [FILE]: WEAKER }), POLICY)
    expect(check).toMatchObject({ conclusion: 'failure', title: 'Not every scenario was run' })
    expect(check?.summary).toMatch(/1 of 1001 scenarios: at most 1000/)
  })
})

describe('the organisation’s policy repository', () => {
  const ORGANISATION = `
version: 1
tiers:
  production:
    release:
      - approval: { from: delivery-managers }
`

  const changesIt = async (text: string) => {
    world = await aWorld().withTeam('delivery-managers', ['dora']).withOrganisationPolicy(ORGANISATION)
    flow = await startFlow(world)
    const repo = world.repository('acme/.github')
    const pull = await world.opensPullRequest({ by: 'dev', into: 'main', repo, files: { 'release-gates.yml': text } })
    await world.settled()
    return world.check(pull, POLICY, { repo })
  }

  test('is told what a change weakens in every repository', async () => {
    const check = await changesIt(`${ORGANISATION}mode: observe\n`)
    expect(check).toMatchObject({ conclusion: 'success', title: 'The policy is valid: 1 weaker' })
    expect(check?.summary).toMatch(/The file: `mode` is observe instead of enforce/)
  })

  test('is told mistakes, by the rules of an organisation’s file', async () => {
    expect(await changesIt(ORGANISATION.replace('from', 'form'))).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/mistake/),
    })
  })
})

describe('a push that breaks the policy', () => {
  test('is shown at the lines at fault, on the tip', async () => {
    await begins()
    const { sha } = await world.pushesTo('main', { by: 'owner', files: { [FILE]: `${SHOP_POLICY}nonsense: true\n` } })
    await world.settled()
    expect(postsOn(sha)).toMatchObject([{ conclusion: 'failure' }])
    expect(annotationsOn(sha)).toEqual([expect.objectContaining({ path: FILE, annotation_level: 'failure' })])
  })

  test('is shown in no more places than it governs', async () => {
    await begins()
    const own = { by: 'owner', files: { [FILE]: 'version: 1\nbranches: { main: { merge: [] } }\n' } }
    const { sha } = await world.pushesTo('feature', own)
    const mended = await world.pushesTo('main', { by: 'owner', files: { [FILE]: `# fine\n${SHOP_POLICY}` } })
    await world.settled()
    expect([...postsOn(sha), ...postsOn(mended.sha)]).toEqual([])
  })
})
