import { sql } from 'kysely'
import type { Instant } from '../../policy/facts.js'
import type { Engine, Reading } from '../engine.js'
import { append, holdHead } from '../ledger.js'
import type { SideRow } from '../tables.js'
import { has } from './account.js'
import { names, type Account } from './redact.js'

/** Rows that leave in one transaction, and are told in one entry. */
const PAGE = 500

/** `names`: logins. `texts`: what the person wrote, and what names them. `facts`: documents that name them otherwise. */
export interface SidesErased {
  readonly names: number
  readonly texts: number
  readonly facts: number
}

type Row = Pick<SideRow, 'digest' | 'kind' | 'people' | 'value'>

const isTheirs = (account: Account, { people, value }: Row): boolean =>
  people.includes(`,${account.id},`) || names(account, value)

/** Rows that are the person's, or name them, a page at a time. */
async function* theirs(db: Reading, account: Account): AsyncGenerator<Row> {
  const sieve = sql.join(
    [sql`people like ${`%,${account.id},%`}`, ...[...account.logins].map((login) => has('value', login))],
    sql` or `,
  )
  for (let after = ''; ;) {
    const page: readonly Row[] = await db
      .selectFrom('sides')
      .select(['digest', 'kind', 'people', 'value'])
      .where('digest', '>', after)
      .where(sql<boolean>`(${sieve})`)
      .orderBy('digest')
      .limit(PAGE)
      .execute()
    yield* page.filter((row) => isTheirs(account, row))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.digest
  }
}

type Counted = { -readonly [kind in keyof SidesErased]: number }

const count = (counted: Counted, { kind }: Pick<Row, 'kind'>): void => {
  counted[kind === 'name' ? 'names' : kind === 'facts' ? 'facts' : 'texts']++
}

export const countSides = async (db: Reading, account: Account): Promise<SidesErased> => {
  const counted = { names: 0, texts: 0, facts: 0 }
  for await (const row of theirs(db, account)) count(counted, row)
  return counted
}

/** Nobody can refer to a row again once the head is held: whoever appends after this does not find it. */
const erasePage = async ({ write }: Engine, { id }: Account, digests: readonly string[], now: Instant) =>
  write(async (writing) => {
    await holdHead(writing)
    const gone = await writing
      .deleteFrom('sides')
      .where('digest', 'in', [...digests])
      .returning(['digest', 'kind'])
      .execute()
    const body = { person: id, erased: gone.map(({ digest }) => digest).sort() }
    if (gone.length > 0)
      await append(writing, { at: now, kind: 'erasure', installation: null, repository: null, subject: null, body })
    return gone
  })

/** Until none is left: somebody may refer to the person meanwhile. */
export const eraseSides = async (engine: Engine, account: Account, now: Instant): Promise<SidesErased> => {
  const counted = { names: 0, texts: 0, facts: 0 }
  for (let found = -1; found !== 0;) {
    const digests: string[] = []
    for await (const { digest } of theirs(engine.db, account)) digests.push(digest)
    for (let from = 0; from < digests.length; from += PAGE)
      for (const row of await erasePage(engine, account, digests.slice(from, from + PAGE), now)) count(counted, row)
    found = digests.length
  }
  return counted
}
