import { openStore, type Store, type StoreOptions } from '../../src/store/store.js'
import { aDatabase, statements } from './cluster.js'

/** Everything out of a store that nobody has open, the ledger too, against its will. */
const EMPTIED = [
  'begin',
  'set local session_replication_role = replica',
  'delete from deliveries',
  'delete from subjects',
  'delete from addresses',
  'delete from ledger',
  'delete from sides',
  `update ledger_head set sequence = 0, hash = repeat('0', 64), cut_sequence = 0, cut_hash = repeat('0', 64)`,
  'delete from verdicts',
  'delete from intents',
  'delete from acts',
  'delete from refusals',
  'delete from seen',
  'delete from incidents',
  'delete from pins',
  'delete from kept_policies',
  'delete from tips',
  'delete from locks',
  'delete from first_asked',
  'delete from rounds',
  'commit',
]

/** One database for a test file, emptied each time a store is opened on it; only one test at a time uses it. */
export const emptyStores = () => {
  let made: Promise<string> | null = null
  const url = (): Promise<string> => (made ??= aDatabase())
  const open = async (options: Pick<StoreOptions, 'attempts'> = {}): Promise<Store> => {
    const isNew = made === null
    const databaseUrl = await url()
    if (!isNew) await statements(databaseUrl, ...EMPTIED)
    return openStore({ dataDir: 'nowhere', databaseUrl, ...options })
  }
  return Object.assign(open, { url })
}
