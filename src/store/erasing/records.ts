import { sql } from 'kysely'
import type { Engine, Reading, Writing } from '../engine.js'
import { canonicalJson } from '../canonical.js'
import { JournalBeside } from '../journal/beside.js'
import { erasedName, nameKey } from '../records/pinned-name.js'
import { ERASED } from '../sides/resolve.js'
import { has } from './account.js'
import { names, redact, type Account } from './redact.js'

const PAGE = 500

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

const anyOf = (column: string, parts: readonly string[]) =>
  parts.length === 0
    ? sql<boolean>`1 = 0`
    : sql<boolean>`(${sql.join(
        parts.map((part) => has(column, part)),
        sql` or `,
      )})`

/** The document without the person, where that is another one; `null`: it does not name them. */
const without = (account: Account, document: string): string | null => {
  const redacted = canonicalJson(redact(account, JSON.parse(document)))
  return redacted === document ? null : redacted
}

const acts = async (writing: Writing, account: Account): Promise<number> => {
  const parts = [`"id":${account.id},`, ...account.logins]
  const rows = await writing.selectFrom('acts').select(['key', 'document']).where(anyOf('document', parts)).execute()
  let changed = 0
  for (const { key, document } of rows) {
    const redacted = without(account, document)
    if (redacted === null) continue
    await writing.updateTable('acts').set({ document: redacted }).where('key', '=', key).execute()
    changed++
  }
  return changed
}

/** One that is not settled yet is left to its look, and found by the next erasing. */
const intentsPage = async (writing: Writing, account: Account, after: number) => {
  const rows = await writing
    .selectFrom('intents')
    .select(['id', 'body', 'detail'])
    .where('id', '>', after)
    .where('ok', 'is not', null)
    .where((eb) => eb.or([anyOf('body', [...account.logins]), anyOf('detail', [...account.logins])]))
    .orderBy('id')
    .limit(PAGE)
    .execute()
  let changed = 0
  for (const { id, body, detail } of rows) {
    const [said, came] = [without(account, body), detail === null ? null : without(account, detail)]
    if (said === null && came === null) continue
    await writing
      .updateTable('intents')
      .set({ body: said ?? body, detail: came ?? detail })
      .where('id', '=', id)
      .execute()
    changed++
  }
  return { changed, last: rows.length < PAGE ? null : (rows.at(-1)?.id ?? null) }
}

const intents = async ({ write }: Pick<Engine, 'write'>, account: Account): Promise<number> => {
  let all = 0
  for (let after: number | null = 0; after !== null;) {
    const from: number = after
    const { changed, last }: Awaited<ReturnType<typeof intentsPage>> = await write((writing) =>
      intentsPage(writing, account, from),
    )
    all += changed
    after = last
  }
  return all
}

/** A name that a policy uses must not become somebody else's because its first bearer was erased. */
const pins = async (writing: Writing, { logins }: Account): Promise<number> => {
  let changed = 0
  for (const login of logins) {
    const name = nameKey(`users/${login}`)
    const rows = await writing.selectFrom('pins').select('scope').where('name', '=', name).execute()
    for (const { scope } of rows)
      await writing
        .updateTable('pins')
        .set({ name: erasedName(name) })
        .where('scope', '=', scope)
        .where('name', '=', name)
        .execute()
    changed += rows.length
  }
  return changed
}

/** Not to know what a subject asked means that every event wakes it. */
const notes = async (writing: Writing, account: Account): Promise<number> => {
  const parts = [...account.logins]
  let changed = 0
  for (const { key, asked, error } of await writing
    .selectFrom('subjects')
    .select(['key', 'asked', 'error'])
    .where((eb) => eb.or([anyOf('asked', parts), anyOf('error', parts)]))
    .execute()) {
    const [forgets, erases] = [names(account, asked ?? ''), names(account, error ?? '')]
    if (!forgets && !erases) continue
    await writing
      .updateTable('subjects')
      .set({ asked: forgets ? null : asked, error: erases ? ERASED : error })
      .where('key', '=', key)
      .execute()
    changed++
  }
  for (const { row, error } of await writing
    .selectFrom('deliveries')
    .select(['row', 'error'])
    .where(anyOf('error', parts))
    .execute()) {
    if (!names(account, error ?? '')) continue
    await writing.updateTable('deliveries').set({ error: ERASED }).where('row', '=', row).execute()
    changed++
  }
  return changed
}

export const eraseRecords = async (engine: Pick<Engine, 'write'>, account: Account): Promise<RecordsErased> => ({
  acts: await engine.write((writing) => acts(writing, account)),
  intents: await intents(engine, account),
  pins: await engine.write((writing) => pins(writing, account)),
  notes: await engine.write((writing) => notes(writing, account)),
})

/** Deliveries that wait or were given up, whose payload names the person: they go when they are handled or expire. */
export const deliveriesNaming = async (db: Reading, account: Account): Promise<number> => {
  const rows = await db
    .selectFrom('deliveries')
    .select('body')
    .where('state', '<>', 'done')
    .where(anyOf('body', [...account.logins]))
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
