import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import { readDatabaseUrl } from '../settings.js'
import { moveStore, type Moved } from '../store/move.js'
import { FINE, type Io } from './io.js'
import { folderOf } from './ledger-store.js'

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
    .option('--json', 'print { entries, hash, rows }')
    .action((options: MoveOptions) => move(options, io))
}

const sentence = ({ entries, hash, rows }: Moved): string =>
  `Moved ${rows} rows. The ledger is whole in the database: ${entries} entries, the last with hash ${hash}. ` +
  'Start the servers with DATABASE_URL from now on; the folder stays as it is, and no server takes it any more.'

/** Tells on a terminal how far it is, and nothing in a pipe. */
const progress = (table: string, rows: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${table}: ${rows}`)
}

const move = async ({ data, json = false }: MoveOptions, io: Io): Promise<void> => {
  const databaseUrl = readDatabaseUrl(process.env)
  if (databaseUrl === null)
    throw new Error('set DATABASE_URL to the database to move to: postgres://USER:PASSWORD@HOST:5432/DATABASE')
  const moved = await moveStore({ dataDir: folderOf(data, io), databaseUrl, now: systemClock.now(), progress })
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  io.out(`${json ? JSON.stringify(moved) : sentence(moved)}\n`)
  io.exit(FINE)
}
