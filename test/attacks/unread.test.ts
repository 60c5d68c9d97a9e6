import { afterAll, beforeAll, describe, test } from '@jest/globals'
import { aCompany, deployCheck, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads }
      - when: [{ changed: { paths: ["deploy/**"] } }]
        require: [{ approval: { from: managers } }]
environments:
  production:
    release:
      - approval: { from: managers }
`

describe('what could not be read', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(aCompany().withPolicy(POLICY).withEnvironment('production'))
  })
  afterAll(() => site.end())

  test.each([403, 404, 422, 429, 500, 503])(
    'FO-01, FO-02: a team that answers %i is not an empty team',
    async (status) => {
      const { world } = site
      const pull = await site.opened()
      await world.settled()
      world.clock.advance('6m') // What an event should have told is believed for five minutes.
      world.github.fails({ path: /teams\/development-leads|^Team$/, status, times: 1_000 })
      await world.approves(pull, { by: 'lena' })
      // 429 is a limit: until it is over the app says nothing, and the check what it said last.
      await site.isShut(pull, status === 429 ? /could not be read|1 approval/ : /could not be read/)
      world.github.recovers()
      world.clock.advance('31m')
      await site.isOpen(pull)
    },
  )

  test.each(['repository.pullRequest.reviews', 'repository.pullRequest.commits', 'repository.pullRequest.files'])(
    'FO-04: a reply of which %s is missing is no reply',
    async (field) => {
      const { world } = site
      const pull = await site.opened()
      await site.isShut(pull, /1 approval/)
      world.github.fails({ path: /graphql/, field, times: 1_000 })
      await world.approves(pull, { by: 'lena' })
      await world.settled()
      world.clock.advance('2m')
      await site.isShut(pull, /could not be read|1 approval/i)
      world.github.recovers()
      world.clock.advance('6m')
      await site.isOpen(pull)
    },
  )

  test('FO-05: an objection behind a hundred and twenty reviews is seen', async () => {
    const { world } = site
    const pull = await site.opened()
    await world.approves(pull, { by: 'leo' })
    for (let count = 0; count < 120; count += 1) await world.reviews(pull, { by: 'bob', state: 'COMMENTED' })
    await world.requestsChanges(pull, { by: 'lena' })
    await site.isShut(pull, /lena/)
  })

  test('FO-06: an author beyond the 250th commit is seen', async () => {
    const { world } = site
    const pull = await world.opensPullRequest({ by: 'dev' })
    const home = pull.headRepository ?? world.repository()
    let tip = world.commits(pull.headSha, { by: 'lena' }).sha
    for (let count = 0; count < 260; count += 1) tip = world.commits(tip, { by: 'dev' }).sha
    await world.setsBranch(pull.head, tip, { by: 'dev', repo: home })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /lena/)
    await world.approves(pull, { by: 'leo' })
    await site.isOpen(pull)
  })

  test('FO-08: a file that is moved away is changed where it was', async () => {
    const { world } = site
    await world.pushesTo('main', { by: 'owner', files: { 'deploy/run.sh': 'go\n'.repeat(50) } })
    const pull = await site.opened({ files: { 'deploy/run.sh': null, 'elsewhere/run.sh': 'go\n'.repeat(50) } })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /managers/)
    await world.approves(pull, { by: 'dora' })
    await site.isOpen(pull)
  })

  test('FO-09, FO-16: a list of files that GitHub cuts short decides nothing', async () => {
    const { world } = site
    world.github.caps({ pullFiles: 3, compareFiles: 3 })
    const files = Object.fromEntries(['a', 'b', 'c', 'deploy/d', 'e'].map((name) => [name, name]))
    const pull = await site.opened({ files })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /could not be read|managers/)
    world.github.caps({ pullFiles: 3000, compareFiles: 300 })
  })

  test('FO-10: a lead beyond the hundredth member is a lead', async () => {
    const { world } = site
    for (let count = 0; count < 120; count += 1) await world.joinsTeam(`lead-${count}`, 'development-leads')
    const pull = await site.opened()
    await world.approves(pull, { by: 'lead-119' })
    await site.isOpen(pull)
  })

  test('FO-02, FO-12: no time that passes opens what nobody could read', async () => {
    const { world } = site
    const { sha, pull } = await site.ships()
    const run = await site.asks('production', { sha })
    world.github.fails({ path: /teams\/delivery-managers|^Team$/, rateLimit: 'secondary', times: 1_000 })
    world.clock.advance('2m')
    await world.comments(pull, { by: 'dora', body: `/approve production ${sha}` })
    for (const time of ['1m', '1h', '1d', '12d'] as const) {
      world.clock.advance(time)
      await site.holds(run, 'production', /could not be read|1 approval/i)
    }
    // While GitHub lets the app do nothing, its check goes on saying what it said last.
    await site.isShut(sha, /could not be read|1 approval/, deployCheck('production'))
    world.github.recovers()
    world.clock.advance('2h')
    await site.approves(run)
  })
})
