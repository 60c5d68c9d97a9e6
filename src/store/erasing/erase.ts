import type { Instant } from '../../policy/facts.js'
import type { Engine, Reading, Writing } from '../engine.js'
import { append } from '../ledger.js'
import type { Place } from '../open.js'
import { peopleIn } from '../sides/take-out.js'
import { accountOf, inlineEntries, type Who } from './account.js'
import { countRecords, deliveriesNaming, eraseRecords, journalNaming, type RecordsErased } from './records.js'
import type { Account } from './redact.js'
import { countSides, eraseSides, type SidesErased } from './sides.js'
import { overwriteTraces, tracesStay } from './traces.js'

/** What was taken out of the store, and what could not be. */
export interface Erased extends SidesErased, RecordsErased {
  /** The account's number, which stays. */
  readonly person: number
  /** Entries of earlier versions, in which the name is part of what is hashed. */
  readonly inline: number
  /** Deliveries whose payload names the person: they wait, were given up, or stand in the journal for a while yet. */
  readonly deliveries: number
  /** A server has the folder: until its next start, bytes of what was erased may stand in unused parts of the file. */
  readonly traces: boolean
}

const inlineOf = async (db: Reading, { id }: Account): Promise<number> => {
  let found = 0
  for await (const body of inlineEntries(db, `"id":${id},`)) if (peopleIn(body).some((one) => one.id === id)) found++
  return found
}

const leftOver = async (db: Reading, account: Account, place: Place | null) => ({
  inline: await inlineOf(db, account),
  deliveries:
    (await deliveriesNaming(db, account)) +
    (place !== null && 'dataDir' in place ? await journalNaming(place.dataDir, account) : 0),
})

const tell = (writing: Writing, { person, ...counts }: Omit<Erased, 'traces'>, now: Instant): Promise<number> =>
  append(writing, {
    at: now,
    kind: 'erasure',
    installation: null,
    repository: null,
    subject: null,
    body: { person, counts },
  })

/**
 * Takes a person's logins, what they wrote and what names them out of the store, beside a running server. Their number
 * stays, and with it every decision and approval. The ledger tells it, with the number only.
 * @param place where the engine's database is: in a folder, deliveries stand in a journal too.
 * @returns `null` when nobody of that login is on record.
 * @throws {SeveralAccounts} when several accounts have had the login.
 */
export const erasePerson = async (
  engine: Engine,
  who: Who,
  now: Instant,
  place: Place | null = null,
): Promise<Erased | null> => {
  const account = await accountOf(engine.db, who)
  if (account === null) return null
  const records = await eraseRecords(engine, account)
  const sides = await eraseSides(engine, account, now)
  const erased = { person: account.id, ...sides, ...records, ...(await leftOver(engine.db, account, place)) }
  const changed = Object.values<number>({ ...sides, ...records }).reduce((sum, each) => sum + each, 0)
  if (changed > 0) await engine.write((writing) => tell(writing, erased, now))
  return { ...erased, traces: await overwriteTraces(engine, place) }
}

/** What {@link erasePerson} would do; nothing is changed, and nobody's writing waits for it. */
export const erasingOf = async (engine: Engine, who: Who, place: Place | null = null): Promise<Erased | null> => {
  const account = await accountOf(engine.db, who)
  if (account === null) return null
  const sides = await countSides(engine.db, account)
  return {
    person: account.id,
    ...sides,
    ...(await countRecords(engine.db, account)),
    ...(await leftOver(engine.db, account, place)),
    traces: tracesStay(place),
  }
}
