import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, heals, landed, MERGE, opened, PUSH, short } from './shop.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
branches:
  main:
    protection:
      pull_request: { approvals: 1, dismiss_stale: true }
      force_push: false
      deletion: false
    merge:
      - approval: { from: leads }
    push:
      - reviewed: {}
      - protected: {}
  release/*:
    merge:
      - approval: { from: leads }
    push:
      - reviewed: {}
`

describe('the push gate', () => {
  let world: World
  let flow: Flow
  const strong = (here: World) => ({
    approvals: 1,
    dismissStale: true,
    admins: true,
    checks: [{ name: MERGE, appId: here.app.id }],
  })

  beforeEach(async () => {
    world = await aShop(POLICY).where((here) => here.protects('main', strong(here)))
    flow = await startFlow(world)
  })
  afterEach(() => flow.end())

  test.each(['squash', 'merge', 'rebase'] as const)('a %s of an approved pull request is reviewed', async (method) => {
    const { sha } = await landed(world, { method })
    await heals(world, 1)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
  })

  test('a pull request of several commits, rebased, is reviewed', async () => {
    const pull = await opened(world)
    await world.pushes(pull, { by: 'dev', files: { 'src/b.ts': 'b' } })
    await world.pushes(pull, { by: 'dev', files: { 'src/c.ts': 'c' } })
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    const sha = await world.merges(pull, { by: 'leo', method: 'rebase' })
    await heals(world, 1)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
  })

  test('a merge of what nobody approved is red and names the commit', async () => {
    const pull = await opened(world)
    const sha = await world.merges(pull, { by: 'bob', method: 'squash' })
    await heals(world, 1)
    const check = await world.check(sha, PUSH)
    expect(check).toMatchObject({ conclusion: 'failure' })
    expect(check?.summary).toContain(short(sha))
  })

  test('a direct push is red and names the commit', async () => {
    const { sha } = await world.pushesTo('main', { by: 'owner', files: { 'src/evil.ts': 'evil' } })
    await heals(world, 1)
    const check = await world.check(sha, PUSH)
    expect(check).toMatchObject({ conclusion: 'failure' })
    expect(check?.summary).toContain(short(sha))
  })

  test('a direct push under a reviewed merge still makes the tip red', async () => {
    const { sha: evil } = await world.pushesTo('main', { by: 'bob', files: { 'src/evil.ts': 'evil' } })
    const pull = await opened(world, { files: { 'src/b.ts': 'b' } })
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    world.webhooks.hold()
    const next = await world.pushesTo('main', { by: 'bob', files: { 'src/more.ts': 'more' } })
    const sha = await world.merges(pull, { by: 'leo', method: 'merge' })
    await world.webhooks.release('reversed')
    await heals(world, 1)
    expect(await world.check(evil, PUSH)).toMatchObject({ conclusion: 'failure' })
    expect(await world.check(next.sha, PUSH)).toMatchObject({ conclusion: 'failure' })
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
  })

  test('a force push that drops what was reviewed is red', async () => {
    await landed(world)
    const { sha } = await world.pushesTo('main', { by: 'bob', force: true, files: { 'src/evil.ts': 'evil' } })
    await heals(world, 1)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'failure' })
  })

  test('commits of somebody else, pushed as if GitHub had squashed them, are not reviewed', async () => {
    const pull = await opened(world)
    await world.approves(pull, { by: 'lena' })
    const { sha } = await world.pushesTo('main', {
      by: 'dev',
      files: { 'src/evil.ts': 'evil' },
      message: `${pull.title} (#${pull.number})`,
    })
    await heals(world, 1)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'failure' })
  })

  test('a branch made of what main has is fine; one with commits of its own is not', async () => {
    const { sha } = await landed(world)
    await world.setsBranch('release/1', sha)
    await heals(world, 1)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
    const stray = await world.pushesTo('release/2', { by: 'bob', files: { 'src/evil.ts': 'evil' } })
    await heals(world, 1)
    expect(await world.check(stray.sha, PUSH)).toMatchObject({ conclusion: 'failure' })
  })

  test.each([
    ['no required approval', { approvals: 0 }],
    ['stale reviews kept', { dismissStale: false }],
    ['administrators not bound', { admins: false }],
    ['force pushes allowed', { forcePush: true }],
    ['deletion allowed', { deletion: true }],
    ['this app’s check not required', { checks: [] as const }],
    ['this app’s check from any source', { checks: [MERGE] as const }],
  ])('%s: red, says what is weak, and is mended with the protection', async (_what, weak) => {
    await world.protects('main', { ...strong(world), ...weak })
    const { sha } = await landed(world)
    const check = await world.check(sha, PUSH)
    expect(check).toMatchObject({ conclusion: 'failure' })
    expect(check?.summary).toMatch(/protect/i)
    await world.protects('main', strong(world))
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
  })

  test('protection taken away turns the tip red at once', async () => {
    const { sha } = await landed(world)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
    await world.unprotects('main')
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'failure' })
  })

  test('a ruleset does as well as classic protection; evaluated only or switched off it does not', async () => {
    await world.unprotects('main')
    const ruleset = await world.addsRuleset({
      name: 'main',
      rules: [
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            dismiss_stale_reviews_on_push: true,
            require_code_owner_review: false,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: MERGE, integration_id: world.app.id }],
          },
        },
        { type: 'non_fast_forward' },
        { type: 'deletion' },
      ] as never,
    })
    const { sha } = await landed(world)
    expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
    for (const enforcement of ['evaluate', 'disabled'] as const) {
      await world.editsRuleset(ruleset, { enforcement })
      expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'failure' })
      await world.editsRuleset(ruleset, { enforcement: 'active' })
      expect(await world.check(sha, PUSH)).toMatchObject({ conclusion: 'success' })
    }
  })
})
