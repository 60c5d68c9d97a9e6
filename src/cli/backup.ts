import type { Command } from 'commander'
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { systemClock } from '../clock.js'
import { readDatabaseUrl } from '../settings.js'
import { backUp } from '../store/backup.js'
import { FINE, type Io } from './io.js'
import { folderOf } from './ledger-store.js'

interface BackupOptions {
  readonly data?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('backup')
    .description('copy the store to one file, also while the server runs, and verify the copy')
    .argument('<file>', 'the new file, or a folder in which it gets a name of its own')
    .option('--data <dir>', 'the server’s folder; DATA_DIR or ./data where absent')
    .option('--json', 'print { file, entries, hash, bytes }')
    .action((file: string, options: BackupOptions) => backup(file, options, io))
}

/** @throws {Error} when the store is in PostgreSQL, which has programs of its own for this. */
export const refuseDatabase = (data: string | undefined, instead: string): void => {
  if (data === undefined && readDatabaseUrl(process.env) !== null)
    throw new Error(`the store is in PostgreSQL (DATABASE_URL): ${instead}. For a folder, name it with --data`)
}

const nameIn = (folder: string): string =>
  join(folder, `release-gates-${new Date(systemClock.now()).toISOString().replaceAll(/[:.]/g, '-')}.db`)

const backup = async (file: string, { data, json = false }: BackupOptions, io: Io): Promise<void> => {
  refuseDatabase(data, 'back up with `pg_dump --format=custom --file=FILE "$DATABASE_URL"`')
  const named = resolve(io.cwd, file)
  const isFolder = existsSync(named) && statSync(named).isDirectory()
  const copied = await backUp({ dataDir: folderOf(data, io), file: isFolder ? nameIn(named) : named })
  const { entries, hash, bytes } = copied
  const sentence = `Wrote ${copied.file} (${bytes} bytes). Its ledger is whole: ${entries} entries, the last with hash ${hash}.`
  io.out(`${json ? JSON.stringify(copied) : sentence}\n`)
  io.exit(FINE)
}
