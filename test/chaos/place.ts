import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBeside, type Place as Where } from '../../src/store/open.js'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import type { Instant } from '../../src/policy/facts.js'
import { aDatabase } from '../postgres/cluster.js'

export type Engine = 'sqlite' | 'postgres'

/** Where the records are, for the servers and for whoever reads beside them. */
export interface Place {
  readonly env: Readonly<Record<string, string>>
  reads<T>(use: (store: Store) => Promise<T>): Promise<T>
  /** Every subject that is not done, with why: one line each. */
  unfinished(now: Instant): Promise<readonly string[]>
  /** While no server has it. */
  writes<T>(use: (store: Store) => Promise<T>): Promise<T>
  remove(): void
}

const used = async <T>(options: StoreOptions, use: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openStore(options)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const unfinishedIn = async (where: Where, now: Instant): Promise<readonly string[]> => {
  const engine = await openBeside(where, true)
  try {
    const rows = await engine.db
      .selectFrom('subjects')
      .select(['key', 'dead', 'attempts', 'error', 'due_at', 'lease_owner', 'lease_until'])
      .where((eb) =>
        eb.or([
          eb('dead', '=', 1),
          eb('due_at', '<=', now),
          eb('lease_owner', 'is not', null),
          eb('generation', '>', eb.ref('judged_generation')),
        ]),
      )
      .where('finished', '=', 0)
      .orderBy('key')
      .execute()
    return rows.map((row) => JSON.stringify(row))
  } finally {
    await engine.close()
  }
}

const ways = (options: StoreOptions, where: Where): Pick<Place, 'reads' | 'writes' | 'unfinished'> => ({
  reads: (use) => used({ ...options, readOnly: true }, use),
  writes: (use) => used(options, use),
  unfinished: (now) => unfinishedIn(where, now),
})

export const placeOf = async (engine: Engine): Promise<Place> => {
  if (engine === 'postgres') {
    const databaseUrl = await aDatabase()
    return {
      env: { DATABASE_URL: databaseUrl },
      ...ways({ dataDir: 'nowhere', databaseUrl }, { databaseUrl }),
      remove: () => undefined,
    }
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'release-gates-chaos-'))
  return {
    env: { DATA_DIR: dataDir },
    ...ways({ dataDir }, { dataDir }),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  }
}
