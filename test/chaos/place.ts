import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import { aDatabase } from '../postgres/cluster.js'

export type Engine = 'sqlite' | 'postgres'

/** Where the records are, for the servers and for whoever reads beside them. */
export interface Place {
  readonly env: Readonly<Record<string, string>>
  reads<T>(use: (store: Store) => Promise<T>): Promise<T>
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

const ways = (options: StoreOptions): Pick<Place, 'reads' | 'writes'> => ({
  reads: (use) => used({ ...options, readOnly: true }, use),
  writes: (use) => used(options, use),
})

export const placeOf = async (engine: Engine): Promise<Place> => {
  if (engine === 'postgres') {
    const databaseUrl = await aDatabase()
    return {
      env: { DATABASE_URL: databaseUrl },
      ...ways({ dataDir: 'nowhere', databaseUrl }),
      remove: () => undefined,
    }
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'release-gates-chaos-'))
  return {
    env: { DATA_DIR: dataDir },
    ...ways({ dataDir }),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  }
}
