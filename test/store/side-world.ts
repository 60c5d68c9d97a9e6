import { sql } from 'kysely'
import type { LedgerEntry, Verification } from '../../src/gatekeeper/ports.js'
import { ask, known, type Fact, type Facts, type Person } from '../../src/policy/facts.js'
import type { Engine } from '../../src/store/engine.js'
import { ledgerReader } from '../../src/store/ledger-reader.js'
import { openEngine, type Place } from '../../src/store/open.js'
import { storedRecords } from '../../src/store/records/records.js'
import { HEAD, NOW } from '../contracts/store-world.js'
import { aDatabase } from '../postgres/cluster.js'

/** An open database, its records and its ledger. */
export const opened = async (place: Place = { dataDir: ':memory:' }) => {
  const engine = await openEngine(place, { readOnly: false, attempts: 10, log: undefined })
  return { engine, records: storedRecords(engine), ledger: ledgerReader(engine.db) }
}
export type Opened = Awaited<ReturnType<typeof opened>>

export const using = async (use: (at: Opened) => Promise<void>, place?: Place): Promise<void> => {
  const at = await opened(place)
  try {
    await use(at)
  } finally {
    await at.engine.close()
  }
}

/** Each engine with an empty database of its own. */
export const ENGINES: readonly (readonly [string, (use: (at: Opened) => Promise<void>) => Promise<void>])[] = [
  ['SQLite', (use) => using(use)],
  ['PostgreSQL', async (use) => using(use, { databaseUrl: await aDatabase() })],
]

const tablesOf = async ({ db, dialect }: Engine): Promise<readonly string[]> => {
  const { rows } =
    dialect === 'sqlite'
      ? await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db)
      : await sql<{
          name: string
        }>`select tablename as name from pg_tables where schemaname = current_schema()`.execute(db)
  return rows.map(({ name }) => name).sort()
}

/** All that stands in all tables, as text. */
export const everything = async (engine: Engine): Promise<string> => {
  const parts: string[] = []
  for (const table of await tablesOf(engine)) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(engine.db)
    parts.push(`${table}: ${JSON.stringify(rows)}`)
  }
  return parts.join('\n')
}

/** The parts of a text around a login, where it stands as a word. */
export const placesOf = (login: string, text: string): readonly string[] =>
  [...text.matchAll(new RegExp(`.{0,40}(?<![a-z0-9])${login}(?![a-z0-9]).{0,40}`, 'gi'))].map(([found]) => found)

export const entriesOf = async ({ ledger }: Opened): Promise<readonly LedgerEntry[]> => {
  const entries: LedgerEntry[] = []
  for await (const entry of ledger.entries()) entries.push(entry)
  return entries
}

export const mustBeWhole = async ({ ledger }: Opened): Promise<Extract<Verification, { ok: true }>> => {
  const found = await ledger.verify()
  if (!found.ok) throw new Error(`broken at ${found.sequence}: ${found.problem}: ${found.detail}`)
  return found
}

/** What is read of a pull request: by one person, reviewed by another, with what they wrote. */
export const factsBy = (author: Person, reviewer: Person, wrote: string): Facts =>
  new Map<string, Fact>([
    [
      ask.change.key,
      known(
        {
          number: 1,
          title: `title ${wrote}`,
          body: `body ${wrote}`,
          author,
          head: `${author.login}/fix`,
          headSha: HEAD,
        },
        'GitHub',
        NOW,
      ),
    ],
    [ask.reviews.key, known([{ by: reviewer, state: 'approved', commit: HEAD, at: NOW, body: 'fine' }], 'GitHub', NOW)],
    [
      ask.commits.key,
      known(
        [
          {
            sha: HEAD,
            author,
            committer: 'github',
            coAuthors: [reviewer],
            parents: [],
            message: `${wrote}\n\nCo-authored-by: ${reviewer.login} <x@example.org>`,
            signedBy: 'github',
          },
        ],
        'GitHub',
        NOW,
      ),
    ],
    [ask.user({ login: author.login }).key, known(author, 'GitHub', NOW)],
    [ask.diffs.key, known(new Map([[HEAD, 'tree']]), 'GitHub', NOW)],
  ])
