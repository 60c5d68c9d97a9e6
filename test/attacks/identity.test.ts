import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { addTeam, joinTeam } from '../world/operations/people.js'
import { aCompany, MERGE, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  direct: { teams: [platform], inherited: false }
  named: { users: [Cora] }
branches:
  main:
    merge:
      - approval: { from: leads, by: [review, comment] }
  direct:
    merge:
      - approval: { from: direct }
  named:
    merge:
      - approval: { from: named }
`

describe('who may open the merge gate', () => {
  let site: Site

  beforeAll(async () => {
    site = await Site.of(
      aCompany()
        .withTeam('platform', ['ada'])
        .withTeam('interns', ['bob'], { parent: 'platform' })
        .withPolicy(POLICY)
        .where((world) => world.setsBranch('direct', 'main'))
        .where((world) => world.setsBranch('named', 'main')),
    )
  })
  afterAll(() => site.end())

  test('ID-01: an author who is a lead cannot approve the own pull request, by review or by command', async () => {
    const { world } = site
    const pull = await site.opened({ by: 'lena' })
    await world.approves(pull, { by: 'lena' })
    await world.comments(pull, { by: 'lena', body: `/approve merge ${pull.headSha}` })
    await site.isShut(pull, /lena/)
    world.clock.advance('1m')
    await world.comments(pull, { by: 'leo', body: `/approve merge ${pull.headSha}` })
    await site.isOpen(pull)
  })

  test('ID-02: a co-author cannot approve', async () => {
    const { world } = site
    const pull = await site.opened({ coAuthors: ['lena'] })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /lena[\s\S]*contribut|contribut[\s\S]*lena/i)
    await world.approves(pull, { by: 'leo' })
    await site.isOpen(pull)
  })

  test('ID-02: neither can who committed what another wrote', async () => {
    const pull = await site.opened({ committer: 'lena' })
    await site.world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /lena/)
  })

  test('ID-06: a review by a workflow’s own token does not count', async () => {
    const pull = await site.opened()
    await site.world.approves(pull, { by: 'github-actions[bot]' })
    await site.isShut(pull, /1 approval/)
  })

  test('ID-12: who came by a child team is not among its direct members', async () => {
    const pull = await site.opened({ into: 'direct' })
    await site.world.approves(pull, { by: 'bob' })
    await site.isShut(pull, /bob/)
    await site.world.approves(pull, { by: 'ada' })
    await site.isOpen(pull)
  })

  test('ID-18: a review by a deleted account does not count, and a commit of nobody’s keeps the gate shut', async () => {
    const { world } = site
    const pull = await site.opened()
    const review = await world.approves(pull, { by: 'leo' })
    Object.assign(review, { user: null })
    await world.comments(pull, { by: 'dev', body: 'ping' })
    await site.isShut(pull, /1 approval/)
    const other = await site.opened({ author: null })
    await world.approves(other, { by: 'lena' })
    await site.isShut(other, /account|unknown|map/i)
  })

  test('ID-20, ID-21: no repository role makes an approver', async () => {
    const { world } = site
    await world.hasRole('bob', 'admin')
    const pull = await site.opened()
    await world.approves(pull, { by: 'bob' })
    await site.isShut(pull, /bob/)
  })

  test('ID-17: a login is held against its account, whatever its case, and a look-alike is another', async () => {
    const { world } = site
    const pull = await site.opened({ into: 'named' })
    await world.approves(pull, { by: 'c0ra' })
    await site.isShut(pull, /c0ra/)
    await world.approves(pull, { by: 'cora' })
    await site.isOpen(pull)
  })

  test('ID-16: who takes over a login does not take over its authority', async () => {
    const { world } = site
    await world.renamesAccount('cora', 'cora-at-sea')
    await world.renamesAccount('bob', 'cora')
    world.clock.advance('6m')
    const pull = await site.opened({ into: 'named' })
    await world.approves(pull, { by: 'cora' })
    await site.isShut(pull, /another/i)
  })

  test('ID-26: who has it merged counts as its merger: an enqueuer cannot approve', async () => {
    const { world } = site
    const pull = await site.opened()
    await world.enablesAutoMerge(pull, { by: 'lena' })
    await world.approves(pull, { by: 'lena' })
    await site.isShut(pull, /lena/)
    await world.approves(pull, { by: 'leo' })
    await site.isOpen(pull)
  })

  test('BP-16: a signature proves a key, and approves nothing', async () => {
    const pull = await site.opened({ by: 'lena', signed: true })
    await site.isShut(pull, /1 approval/)
  })

  test('BP-13: whoever a pull request makes a code owner owns nothing by it', async () => {
    const { world } = site
    const pull = await site.opened({ files: { '.github/CODEOWNERS': '* @ada' } })
    await world.approves(pull, { by: 'ada' })
    await site.isShut(pull, /ada/)
  })

  test('ID-13: a new team under the old slug is not the team that the policy meant', async () => {
    const { world } = site
    await world.renamesTeam('development-leads', 'leads-of-old')
    await world.createsTeam('development-leads', ['bob'])
    const pull = await site.opened()
    await world.approves(pull, { by: 'bob' })
    await site.isShut(pull, /another/i)
    expect(await world.check(pull, MERGE)).toMatchObject({ status: 'in_progress' })
  })

  test('ID-14, EN-08: after a transfer the new owner’s team of the same name is not the team that was meant', async () => {
    const { world } = site
    const pull = await site.opened({ into: 'direct' })
    await site.isShut(pull, /1 approval/)
    const { platform } = world
    platform.addAccount('Organization', 'elsewhere')
    const elsewhere = platform.organisation('elsewhere')
    const dan = world.who('dan')
    elsewhere.members.set(dan.id, { role: 'admin', state: 'active' })
    joinTeam(platform, addTeam(platform, elsewhere, dan, { name: 'platform' }), dan, dan, {
      role: 'member',
      state: 'active',
    })
    const repository = world.repository()
    Object.assign(repository, { owner: elsewhere })
    platform.installations.push(
      platform.make('Installation', { ...world.installation, account: elsewhere, repositories: null }),
    )
    await site.flow.app.sweep()
    await world.settled()
    await world.approves(pull, { by: 'dan' })
    await site.isShut(pull, /another one now/)
  })
})
