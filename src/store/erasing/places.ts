import { sql } from 'kysely'
import { canonicalJson } from '../canonical.js'
import type { Reading, Writing } from '../engine.js'
import { erasedName, nameKey } from '../records/pinned-name.js'
import { ERASED } from '../sides/resolve.js'
import { has } from './account.js'
import { names, redact, type Account } from './redact.js'

/** Rows of which the database looks through the texts at once. */
const PAGE = 500

/** A working table in which a person may be named. */
export interface Place<Key> {
  /** The rows that name them: by reading alone, so that nobody's writing waits for a search through a whole table. */
  readonly find: (db: Reading) => Promise<readonly Key[]>
  /** Writes one anew without them, as it is by now; one that names them no more stays. */
  readonly rewrite: (writing: Writing, key: Key) => Promise<void>
}

export const anyOf = (column: string, parts: Iterable<string>) => {
  const some = [...parts].map((part) => has(column, part))
  return some.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`(${sql.join(some, sql` or `)})`
}

/** The document without the person, where that is another one; `null`: it does not name them. */
const without = (account: Account, document: string | null): string | null => {
  if (document === null) return null
  const redacted = canonicalJson(redact(account, JSON.parse(document)))
  return redacted === document ? null : redacted
}

const isNamed = (account: Account, text: string | null): boolean => names(account, text ?? '')

export const acts = (account: Account): Place<string> => ({
  async find(db) {
    const parts = [`"id":${account.id},`, ...account.logins]
    const rows = await db.selectFrom('acts').select(['key', 'document']).where(anyOf('document', parts)).execute()
    return rows.filter(({ document }) => without(account, document) !== null).map(({ key }) => key)
  },
  async rewrite(writing, key) {
    const row = await writing.selectFrom('acts').select('document').where('key', '=', key).executeTakeFirst()
    const document = without(account, row?.document ?? null)
    if (document !== null) await writing.updateTable('acts').set({ document }).where('key', '=', key).execute()
  },
})

const someIntents = (db: Reading, { logins }: Account, after: number) =>
  db
    .selectFrom('intents')
    .select(['id', 'body', 'detail'])
    .where('id', '>', after)
    .where('ok', 'is not', null)
    .where((eb) => eb.or([anyOf('body', logins), anyOf('detail', logins)]))
    .orderBy('id')
    .limit(PAGE)
    .execute()

/** One that is not settled yet is left to its look, and found by the next erasing. */
export const intents = (account: Account): Place<number> => ({
  async find(db) {
    const found: number[] = []
    for (let after = 0; ;) {
      const rows = await someIntents(db, account, after)
      for (const { id, body, detail } of rows)
        if (without(account, body) !== null || without(account, detail) !== null) found.push(id)
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return found
      after = last.id
    }
  },
  async rewrite(writing, id) {
    const row = await writing.selectFrom('intents').select(['body', 'detail']).where('id', '=', id).executeTakeFirst()
    if (row === undefined) return
    const body = without(account, row.body) ?? row.body
    const detail = without(account, row.detail) ?? row.detail
    await writing.updateTable('intents').set({ body, detail }).where('id', '=', id).execute()
  },
})

/** A name that a policy uses must not become somebody else's because its first bearer was erased. */
export const pins = ({ logins }: Account): Place<{ readonly scope: string; readonly name: string }> => ({
  async find(db) {
    const keys = [...logins].map((login) => nameKey(`users/${login}`))
    if (keys.length === 0) return []
    return db.selectFrom('pins').select(['scope', 'name']).where('name', 'in', keys).execute()
  },
  async rewrite(writing, { scope, name }) {
    await writing
      .updateTable('pins')
      .set({ name: erasedName(name) })
      .where('scope', '=', scope)
      .where('name', '=', name)
      .execute()
  },
})

/** A pressed button's, from an instance of an earlier version; `null`: no login of theirs is in it. */
const pressWithout = ({ logins }: Account, document: string): string | null => {
  const { login, ...press } = JSON.parse(document) as { readonly login?: unknown }
  return typeof login === 'string' && logins.has(login.toLowerCase()) ? canonicalJson(press) : null
}

/** Not to know what a subject asked means that every event wakes it. */
export const subjects = (account: Account): Place<string> => ({
  async find(db) {
    const rows = await db
      .selectFrom('subjects')
      .select(['key', 'asked', 'error', 'document'])
      .where((eb) =>
        eb.or([
          anyOf('asked', account.logins),
          anyOf('error', account.logins),
          eb.and([eb('kind', '=', 'press'), anyOf('document', account.logins)]),
        ]),
      )
      .execute()
    const isTheirs = ({ asked, error, document }: (typeof rows)[number]) =>
      isNamed(account, asked) || isNamed(account, error) || pressWithout(account, document) !== null
    return rows.filter(isTheirs).map(({ key }) => key)
  },
  async rewrite(writing, key) {
    const row = await writing
      .selectFrom('subjects')
      .select(['asked', 'error', 'document'])
      .where('key', '=', key)
      .executeTakeFirst()
    if (row === undefined) return
    const asked = isNamed(account, row.asked) ? null : row.asked
    const error = isNamed(account, row.error) ? ERASED : row.error
    const document = pressWithout(account, row.document) ?? row.document
    await writing.updateTable('subjects').set({ asked, error, document }).where('key', '=', key).execute()
  },
})

export const deliveries = (account: Account): Place<number> => ({
  async find(db) {
    const rows = await db
      .selectFrom('deliveries')
      .select(['row', 'error'])
      .where(anyOf('error', account.logins))
      .execute()
    return rows.filter(({ error }) => isNamed(account, error)).map(({ row }) => row)
  },
  async rewrite(writing, row) {
    const found = await writing.selectFrom('deliveries').select('error').where('row', '=', row).executeTakeFirst()
    if (isNamed(account, found?.error ?? null))
      await writing.updateTable('deliveries').set({ error: ERASED }).where('row', '=', row).execute()
  },
})
