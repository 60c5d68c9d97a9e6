import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '../../src/store/store.js'
import { aDatabase } from '../postgres/cluster.js'

export type Engine = 'sqlite' | 'postgres'

/** Where the records are, for the servers and for whoever reads beside them. */
export interface Place {
  readonly env: Readonly<Record<string, string>>
  reads<T>(use: (store: Store) => Promise<T>): Promise<T>
  remove(): void
}

const readingOf = (options: { readonly dataDir: string; readonly databaseUrl?: string }): Place['reads'] => {
  return async (use) => {
    const store = await openStore({ ...options, readOnly: true })
    try {
      return await use(store)
    } finally {
      await store.close()
    }
  }
}

export const placeOf = async (engine: Engine): Promise<Place> => {
  if (engine === 'postgres') {
    const databaseUrl = await aDatabase()
    return {
      env: { DATABASE_URL: databaseUrl },
      reads: readingOf({ dataDir: 'nowhere', databaseUrl }),
      remove: () => undefined,
    }
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'release-gates-chaos-'))
  return {
    env: { DATA_DIR: dataDir },
    reads: readingOf({ dataDir }),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  }
}
