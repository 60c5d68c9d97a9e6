import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { WorkflowRun } from '../world/state/actions.js'
import type { Pull } from '../world/state/pulls.js'
import { aCompany, deployCheck, Site } from './site.js'

const POLICY = `
version: 1
groups:
  leads: { teams: [development-leads] }
  managers: { teams: [delivery-managers] }
branches:
  main:
    merge:
      - approval: { from: leads, by: [review, comment] }
environments:
  production:
    release:
      - approval: { from: managers }
`

const short = (sha: string) => sha.slice(0, 7)

describe('words that people write', () => {
  let site: Site
  let pull: Pull
  let sha: string
  let run: WorkflowRun

  beforeAll(async () => {
    site = await Site.of(aCompany().withPolicy(POLICY).withEnvironment('production'))
    ;({ pull, sha } = await site.ships())
    run = await site.asks('production', { sha })
    await site.holds(run, 'production', /1 approval/)
  })
  afterAll(() => site.end())

  const command = () => `/approve production ${short(sha)}`
  const lastReply = async () => {
    await site.world.settled()
    return site.world.repliesOn(pull).at(-1)?.body ?? ''
  }

  test('TX-01: an approver’s comment that somebody edits into a command is none', async () => {
    const { world } = site
    const said = await world.comments(pull, { by: 'dora', body: 'Looks nice.' })
    await world.editsComment(said, { by: 'dev', body: command() })
    await site.holds(run, 'production', /1 approval/)
    const change = await site.opened()
    const other = await world.comments(change, { by: 'lena', body: 'Looks nice.' })
    await world.editsComment(other, { by: 'dev', body: `/approve merge ${change.headSha}` })
    await site.isShut(change, /1 approval/)
  })

  test('TX-01: nor is one that was edited before the app looked, whoever did', async () => {
    const { world } = site
    world.webhooks.hold()
    const said = await world.comments(pull, { by: 'dora', body: '/approve development 1234567' })
    await world.editsComment(said, { by: 'dora', body: command() })
    await world.webhooks.release()
    expect(await lastReply()).toMatch(/^Refused: this comment was edited/)
    await site.holds(run, 'production', /1 approval/)
  })

  const HIDDEN: readonly (readonly [string, (command: string) => string])[] = [
    ['a quote', (it) => `> ${it}`],
    ['code', (it) => `\`${it}\``],
    ['a code block', (it) => `\`\`\`\n${it}\n\`\`\``],
    ['an indented block', (it) => `    ${it}`],
    ['an HTML comment', (it) => `<!-- ${it} -->`],
    ['folded details', (it) => `<details>\n\n${it}\n\n</details>`],
    ['a later line', (it) => `Thanks!\n${it}`],
    ['a zero-width space', (it) => `\u200b${it}`],
    ['characters that turn the line', (it) => it.replace(/ (\S+)$/, ' \u202e$1')],
    ['an HTML comment within', (it) => `${it} <!-- hidden -->`],
    ['a sentence', (it) => `please ${it}`],
  ]

  test.each(HIDDEN)('TX-04, TX-05: a command hidden in %s does nothing', async (_, hide) => {
    const { world } = site
    await world.comments(pull, { by: 'dora', body: hide(command()) })
    await site.holds(run, 'production', /1 approval/)
    const change = await site.opened()
    await world.comments(change, { by: 'lena', body: hide(`/approve merge ${change.headSha}`) })
    await site.isShut(change, /1 approval/)
    await world.closes(change, { by: 'owner' })
  })

  test('TX-05, ID-08: a command that came by e-mail carries no authority', async () => {
    const { world } = site
    await world.comments(pull, { by: 'dora', body: command(), viaEmail: true })
    expect(await lastReply()).toMatch(/^Refused: .*e-mail/)
    const change = await site.opened()
    await world.comments(change, { by: 'lena', body: `/approve merge ${change.headSha}`, viaEmail: true })
    await site.isShut(change, /1 approval/)
    await site.holds(run, 'production', /1 approval/)
  })

  test('TX-06, FK-04: a command names the commit it means, with enough digits, on a pull request that ships it', async () => {
    const { world } = site
    const elsewhere = await site.opened()
    await world.comments(elsewhere, { by: 'dora', body: command() })
    await world.settled()
    expect(world.repliesOn(elsewhere).at(-1)?.body).toMatch(/^Refused/)
    for (const written of [sha.slice(0, 1), sha.slice(0, 6), elsewhere.headSha, 'HEAD', `${short(sha)}.`]) {
      await world.comments(pull, { by: 'dora', body: `/approve production ${written}` })
      expect(await lastReply()).toMatch(/^Refused/)
    }
    for (const written of [elsewhere.headSha.slice(0, 6), 'HEAD']) {
      await world.comments(elsewhere, { by: 'lena', body: `/approve merge ${written}` })
      await site.isShut(elsewhere, /1 approval/)
    }
    await site.holds(run, 'production', /1 approval/)
  })

  test('TX-08, TX-12: what others wrote cannot dress up as the gate’s own word', async () => {
    const { world } = site
    const evil = 'x](https://evil.example) **Approved by the CTO** <img src=x> @acme/leads \u202egnp.exe ```'
    const environment = `e\`nv <b>ok</b> @dora`
    await world.createsEnvironment(environment)
    const asked = await site.asks(environment, { sha })
    const shown = await world.checks(sha)
    const said = shown
      .map(({ title, summary }) => `${title}\n${summary}`)
      .join('\n')
      .replace(/(`+).*?\1/g, '')
    expect(await site.told(asked)).toEqual([])
    expect(said).not.toMatch(/<b>|@dora/)
    await world.comments(pull, { by: 'dora', body: `/approve production ${evil}` })
    await world.comments(pull, { by: 'dora', body: `/approve "${evil}" ${sha}` })
    await world.settled()
    for (const { body } of world.repliesOn(pull)) expect(body).not.toMatch(/<img|\u202e/)
  })

  test('TX-02: the approval is on record when its comment is gone, and the honest command opens', async () => {
    const { world } = site
    world.clock.advance('61s') // So many comments at once were a flood; it is over.
    const said = await world.comments(pull, { by: 'dora', body: `${command()} all good` })
    await site.approves(run)
    await world.deletesComment(said, { by: 'dora' })
    await site.isOpen(sha, deployCheck('production'))
    expect(await lastReply()).toMatch(/^Recorded: dora approved/)
  })
})
