import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { aWorld, type World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'

const LEADS_REVIEW_MAIN = `
version: 1
groups:
  leads: { teams: [development-leads] }
branches:
  main:
    merge:
      - approval: { from: leads }
      - checks: [test]
`

const MERGE = 'release-gates/merge'

describe('the merge gate', () => {
  let world: World
  let flow: Flow

  beforeEach(async () => {
    world = await aWorld().withTeam('development-leads', ['lena', 'leo']).withPolicy(LEADS_REVIEW_MAIN)
    flow = await startFlow(world)
  })
  afterEach(() => flow.end())

  const opened = async () => {
    const pull = await world.opensPullRequest({ by: 'dev', files: { 'src/a.ts': 'a' } })
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
    return pull
  }

  test('waits for an approval, and says from whom', async () => {
    const pull = await opened()
    const check = await world.check(pull, MERGE)
    expect(check).toMatchObject({ status: 'in_progress', conclusion: null })
    expect(check?.title).toMatch(/1 approval from .*leads/i)
    expect(check?.summary).toMatch(/lena/)
  })

  test('does not count somebody outside the team', async () => {
    const pull = await opened()
    await world.approves(pull, { by: 'bob' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('opens when a lead approves the head and the check is green', async () => {
    const pull = await opened()
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'completed', conclusion: 'success' })
  })

  test('stays shut while a required check has not run', async () => {
    const pull = await world.opensPullRequest({ by: 'dev', files: { 'src/a.ts': 'a' } })
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('closes again when a push follows the approval', async () => {
    const pull = await opened()
    await world.approves(pull, { by: 'lena' })
    await world.pushes(pull, { by: 'dev', files: { 'src/a.ts': 'b' } })
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('closes again, by a new check run, when the approval is dismissed', async () => {
    const pull = await opened()
    const review = await world.approves(pull, { by: 'lena' })
    const green = await world.check(pull, MERGE)
    await world.dismisses(review)
    const closed = await world.check(pull, MERGE)
    expect(green).toMatchObject({ conclusion: 'success' })
    expect(closed).toMatchObject({ status: 'in_progress' })
    expect(closed?.id).not.toBe(green?.id)
  })

  test('closes again when a required check turns red, and opens when it is green again', async () => {
    const pull = await opened()
    await world.approves(pull, { by: 'lena' })
    await world.reportsCheck(pull, { name: 'test', conclusion: 'failure' })
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
    await world.reportsCheck(pull, { name: 'test', conclusion: 'success' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
  })

  test('closes again when the approver leaves the team', async () => {
    const pull = await opened()
    await world.approves(pull, { by: 'lena' })
    await world.leavesTeam('lena', 'development-leads')
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })
})
