import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import { moveStore, type Moved } from '../store/move.js'
import { FINE, type Io } from './io.js'
import { placeOf } from '../store/postgres-checks.js'
import { databaseOf, folderOf } from './store-place.js'

interface MoveOptions {
  readonly data?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('store')
    .description('carry the store from a folder to PostgreSQL')
    .command('move')
    .description('carry everything over to the empty database that DATABASE_URL names, and verify the ledger there')
    .option('--data <dir>', 'the folder of the stopped server; DATA_DIR or ./data where absent')
    .option('--json', 'print { entries, hash, rows, store }')
    .action((options: MoveOptions) => move(options, io))
}

const sentence = ({ entries, hash, rows }: Moved, from: string, to: string): string =>
  `Moved ${rows} rows from ${from} to ${to}. The ledger is whole there: ${entries} entries, the last, which tells of this, with hash ${hash}. ` +
  'Start the servers with DATABASE_URL from now on; the folder stays as it is, and no server takes it any more.'

/** Tells on a terminal how far it is, and nothing in a pipe. */
const progress = (table: string, rows: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${table}: ${rows}`)
}

const move = async ({ data, json = false }: MoveOptions, io: Io): Promise<void> => {
  const databaseUrl = databaseOf(undefined, io)
  if (databaseUrl === null)
    throw new Error('set DATABASE_URL to the database to move to: postgres://USER:PASSWORD@HOST:5432/DATABASE')
  const [dataDir, store] = [folderOf(data, io), placeOf(databaseUrl)]
  const moved = await moveStore({ dataDir, databaseUrl, now: systemClock.now(), progress })
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  io.out(`${json ? JSON.stringify({ ...moved, store }) : sentence(moved, dataDir, store)}\n`)
  io.exit(FINE)
}
