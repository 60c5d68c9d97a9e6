import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FileChanges } from '../world/operations/git.js'
import { aCompany, deployCheck, MERGE, POLICY, Site } from './site.js'

const FILE = '.github/release-gates.yml'

const policy = (more = '', rule = '{ from: leads }') => `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
policy:
  - approval: { from: managers }
branches:
  main:
    merge:
      - approval: ${rule}
environments:
  production:
    tier: production
    release:
      - approval: { from: managers }
    override: { by: managers, count: 2, expires: 1h, reviewed_by: leads }
${more}`

const plain = (content: string) => ({ content, mode: '100644' }) as const
const short = (sha: string) => sha.slice(0, 7)

describe('the policy that a change brings', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(aCompany().withPolicy(policy()).withEnvironment('production'))
  })
  afterAll(() => site.end())

  test('PO-01, PO-22: a pull request is judged by the policy of its base, and its owners must agree, whoever opens it', async () => {
    const { world } = site
    for (const by of ['dev', 'dependabot[bot]']) {
      const author = world.platform.findAccount(by) ?? world.platform.addAccount('Bot', by)
      if (author.type === 'Bot') Object.assign(author, { email: `${author.id}+${by}@users.noreply.github.com` })
      const pull = await site.opened({ by, files: { [FILE]: policy('', '{ from: { users: [dev, bob] } }') } })
      await world.approves(pull, { by: 'bob' })
      await site.isShut(pull, /1 approval/)
      await world.approves(pull, { by: 'lena' })
      await site.isShut(pull, /managers/)
      await world.approves(pull, { by: 'dan' })
      await site.isOpen(pull)
      await world.closes(pull, { by: 'owner' })
    }
  })

  test('PO-01: moving the policy away, or changing a workflow, needs its owners too', async () => {
    const { world } = site
    const changes: readonly FileChanges[] = [
      { [FILE]: null, 'docs/release-gates.yml': policy() },
      { '.github/release-gates.yaml': policy() },
      { '.github/workflows/deploy.yml': 'on: push' },
    ]
    for (const files of changes) {
      const pull = await site.opened({ files })
      await world.approves(pull, { by: 'lena' })
      await site.isShut(pull, /managers/)
    }
  })

  test('PO-02: a deployment from a branch is not judged by that branch’s policy', async () => {
    const { world } = site
    const lax = policy().replace(
      '- approval: { from: managers }\n    override',
      '- approval: { from: leads }\n    override',
    )
    const { sha } = await world.pushesTo('lax', { by: 'lena', files: { [FILE]: lax } })
    const run = await site.asks('production', { ref: 'lax', sha })
    await site.holds(run, 'production', /1 approval.*managers/)
    await world.cancelsRun(run)
  })

  const BROKEN: readonly (readonly [string, FileChanges, RegExp])[] = [
    ['PO-04: a policy that extends another repository’s', { [FILE]: `extends: acme/policies${policy()}` }, /extends/],
    ['PO-05: a policy from an address', { [FILE]: policy('include: http://169.254.169.254/latest\n') }, /include/],
    ['PO-06: a policy from a path', { [FILE]: policy('extends: "../../%2e%2e/secrets"\n') }, /extends/],
    [
      'PO-06: a symlink',
      { [FILE]: { content: '../lax.yml', mode: '120000' }, 'lax.yml': policy() },
      /symlink|plain file/,
    ],
    ['PO-08: two policy files', { '.github/release-gates.yaml': policy() }, /only one/],
    ['PO-08: another spelling', { [FILE]: null, '.github/Release-Gates.yml': policy() }, /called/],
    ['PO-09: a key given twice', { [FILE]: policy('groups: { leads: { users: [dev] } }\n') }, /groups/],
    ['PO-10: a merge key', { [FILE]: policy().replace('leads: {', 'leads: { <<: {users: [dev]},') }, /<</],
    [
      'PO-10: an alias',
      { [FILE]: policy().replace('managers: {', 'managers: &m {').replace('- approval: { from: managers }', '- *m') },
      /anchor|alias/i,
    ],
    ['PO-12: a key that reaches into every object', { [FILE]: policy('__proto__: { mode: observe }\n') }, /__proto__/],
    ['PO-13: a misspelt key', { [FILE]: policy('', '{ form: leads }') }, /from/],
    [
      'PO-14: a pattern that takes for ever',
      { [FILE]: policy('', '{ from: leads }').replace('merge:', 'merge:\n      - head: { matches: "(?=a)+$" }') },
      /matches/,
    ],
    ['PO-17: a pattern that takes another back', { [FILE]: policy().replace('  main:', '  "!main":') }, /!main/],
    ['FO-01: an empty file', { [FILE]: '' }, /empty|version/i],
    [
      'FO-01: a list of rules that is empty',
      { [FILE]: policy().replace('merge:\n      - approval: { from: leads }', 'merge: []') },
      /merge/,
    ],
  ]

  test.each(BROKEN)('%s closes the gates and says where', async (_, files, why) => {
    const { world } = site
    const mended = { ...Object.fromEntries(Object.keys(files).map((path) => [path, null])), [FILE]: plain(policy()) }
    const told = await site.opened({ files })
    await site.isShut(told, /approval/)
    await site.isShut(told, why, POLICY)
    await world.closes(told, { by: 'owner' })
    await world.pushesTo('main', { by: 'owner', files })
    const pull = await site.opened()
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, why)
    const run = await site.asks('production', { sha: pull.headSha })
    await site.holds(run, 'production', why)
    await world.cancelsRun(run)
    await world.pushesTo('main', { by: 'owner', files: mended })
    await site.isOpen(pull)
    await world.closes(pull, { by: 'owner' })
  })
})

