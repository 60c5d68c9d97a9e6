import type { Command } from 'commander'
import { resolve } from 'node:path'
import { systemClock } from '../clock.js'
import { restore, type Restored } from '../store/restore.js'
import { refuseDatabase } from './backup.js'
import { FINE, type Io } from './io.js'
import { folderOf } from './store-place.js'

interface RestoreOptions {
  readonly data?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('restore')
    .description('verify a backup and put it into the folder of the stopped server')
    .argument('<file>', 'what backup wrote')
    .option('--data <dir>', 'the folder of the stopped server; DATA_DIR or ./data where absent')
    .option('--json', 'print { file, store, entries, hash, setAside, overridesVoided }')
    .action((file: string, options: RestoreOptions) => run(file, options, io))
}

const sentence = ({ file, store, entries, hash, setAside, overridesVoided }: Restored): string =>
  [
    `Restored ${file} into ${store}. The ledger is whole there: ${entries} entries, the last, which tells of this, with hash ${hash}.`,
    setAside === null ? 'There was no store before.' : `What was there before is ${setAside}.`,
    `${overridesVoided} unused overrides are void; approvals given since the backup must be given again. Start the server.`,
  ].join(' ')

const run = async (file: string, { data, json = false }: RestoreOptions, io: Io): Promise<void> => {
  refuseDatabase(
    data,
    'restore into an empty database with `pg_restore --single-transaction --no-owner --dbname="$DATABASE_URL" FILE`',
    io,
  )
  const restored = await restore({ dataDir: folderOf(data, io), file: resolve(io.cwd, file), now: systemClock.now() })
  io.out(`${json ? JSON.stringify(restored) : sentence(restored)}\n`)
  io.exit(FINE)
}
