import { sql } from 'kysely'
import type { Reading } from '../engine.js'
import { nameKey } from '../records/pinned-name.js'
import { peopleIn, type Person } from '../sides/take-out.js'
import type { Account } from './redact.js'

/** Who is meant: the number of an account, or a login that it has or had. */
export type Who = { readonly id: number } | { readonly login: string }

const PAGE = 500

/** What a text has in it, in lower case: a first sieve, which the database works. An underscore lets more through. */
export const has = (column: string, part: string) =>
  sql<boolean>`lower(${sql.ref(column)}) like ${`%${part.toLowerCase()}%`}`

const isWho = (who: Who, { id, login }: Person): boolean =>
  'id' in who ? id === who.id : login.toLowerCase() === who.login.toLowerCase()

const partOf = (who: Who): string => ('id' in who ? `"id":${who.id},` : `"login":"${who.login}"`)

const inNames = async (db: Reading, who: Who): Promise<readonly Person[]> => {
  const rows = await db
    .selectFrom('sides')
    .select(['people', 'value'])
    .where('kind', '=', 'name')
    .where(
      'id' in who ? sql<boolean>`people = ${`,${who.id},`}` : sql<boolean>`lower(value) = ${who.login.toLowerCase()}`,
    )
    .execute()
  return rows.map(({ people, value }) => ({ id: Number(people.slice(1, -1)), login: value }))
}

const inActs = async (db: Reading, who: Who): Promise<readonly Person[]> => {
  const rows = await db
    .selectFrom('acts')
    .select('document')
    .where(has('document', partOf(who)))
    .execute()
  return rows.flatMap(({ document }) => peopleIn(JSON.parse(document)))
}

const NAMED = 'users/'

const inPins = async (db: Reading, who: Who): Promise<readonly Person[]> => {
  const named = db.selectFrom('pins').select(['name', 'id']).where('name', 'like', `${NAMED}%`)
  const rows = await (
    'id' in who ? named.where('id', '=', who.id) : named.where('name', '=', nameKey(NAMED + who.login))
  ).execute()
  return rows.map(({ name, id }) => ({ id, login: name.slice(NAMED.length) }))
}

/** Entries of a schema that had no side rows, in which a person's name stands for good. */
export async function* inlineEntries(db: Reading, part: string): AsyncGenerator<unknown> {
  const { inline_until } = await db.selectFrom('ledger_head').select('inline_until').executeTakeFirstOrThrow()
  for (let after = 0; ;) {
    const page = await db
      .selectFrom('ledger')
      .select(['sequence', 'body'])
      .where('sequence', '>', after)
      .where('sequence', '<=', inline_until)
      .where(has('body', part))
      .orderBy('sequence')
      .limit(PAGE)
      .execute()
    for (const { body } of page) yield JSON.parse(body)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.sequence
  }
}

const inInline = async (db: Reading, who: Who): Promise<readonly Person[]> => {
  const found: Person[] = []
  for await (const body of inlineEntries(db, partOf(who)))
    found.push(...peopleIn(body).filter((one) => isWho(who, one)))
  return found
}

const everywhere = async (db: Reading, who: Who): Promise<readonly Person[]> =>
  [
    ...(await inNames(db, who)),
    ...(await inActs(db, who)),
    ...(await inPins(db, who)),
    ...(await inInline(db, who)),
  ].filter((one) => isWho(who, one))

/** One is meant, and several accounts have had this login. */
export class SeveralAccounts extends Error {
  override readonly name = 'SeveralAccounts'
  constructor(login: string, ids: readonly number[]) {
    super(`accounts ${ids.join(' and ')} have had the login ${login}; name one by its number`)
  }
}

const erasedLogins = (id: number): RegExp => new RegExp(`^user ${id}$`)

/**
 * The account that is meant, with every login that is on record of it.
 * @returns `null` when nobody of that login is on record; a number is taken as it is.
 * @throws {SeveralAccounts}
 */
export const accountOf = async (db: Reading, who: Who): Promise<Account | null> => {
  if ('id' in who) {
    const logins = (await everywhere(db, who))
      .map(({ login }) => login)
      .filter((login) => !erasedLogins(who.id).test(login))
    return { id: who.id, logins: new Set(logins.map((login) => login.toLowerCase())) }
  }
  const ids = [...new Set((await everywhere(db, who)).map(({ id }) => id))]
  const [id] = ids
  if (ids.length > 1) throw new SeveralAccounts(who.login, ids)
  return id === undefined ? null : accountOf(db, { id })
}
