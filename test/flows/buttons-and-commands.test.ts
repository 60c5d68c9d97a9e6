import { afterEach, describe, expect, test } from '@jest/globals'
import type { WorkflowRun } from '../world/state/actions.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, asks, decisions, DEPLOY, heals, landed, MERGE, opened, short, SHOP_POLICY } from './shop.js'

const RELEASED = SHOP_POLICY.replace('      - approval: { from: managers }', '      - deployer: { in: managers }')
const REVIEWED = SHOP_POLICY.replace(
  'approval: { from: managers }',
  'approval: { from: managers, by: [environment, comment] }',
)
const COMMENTED = SHOP_POLICY.replace('approval: { from: leads }', 'approval: { from: leads, by: [review, comment] }')
const OVERRIDDEN = `${SHOP_POLICY}    override: { by: leads }\n`

describe('people’s words on a release', () => {
  let world: World
  let flow: Flow
  let pull: Awaited<ReturnType<typeof landed>>['pull']
  let sha: string
  let run: WorkflowRun

  const waits = async (policy = SHOP_POLICY) => {
    world = await aShop(policy)
    flow = await startFlow(world)
    ;({ pull, sha } = await landed(world))
    run = await asks(world, sha)
    await world.settled()
  }
  afterEach(() => flow.end())

  const shown = async () => {
    const check = await world.check(sha, DEPLOY)
    if (check === null) throw new Error('no check')
    return check
  }
  const says = async (by: string, body: string) => {
    const before = world.repliesOn(pull).length
    await world.comments(pull, { by, body })
    await world.settled()
    return world
      .repliesOn(pull)
      .slice(before)
      .map((reply) => reply.body)
  }

  describe('buttons', () => {
    test('approve, pressed by somebody who may, lets the run go', async () => {
      await waits()
      await world.clicksButton(await shown(), 'approve', { by: 'dora' })
      expect(await decisions(world, run)).toEqual(['approved'])
    })

    test('of two runs that wait for one commit, each is named, and the button speaks for that one alone', async () => {
      await waits()
      const second = await asks(world, sha)
      await world.settled()
      const runs = [run, second]
      for (const times of [1, 2]) {
        const summary = String((await shown()).summary)
        const [named, ...others] = runs.filter(({ id }) => summary.includes(`run ${id}, attempt 1`))
        if (named === undefined) throw new Error(summary)
        expect(others).toEqual([])
        await world.clicksButton(await shown(), 'approve', { by: 'dora' })
        expect(await decisions(world, named)).toEqual(['approved'])
        const approved = (await Promise.all(runs.map((one) => decisions(world, one)))).flat()
        expect(approved).toHaveLength(times)
        await heals(world, 1)
      }
    })

    test('approve, pressed by somebody who may not, changes nothing and says so', async () => {
      await waits()
      await world.clicksButton(await shown(), 'approve', { by: 'bob' })
      expect(await decisions(world, run)).toEqual([])
      expect(world.repliesOn(pull).at(-1)?.body).toMatch(/^Refused: bob cannot approve/)
    })

    test('approve, pressed by who started it, is refused', async () => {
      await waits()
      const second = await asks(world, sha, { by: 'dora' })
      await world.settled()
      await world.clicksButton(await shown(), 'approve', { by: 'dora' })
      expect(await decisions(world, second)).toEqual([])
    })

    test('reject, pressed by somebody who may, fails the run', async () => {
      await waits()
      await world.clicksButton(await shown(), 'reject', { by: 'dan' })
      expect(await decisions(world, run)).toEqual(['rejected'])
    })

    test('release, pressed by a manager, makes them the deployer', async () => {
      await waits(RELEASED)
      await world.clicksButton(await shown(), 'release', { by: 'dora' })
      expect(await decisions(world, run)).toEqual(['approved'])
    })

    test('of an earlier attempt does nothing to the one that waits now', async () => {
      await waits()
      const old = await shown()
      await world.cancelsRun(run)
      await world.rerunsWorkflow(run, { by: 'dev' })
      await world.settled()
      await world.clicksButton(old, 'approve', { by: 'dora' })
      const now = await shown()
      if (now.id !== old.id) expect(await decisions(world, run)).toEqual([])
      await world.clicksButton(await shown(), 'approve', { by: 'dan' })
      expect((await decisions(world, run)).at(-1)).toBe('approved')
    })

    test('that this app never made does nothing', async () => {
      await waits()
      await world.clicksButton(await shown(), 'override', { by: 'dora' })
      await world.clicksButton(await shown(), '__proto__', { by: 'dora' })
      expect(await decisions(world, run)).toEqual([])
    })

    test('pressed on another app’s check of the same name does nothing', async () => {
      await waits()
      const fake = await world.reportsCheck(sha, { name: DEPLOY, status: 'in_progress', app: 'look-alike' })
      await world.clicksButton(fake, 'approve', { by: 'dora' })
      expect(await decisions(world, run)).toEqual([])
    })
  })

  describe('commands', () => {
    test('of a commit that nothing waits for are answered with the candidates, ready to copy', async () => {
      await waits()
      const [reply] = await says('dora', '/approve production 0123456')
      expect(reply).toContain(`/approve production ${sha}`)
      expect(await decisions(world, run)).toEqual([])
    })

    test('with fewer than seven digits name nothing', async () => {
      await waits()
      expect(await says('dora', `/approve production ${sha.slice(0, 6)}`)).toHaveLength(1)
      expect(await decisions(world, run)).toEqual([])
    })

    test.each([
      ['in a quote', (line: string) => `> ${line}`],
      ['in code', (line: string) => `\`\`\`\n${line}\n\`\`\``],
      ['on the second line', (line: string) => `hello\n${line}`],
      ['in a hidden comment', (line: string) => `<!-- -->${line}`],
      ['in the middle of a line', (line: string) => `please ${line}`],
    ])('%s are no commands', async (_where, wrapped) => {
      await waits()
      expect(await says('dora', wrapped(`/approve production ${short(sha)}`))).toEqual([])
      expect(await decisions(world, run)).toEqual([])
    })

    test('in the wrong case, without a reason, or of a person who may not, are refused with words', async () => {
      await waits()
      expect((await says('dora', `/Approve production ${short(sha)}`))[0]).toMatch(/lower case/)
      expect((await says('dora', `/reject production ${short(sha)}`))[0]).toMatch(/reason/)
      expect((await says('bob', `/reject production ${short(sha)} I do not like it`))[0]).toMatch(/^Refused: bob/)
      expect((await says('bob', `/override production ${short(sha)} now`))[0]).toMatch(/^Refused: bob/)
      expect(await decisions(world, run)).toEqual([])
    })

    test('in a comment that was edited, by anyone, carry no authority', async () => {
      await waits()
      world.webhooks.hold()
      const comment = await world.comments(pull, { by: 'dora', body: 'nice work' })
      await world.editsComment(comment, { by: 'bob', body: `/approve production ${short(sha)}` })
      await world.webhooks.release()
      expect(await decisions(world, run)).toEqual([])
      world.webhooks.hold()
      const other = await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}` })
      await world.editsComment(other, { by: 'dora', body: `/approve production ${short(sha)} ` })
      await world.webhooks.release()
      expect(await decisions(world, run)).toEqual([])
      expect(world.repliesOn(pull).at(-1)?.body).toMatch(/edited/)
    })

    test('that came by e-mail carry no authority', async () => {
      await waits()
      await world.comments(pull, { by: 'dora', body: `/approve production ${short(sha)}`, viaEmail: true })
      expect(await decisions(world, run)).toEqual([])
      expect(world.repliesOn(pull).at(-1)?.body).toMatch(/e-mail/)
    })

    test('are answered once, however often the event comes', async () => {
      await waits()
      world.webhooks.double(5, 'issue_comment')
      expect(await says('bob', `/approve production ${short(sha)}`)).toHaveLength(1)
    })

    test('of an app are ignored', async () => {
      await waits()
      expect(await says('github-actions[bot]', `/approve production ${short(sha)}`)).toEqual([])
      expect(await decisions(world, run)).toEqual([])
    })

    test('/gates explains what waits, and changes nothing', async () => {
      await waits()
      const [reply] = await says('bob', '/gates')
      expect(reply).toMatch(/production/)
      expect(reply).toMatch(/approval/i)
      const open = await opened(world, { head: 'open', files: { 'src/z.ts': 'z' } })
      await world.comments(open, { by: 'bob', body: '/gates' })
      await world.settled()
      expect(world.repliesOn(open).at(-1)?.body).toMatch(/leads/)
    })

    test('a rejection fails the run, and a later approval does not bring it back', async () => {
      await waits()
      await says('dora', `/reject production ${short(sha)} not on a Friday`)
      await says('dan', `/approve production ${short(sha)}`)
      expect(await decisions(world, run)).toEqual(['rejected'])
    })

    test('an override by somebody who may lets it go, once', async () => {
      await waits(OVERRIDDEN)
      expect((await says('leo', `/override production ${short(sha)} site is down`))[0]).toMatch(/^Refused: leo/)
      expect((await says('lena', `/override production ${short(sha)} site is down`))[0]).toMatch(/overrode/)
      expect(await decisions(world, run)).toEqual(['approved'])
      const next = await asks(world, sha)
      expect(await decisions(world, next)).toEqual([])
    })
  })

  describe('GitHub’s own environment review', () => {
    test('counts where the policy names it', async () => {
      world = await aShop(REVIEWED)
      await world.createsEnvironment('production', { reviewers: ['team:delivery-managers'] })
      flow = await startFlow(world)
      ;({ pull, sha } = await landed(world))
      run = await asks(world, sha)
      expect(await decisions(world, run)).toEqual([])
      await world.reviewsDeployment(run, 'production', { by: 'dora' })
      expect(await decisions(world, run)).toEqual(['approved'])
    })

    test('does not count where the policy does not name it', async () => {
      world = await aShop()
      await world.createsEnvironment('production', { reviewers: ['team:delivery-managers'] })
      flow = await startFlow(world)
      ;({ pull, sha } = await landed(world))
      run = await asks(world, sha)
      await world.settled()
      await world.reviewsDeployment(run, 'production', { by: 'dora' })
      await heals(world, 1)
      expect(await decisions(world, run)).toEqual([])
    })
  })

  describe('/approve merge', () => {
    const asked = async (policy: string) => {
      world = await aShop(policy)
      flow = await startFlow(world)
      pull = await opened(world)
      await world.settled()
    }

    test('counts where the policy counts comments, for the head it names', async () => {
      await asked(COMMENTED)
      expect(await says('lena', `/approve merge ${short(pull.headSha)}`)).toEqual([])
      expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
      await world.pushes(pull, { by: 'dev', files: { 'src/a.ts': 'b' } })
      await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
      expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    })

    test('of another commit is refused, with the head to copy', async () => {
      await asked(COMMENTED)
      const [reply] = await says('lena', '/approve merge 0123456789')
      expect(reply).toMatch(/^Refused/)
      expect(reply).toContain(pull.headSha)
      expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    })

    test.each(['bob', 'dev'])('of %s, who may not, is refused and told who may', async (by) => {
      await asked(COMMENTED)
      const [reply] = await says(by, `/approve merge ${short(pull.headSha)}`)
      expect(reply).toMatch(new RegExp(`^Refused: ${by}`))
      expect(reply).toMatch(/lena/)
      expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    })

    test('is refused where only reviews count', async () => {
      await asked(SHOP_POLICY)
      expect((await says('lena', `/approve merge ${short(pull.headSha)}`))[0]).toMatch(/reviews, not comments/)
      expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    })
  })
})
