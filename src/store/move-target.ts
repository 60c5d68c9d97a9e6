import { sql } from 'kysely'
import { TABLES } from './copy.js'
import type { Reading } from './engine.js'
import { StoreUnusable } from './errors.js'
import { postgresEngine } from './postgres.js'
import { mustAnswer } from './postgres-checks.js'
import { APPLICATION } from './postgres-pool.js'

/** Tables and views where ours would be made, but for those of extensions. */
const relationsIn = async (db: Reading): Promise<readonly string[]> => {
  const { rows } = await sql<{ readonly name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (current_schemas(false)) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (
        select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by c.relname`.execute(db)
  return rows.map(({ name }) => name)
}

const SHOWN = 5

const mustHaveNoOthers = async (db: Reading, where: string): Promise<void> => {
  const all = await relationsIn(db)
  const ours = all.includes('ledger_head') ? TABLES : []
  const others = all.filter((name) => !ours.includes(name))
  if (others.length === 0) return
  const named = [...others.slice(0, SHOWN), ...(others.length > SHOWN ? ['…'] : [])].join(', ')
  throw new StoreUnusable(`${where} is not empty: it holds ${named}. Name an empty database; nothing was moved.`)
}

/** The server lists a connection for a moment after it was closed. */
const PATIENCE = 2_000
const PAUSE = 100

const connectionsIn = async (db: Reading): Promise<number> => {
  const { rows } = await sql<{ readonly open: number }>`
    select count(*)::integer as open from pg_stat_activity
    where datname = current_database() and application_name = ${APPLICATION} and pid <> pg_backend_pid()`.execute(db)
  return rows[0]?.open ?? 0
}

const mustHaveNoServer = async (db: Reading, where: string): Promise<void> => {
  const deadline = performance.now() + PATIENCE
  for (let open = await connectionsIn(db); open > 0; open = await connectionsIn(db)) {
    if (performance.now() > deadline)
      throw new StoreUnusable(
        `Release Gates is at work on ${where}: ${open} of its connections are open there. Stop every server and command on it; nothing was moved.`,
      )
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

/**
 * Before anything is made in the database that a store shall move to.
 * @throws {StoreUnusable} when it holds what is not ours, or a server is at work on it, or it cannot be asked.
 */
export const mustBeFree = async (databaseUrl: string, where: string): Promise<void> => {
  const engine = postgresEngine({ url: databaseUrl, readOnly: true, log: undefined })
  try {
    await mustAnswer(engine, where)
    await mustHaveNoOthers(engine.db, where)
    await mustHaveNoServer(engine.db, where)
  } finally {
    await engine.close()
  }
}