describe('names and patterns', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(
      aCompany()
        .withPolicy(
          policy(
            '  dev*:\n    release:\n      - ref: { branches: [main, "release/*"] }\n      - approval: { from: leads }\n',
          )
            .replace('  main:\n', '  "release/*":\n    merge:\n      - approval: { from: managers }\n  main:\n')
            .replace('  dev*:', '  develop:'),
        )
        .withEnvironment('production')
        .withEnvironment('develop'),
    )
  })
  afterAll(() => site.end())

  test('PO-14: a pattern that would take another engine for ever is decided at once', async () => {
    const { world } = site
    const before = world.tip()
    await world.commitsPolicy(policy().replace('merge:', 'merge:\n      - head: { matches: "(a+)+c" }'))
    const pull = await site.opened({ head: `${'a'.repeat(200)}b` })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /head/)
    await world.setsBranch('main', before, { by: 'owner' })
  })

  test('PO-16: a name that merely contains another is not that branch', async () => {
    const { world } = site
    const { sha } = await site.ships()
    for (const branch of ['xmain', 'main2', 'prerelease/9', 'release/9/evil']) {
      await world.setsBranch(branch, sha)
      const run = await site.asks('develop', { ref: branch, sha })
      await site.rejects(run, /nothing may be released/)
    }
  })

  test('PO-18: an environment’s name in another case or width is the same, and a look-alike is free for nobody', async () => {
    const { world } = site
    const { sha, pull } = await site.ships()
    for (const name of ['PRODUCTION', 'ｐroduction']) {
      await world.createsEnvironment(name)
      const run = await site.asks(name, { sha })
      await site.holds(run, run.attempts[0]?.jobs[0]?.environment ?? name, /managers/)
      await world.cancelsRun(run)
    }
    const lookAlike = 'prоduction'
    await world.createsEnvironment(lookAlike)
    const run = await site.asks(lookAlike, { sha })
    await site.holds(run, lookAlike, /no rule/i)
    await world.comments(pull, { by: 'dora', body: `/approve ${lookAlike} ${short(sha)}` })
    await site.holds(run, lookAlike, /no rule/i)
  })

  test('PO-20: a policy that was tightened is in force at the next look, and one that was lax for a moment is not', async () => {
    const { world } = site
    const tight = world.tip()
    await world.commitsPolicy(policy('', '{ from: { users: [bob] } }'))
    const pull = await site.opened()
    await world.approves(pull, { by: 'bob' })
    await site.isOpen(pull)
    await world.setsBranch('main', tight, { by: 'owner' })
    await site.isShut(pull, /leads/)
  })

  test('PO-21: a label or a title opens nothing, and an override needs as many as the policy asks', async () => {
    const { world } = site
    const pull = await site.opened({ title: 'hotfix: emergency', labels: ['hotfix', 'emergency'] })
    await site.isShut(pull, /1 approval/)
    const { sha, pull: shipped } = await site.ships({ title: 'hotfix' })
    const run = await site.asks('production', { sha })
    await world.comments(shipped, { by: 'dev', body: `/override production ${short(sha)} it burns` })
    expect(
      world.repliesOn(shipped).at(-1)?.body ?? (await world.settled(), world.repliesOn(shipped).at(-1)?.body),
    ).toMatch(/^Refused/)
    await site.holds(run, 'production', /managers/)
    await world.comments(shipped, { by: 'dora', body: `/override production ${short(sha)} it burns` })
    await site.holds(run, 'production', /managers/)
    await world.comments(shipped, { by: 'dan', body: `/override production ${short(sha)} it burns` })
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
    world.clock.advance('25h')
    const { sha: next, pull: nextPull } = await site.ships()
    const following = await site.asks('production', { sha: next })
    await world.comments(nextPull, { by: 'dora', body: `/approve production ${short(next)}` })
    await site.holds(following, 'production', /review/i)
  })

  test('PO-01: a policy that is gone from the default branch opens nothing that waits', async () => {
    const { world } = site
    const pull = await site.opened()
    await site.isShut(pull, /1 approval/, MERGE)
    const { sha } = await site.ships()
    const run = await site.asks('production', { sha })
    await world.commitsPolicy(null)
    expect(await site.told(run)).not.toContain('approved')
    await site.isShut(sha, /delivery-managers/, deployCheck('production'))
  })
})
