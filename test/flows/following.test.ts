import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { LedgerEntry } from '../../src/gatekeeper/ports.js'
import { openStore } from '../../src/store/store.js'
import { inFolder } from '../store/folder.js'
import type { World } from '../world/world.js'
import { startFlow, type Flow } from './app.js'
import { aShop, MERGE, opened } from './shop.js'

type Line = Readonly<Record<string, unknown>>

let world: World
let lines: Line[]
beforeEach(async () => {
  world = await aShop().withOrganisationPolicy('version: 1\n')
  lines = []
})

const start = (dataDir: string): Promise<Flow> => startFlow(world, { dataDir, log: (line) => void lines.push(line) })
const saidOf = (guid: string): readonly Line[] => lines.filter(({ delivery }) => delivery === guid)
/** The newest delivery of an event. */
const guidOf = (event: string): string => {
  const found = world.webhooks.delivered.filter(({ happening }) => happening.event === event).at(-1)
  if (!found) throw new Error(`no ${event} was delivered`)
  return found.guid
}

const ledgerIn = async (dataDir: string): Promise<readonly LedgerEntry[]> => {
  const store = await openStore({ dataDir, readOnly: true })
  const entries: LedgerEntry[] = []
  for await (const entry of store.ledger.entries()) entries.push(entry)
  await store.close()
  return entries
}

/** The app at work, and what its ledger holds once it has stopped. */
const whileItRuns = (use: (flow: Flow) => Promise<void>): Promise<readonly LedgerEntry[]> =>
  inFolder(async (dataDir) => {
    const flow = await start(dataDir)
    try {
      await use(flow)
    } finally {
      await flow.stops()
    }
    return ledgerIn(dataDir)
  })

afterEach(() => world.close())

test('one id, GitHub’s own, leads from a delivery over each call to the answer, in the log and in the ledger', async () => {
  let guid = ''
  const entries = await whileItRuns(async () => {
    const pull = await opened(world)
    await world.settled()
    await world.approves(pull, { by: 'lena' })
    expect(await world.check(pull, MERGE)).toMatchObject({ conclusion: 'success' })
    guid = guidOf('pull_request_review')
    expect([...new Set(saidOf(guid).map(({ msg }) => msg))]).toEqual([
      'delivery accepted',
      'delivery dispatched',
      'GitHub was asked',
      'a gate decided',
      'GitHub was told',
      'a look ended',
    ])
    expect(saidOf(guid).find(({ msg }) => msg === 'GitHub was told')).toMatchObject({
      target: MERGE,
      sha: pull.headSha,
    })
  })
  const caused = entries.filter(({ body }) => body['delivery'] === guid)
  expect(caused.map(({ kind }) => kind)).toEqual(['verdict', 'intent', 'outcome'])
})

test('a delivery that another one overtook says so, and the look that is for both carries the newer id', async () => {
  let [earlier, later] = ['', '']
  const entries = await whileItRuns(async (flow) => {
    const pull = await opened(world)
    await world.settled()
    flow.works(false)
    await world.approves(pull, { by: 'lena' })
    await world.settled()
    earlier = guidOf('pull_request_review')
    await world.requestsChanges(pull, { by: 'leo' })
    await world.settled()
    later = guidOf('pull_request_review')
    flow.works(true)
    await world.settled()
    expect(saidOf(earlier).at(-1)).toMatchObject({
      msg: 'delivery coalesced into a later one',
      subject: `change/${world.repository().id}/${pull.number}`,
      into: later,
    })
    expect(saidOf(later).at(-1)).toMatchObject({ msg: 'a look ended' })
  })
  const taken = entries.find(({ body }) => body['guid'] === later)
  expect(taken?.body['inPlaceOf']).toContain(earlier)
})
