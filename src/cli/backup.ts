import type { Command } from 'commander'
import { statSync, type Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { systemClock } from '../clock.js'
import { backUp } from '../store/backup.js'
import { FINE, type Io } from './io.js'
import { databaseOf, folderOf } from './store-place.js'

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
    .option('--json', 'print { file, entries, hash, bytes, store }')
    .action((file: string, options: BackupOptions) => backup(file, options, io))
}

/** @throws {Error} when the store is in PostgreSQL, which has programs of its own for this. */
export const refuseDatabase = (data: string | undefined, instead: string, io: Io): void => {
  if (databaseOf(data, io) !== null)
    throw new Error(`the store is in PostgreSQL (DATABASE_URL): ${instead}. For a folder, name it with --data`)
}

const nameIn = (folder: string): string =>
  join(folder, `release-gates-${new Date(systemClock.now()).toISOString().replaceAll(/[:.]/g, '-')}.db`)

const thereIs = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })

/**
 * The file to write. No folder is made: one that is missing may be a disk that is not mounted.
 * @throws {Error} when the name is empty, or its folder is not there.
 */
const fileOf = (file: string, io: Io): string => {
  if (file.trim() === '') throw new Error('name the file to write, or a folder for it')
  const named = resolve(io.cwd, file)
  const asFolder = file.endsWith('/') || thereIs(named)?.isDirectory() === true
  const folder = asFolder ? named : dirname(named)
  if (thereIs(folder)?.isDirectory() !== true)
    throw new Error(`there is no folder ${folder} to put the backup in; make it, or name another one`)
  return asFolder ? nameIn(named) : named
}

const backup = async (file: string, { data, json = false }: BackupOptions, io: Io): Promise<void> => {
  refuseDatabase(data, 'back up with `umask 077; pg_dump --format=custom --file=FILE "$DATABASE_URL"`', io)
  const store = folderOf(data, io)
  const copied = await backUp({ dataDir: store, file: fileOf(file, io) })
  const { entries, hash, bytes } = copied
  const sentence = `Copied ${store} to ${copied.file} (${bytes} bytes). Its ledger is whole: ${entries} entries, the last with hash ${hash}.`
  io.out(`${json ? JSON.stringify({ ...copied, store }) : sentence}\n`)
  io.exit(FINE)
}
