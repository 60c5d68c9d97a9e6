import type { Engine, Reading } from '../engine.js'
import { JournalBeside } from '../journal/beside.js'
import { acts, anyOf, deliveries, intents, pins, subjects, type Place } from './places.js'
import { names, type Account } from './redact.js'

/** Rows that are written anew in one transaction, so that nobody waits long for it. */
const PAGE = 100

/** What stands in working tables, and is written anew without the person. */
export interface RecordsErased {
  /** Approvals, rejections, handovers and overrides: they stay, and count for the number as before. */
  readonly acts: number
  /** What was said to GitHub. */
  readonly intents: number
  /** Names that policies use: they stay pinned, as digests. */
  readonly pins: number
  /** Subjects and deliveries whose questions or errors name the person. */
  readonly notes: number
}

const inAll = async (account: Account, of: <Key>(place: Place<Key>) => Promise<number>): Promise<RecordsErased> => ({
  acts: await of(acts(account)),
  intents: await of(intents(account)),
  pins: await of(pins(account)),
  notes: (await of(subjects(account))) + (await of(deliveries(account))),
})

/** How much {@link eraseRecords} would write anew; reads only. */
export const countRecords = (db: Reading, account: Account): Promise<RecordsErased> =>
  inAll(account, async ({ find }) => (await find(db)).length)

export const eraseRecords = ({ db, write }: Engine, account: Account): Promise<RecordsErased> =>
  inAll(account, async ({ find, rewrite }) => {
    const keys = await find(db)
    for (let from = 0; from < keys.length; from += PAGE)
      await write(async (writing) => {
        for (const key of keys.slice(from, from + PAGE)) await rewrite(writing, key)
      })
    return keys.length
  })

/** Deliveries that wait or were given up, whose payload names the person: they go when they are handled or expire. */
export const deliveriesNaming = async (db: Reading, account: Account): Promise<number> => {
  const rows = await db
    .selectFrom('deliveries')
    .select('body')
    .where('state', '<>', 'done')
    .where(anyOf('body', account.logins))
    .execute()
  return rows.filter(({ body }) => names(account, body)).length
}

/** The same, of those in a folder's journal; it lets go of what was handled within the hour. */
export const journalNaming = async (dataDir: string, account: Account): Promise<number> => {
  const journal = await JournalBeside.open(dataDir)
  let found = 0
  try {
    for await (const kept of journal.kept()) found += kept.filter(({ body }) => names(account, body)).length
    return found
  } finally {
    await journal.close()
  }
}
