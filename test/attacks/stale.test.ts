import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { addCommit, moveBranch } from '../world/operations/git.js'
import { meanwhile, aCompany, deployCheck, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads }
  same:
    merge:
      - approval: { from: leads, after_push: same_diff, by: [review, comment] }
  strict:
    protection: { up_to_date: true }
    merge:
      - protected: {}
      - approval: { from: leads }
environments:
  staging:
    release:
      - approval: { from: managers }
  production:
    release:
      - reviewed: {}
      - newest: {}
      - approval: { from: managers }
  timed:
    release:
      - approval: { from: managers, within: 1h }
      - delay: 2h
  frozen:
    release:
      - approval: { from: managers }
      - deployer: { in: managers }
freezes:
  - name: Night
    from: 2026-03-02T20:00
    to: 2026-03-03T06:00
    timezone: UTC
    environments: [frozen]
`

const short = (sha: string) => sha.slice(0, 7)

describe('a merge gate and what has changed since', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(
      aCompany()
        .withPolicy(POLICY)
        .where((world) => world.setsBranch('same', 'main'))
        .where((world) => world.setsBranch('strict', 'main')),
    )
  })
  afterAll(() => site.end())

  test('ST-01, BP-12: a push after the approval closes the gate', async () => {
    const { world } = site
    const pull = await site.opened()
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    await world.pushes(pull, { by: 'dev', files: { 'src/evil.ts': 'evil' } })
    await site.isShut(pull, /lena.*another commit/is)
  })

  test('ST-02: of a commit pushed and taken back only the approved one is open', async () => {
    const { world } = site
    const pull = await site.opened()
    const approved = pull.headSha
    await world.approves(pull, { by: 'lena' })
    const evil = await world.forcePushes(pull, { files: { 'src/evil.ts': 'evil' } })
    await site.isShut(evil, /lena/)
    await world.forcePushes(pull, { to: approved })
    await site.isShut(evil, /lena/)
    await site.isOpen(approved)
  })

  test('ST-04: a base that moves on closes the gate where the policy asks to be up to date', async () => {
    const { world } = site
    await world.protects('strict', {
      admins: true,
      checks: [{ name: 'release-gates/merge', appId: world.app.id }],
    })
    const pull = await site.opened({ into: 'strict' })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /up.to.date/i)
    await world.protects('strict', {
      admins: true,
      upToDate: true,
      checks: [{ name: 'release-gates/merge', appId: world.app.id }],
    })
    await site.isOpen(pull)
  })

  test('ST-06: an approval moves to a rebased commit only where its diff is the same', async () => {
    const { world } = site
    const pull = await site.opened({ into: 'same', files: { 'src/a.ts': 'a' } })
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    await world.forcePushes(pull, { files: { 'src/a.ts': 'evil' }, message: 'Change 1' })
    await site.isShut(pull, /lena/)
    await world.forcePushes(pull, { files: { 'src/a.ts': 'a' }, message: 'Another message' })
    await site.isOpen(pull)
  })

  test('ST-06: an approving comment moves like a review, if it names the whole commit', async () => {
    const { world } = site
    const whole = await site.opened({ into: 'same', files: { 'src/a.ts': 'whole' } })
    const short = await site.opened({ into: 'same', files: { 'src/a.ts': 'short' } })
    await world.comments(whole, { by: 'lena', body: `/approve merge ${whole.headSha}` })
    await world.comments(short, { by: 'lena', body: `/approve merge ${short.headSha.slice(0, 7)}` })
    await site.isOpen(whole)
    await site.isOpen(short)
    await world.forcePushes(whole, { files: { 'src/a.ts': 'whole' }, message: 'Another message' })
    await world.forcePushes(short, { files: { 'src/a.ts': 'short' }, message: 'Another message' })
    await site.isOpen(whole)
    await site.isShut(short, /lena/)
  })

  test('ST-02: first digits that were given before a force push name no commit, not even one that fits them', async () => {
    const { world } = site
    const pull = await site.opened({ into: 'same', files: { 'src/b.ts': 'b' } })
    const approved = pull.headSha
    await world.comments(pull, { by: 'lena', body: `/approve merge ${approved.slice(0, 12)}` })
    await site.isOpen(pull)
    await world.forcePushes(pull, { files: { 'src/b.ts': 'evil' } })
    await world.forcePushes(pull, { to: approved })
    await site.isShut(pull, /lena/)
    await world.comments(pull, { by: 'lena', body: `/approve merge ${approved}` })
    await site.isOpen(pull)
  })

  test('ST-08: an approval is of the commit that was looked at, not of what came a moment before it', async () => {
    const { world } = site
    const pull = await site.opened()
    const seen = pull.headSha
    await world.pushes(pull, { by: 'dev' })
    await world.approves(pull, { by: 'lena', commit: seen })
    await site.isShut(pull, /lena/)
  })

  test('ST-08: a push while the gate reads is judged by itself', async () => {
    const { world } = site
    const pull = await site.opened()
    const before = pull.headSha
    meanwhile(world, /teams\/development-leads\/members|^Team$/, () => world.pushes(pull, { by: 'dev' }))
    world.clock.advance('6m')
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    expect(pull.headSha).not.toBe(before)
    await site.isShut(pull, /lena/)
  })

  test('ST-09: a dismissed approval does not count, and no older one revives', async () => {
    const { world } = site
    const pull = await site.opened()
    await world.approves(pull, { by: 'lena' })
    world.clock.advance('1m')
    const second = await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    await world.dismisses(second)
    await site.isShut(pull, /lena/)
  })

  test('ST-09: a comment does not take an objection back', async () => {
    const { world } = site
    const pull = await site.opened()
    await world.approves(pull, { by: 'leo' })
    await world.requestsChanges(pull, { by: 'lena' })
    world.clock.advance('1m')
    await world.reviews(pull, { by: 'lena', state: 'COMMENTED' })
    await site.isShut(pull, /lena/)
    world.clock.advance('1m')
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
  })

  test('ST-17: a merge that GitHub has not tried yet changes nothing', async () => {
    const { world } = site
    const pull = await site.opened({ files: { 'README.md': 'mine' } })
    await world.approves(pull, { by: 'lena' })
    await world.pushesTo('main', { by: 'owner', files: { 'README.md': 'theirs' } })
    await world.pushes(pull, { by: 'dev' })
    await site.isShut(pull, /lena/)
  })

  test('ST-01: a retargeted pull request is approved anew', async () => {
    const { world } = site
    const pull = await site.opened({ into: 'same' })
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    world.clock.advance('1m')
    await world.retargets(pull, 'main')
    await site.isShut(pull, /lena/)
    world.clock.advance('1m')
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
  })
})

describe('a release gate and what has changed since', () => {
  let site: Site
  let first: string

  beforeAll(async () => {
    site = await Site.of(
      aCompany()
        .withPolicy(POLICY)
        .withEnvironment('staging')
        .withEnvironment('production')
        .withEnvironment('timed')
        .withEnvironment('frozen'),
    )
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/first.ts': '1' } })
    first = sha
    const run = await site.asks('production', { sha })
    await site.holds(run, 'production', /1 approval/)
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
    await world.settled()
  })
  afterAll(() => site.end())

  test('ST-05: a merge with something slipped in is held, whatever its pull request shows', async () => {
    const { world } = site
    const pull = await site.opened({ files: { 'src/nice.ts': 'nice' } })
    await world.approves(pull, { by: 'lena' })
    await site.isOpen(pull)
    const repository = world.repository()
    const { store } = repository
    const main = world.tip()
    const evil = addCommit(world.platform, repository, {
      parents: [main, pull.headSha],
      files: new Map([
        ...store.commit(pull.headSha).files,
        ['src/evil.ts', { mode: '100644', sha: store.addBlob('evil') }],
      ]),
      message: `Merge pull request #${pull.number}`,
      author: { name: 'Dev', email: 'dev@example.com', account: world.who('dev'), date: world.clock.now() },
    })
    moveBranch(world.platform, repository, 'main', evil.sha, { by: world.who('dev') })
    await world.settled()
    expect(pull.state).toBe('closed')
    const run = await site.asks('production', { sha: evil.sha })
    await site.holds(run, 'production', new RegExp(short(evil.sha)))
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(evil.sha)}` })
    await site.holds(run, 'production', new RegExp(short(evil.sha)))
    await world.cancelsRun(run)
    await world.setsBranch('main', main)
    await world.settled()
  })

  test('ST-18: a pull request that GitHub calls merged because its head was pushed is not thereby reviewed', async () => {
    const { world } = site
    const main = world.tip()
    const pull = await site.opened({ files: { 'src/unseen.ts': 'unseen' } })
    await site.isShut(pull, /1 approval/)
    await world.setsBranch('main', pull.headSha, { by: 'dev' })
    expect(pull.mergedAt).not.toBeNull()
    const run = await site.asks('production', { sha: pull.headSha })
    await site.holds(run, 'production', new RegExp(short(pull.headSha)))
    world.clock.advance('1m')
    await world.approves(pull, { by: 'lena' })
    await world.comments(pull, { by: 'lena', body: `/approve merge ${pull.headSha}` })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(pull.headSha)}` })
    await site.holds(run, 'production', new RegExp(short(pull.headSha)))
    await world.cancelsRun(run)
    await world.setsBranch('main', main)
    await world.settled()
  })

  test('ST-12: an old run started again does not bring an old build back', async () => {
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/second.ts': '2' } })
    const run = await site.asks('production', { sha })
    await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
    await site.approves(run)
    await world.finishesJob(run, 'deploy')
    await world.settled()
    const [old] = world.repository().runs
    if (old === undefined) throw new Error('the first run is gone')
    const between = old.answers.length
    await world.rerunsWorkflow(old, { by: 'dev' })
    await world.settled()
    expect(old.answers.slice(between).map(({ state }) => state)).not.toContain('approved')
    expect(old.headSha).toBe(first)
    await site.isShut(old.headSha, /1 approval/, deployCheck('production'))
  })

  test('ST-13: an approval of one attempt is none of the next', async () => {
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/third.ts': '3' } })
    const run = await site.asks('staging', { sha })
    await world.rerunsWorkflow(run, { by: 'bob' })
    await world.settled()
    await site.holds(run, 'staging', /1 approval/)
    await world.comments(pull, { by: 'dora', body: `/approve staging ${short(sha)}` })
    await site.approves(run)
    await world.finishesJob(run, 'deploy', 'failure')
    await world.rerunsWorkflow(run, { by: 'bob' })
    await site.approves(run)
    await site.isShut(sha, /dora/, deployCheck('staging'))
  })

  test('ST-13: a run started again while it is judged is judged again', async () => {
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/fourth.ts': '4' } })
    const run = await site.asks('staging', { sha })
    await site.holds(run, 'staging', /1 approval/)
    await world.comments(pull, { by: 'dora', body: `/approve staging ${short(sha)}` })
    world.clock.advance('2m')
    meanwhile(world, /teams\/delivery-managers\/members|^Team$/, () => world.rerunsWorkflow(run, { by: 'bob' }))
    await world.settled()
    expect(run.attempts).toHaveLength(2)
    expect(await site.told(run)).toEqual([])
    await site.isShut(sha, /1 approval/, deployCheck('staging'))
    await world.cancelsRun(run)
  })

  test('ST-13: a command written before an attempt began is none for it', async () => {
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/late.ts': 'late' } })
    const run = await site.asks('staging', { sha })
    await world.settled()
    await world.comments(pull, { by: 'dora', body: `/approve staging ${short(sha)}` })
    world.clock.advance('1m')
    await world.rerunsWorkflow(run, { by: 'bob' })
    await site.holds(run, 'staging', /1 approval/)
    expect(world.repliesOn(pull).at(-1)?.body).toMatch(/^Refused: .*had asked when this was written/)
    await world.comments(pull, { by: 'dora', body: `/approve staging ${short(sha)}` })
    await site.approves(run)
  })

  test('ST-16: an approval that lapses while a delay runs does not count at its end', async () => {
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/fifth.ts': '5' } })
    const run = await site.asks('timed', { sha })
    await world.comments(pull, { by: 'dora', body: `/approve timed ${short(sha)}` })
    await site.holds(run, 'timed', /./)
    world.clock.advance('2h')
    await site.holds(run, 'timed', /1 approval/)
    await world.comments(pull, { by: 'dora', body: `/approve timed ${short(sha)}` })
    await site.approves(run)
  })

  test('ID-09, ST-16: an approver who left, and a freeze that began, keep an approved release shut', async () => {
    const { world } = site
    const { pull, sha } = await site.ships({ files: { 'src/sixth.ts': '6' } })
    const run = await site.asks('frozen', { sha })
    await world.comments(pull, { by: 'dora', body: `/approve frozen ${short(sha)}` })
    await site.holds(run, 'frozen', /managers/)
    await world.leavesTeam('dora', 'delivery-managers')
    await world.comments(pull, { by: 'dan', body: `/release frozen ${short(sha)}` })
    await site.holds(run, 'frozen', /1 approval/)
    await world.joinsTeam('dora', 'delivery-managers')
    world.clock.set('2026-03-02T21:00:00Z')
    await site.holds(run, 'frozen', /Night/)
    world.clock.set('2026-03-03T06:00:00Z')
    await site.approves(run)
  })
})
