import type { Command } from 'commander'
import type { Verification } from '../gatekeeper/ports.js'
import type { Store } from '../store/store.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { spanOf, type SpanOptions } from './span.js'
import { readingStore } from './store-place.js'

interface VerifyOptions {
  readonly data?: string
  readonly json?: boolean
}
interface ExportOptions extends VerifyOptions, SpanOptions {
  readonly chained?: boolean
}

export const register = (program: Command, io: Io): void => {
  const audit = program
    .command('audit')
    .description('verify or export the ledger of every decision, answer and approval')
  const folder = ['--data <dir>', 'the server’s folder; DATABASE_URL, DATA_DIR or ./data where absent'] as const
  audit
    .command('verify')
    .description('recompute the chain of hashes and name the first entry that does not fit')
    .option(...folder)
    .option(
      '--json',
      'print { ok, entries, hash, cut, sides, store } or { ok, sequence, problem, detail, verified, store }',
    )
    .action((options: VerifyOptions) => readingStore(options, io, (store, name) => verify(store, name, options, io)))
  audit
    .command('export')
    .description('print the entries, one JSON document a line')
    .option(...folder)
    .option('--from <time>', 'from this time on: a date, or a date and time with its zone (UTC where it names none)')
    .option('--to <time>', 'before this time')
    .option('--chained', 'as they were hashed: digests in the places of names, texts and facts')
    .option('--json', 'JSON lines, which is what it prints in any case')
    .action((options: ExportOptions) => readingStore(options, io, (store) => exportAll(store, options, io)))
}

type Whole = Extract<Verification, { readonly ok: true }>

/** Where the chain begins, and what of it was let go; empty: it is all there. */
const absent = ({ cut, sides: { erased, expired } }: Whole): string =>
  [
    cut === null
      ? ''
      : ` It begins after entry ${cut.sequence} with hash ${cut.hash}: those before it were kept long enough.`,
    erased === 0 ? '' : ` Names or texts were erased in ${erased} places, as entries tell.`,
    expired === 0 ? '' : ` The facts of ${expired} decision${expired === 1 ? '' : 's'} were kept long enough.`,
  ].join('')

const sentence = (found: Verification, name: string): string =>
  found.ok
    ? `The ledger in ${name} is whole: ${found.entries} entries, the last with hash ${found.hash}.${absent(found)}`
    : `The ledger in ${name} is broken at entry ${found.sequence}: ${found.detail}. Entries up to ${found.verified} are whole; ` +
      `what stands after them cannot be trusted. Compare with an export or a backup from before.`

const verify = async (store: Store, name: string, { json = false }: VerifyOptions, io: Io): Promise<void> => {
  const found = await store.ledger.verify()
  io.out(`${json ? JSON.stringify({ ...found, store: name }) : sentence(found, name)}\n`)
  io.exit(found.ok ? FINE : FINDINGS)
}

const exportAll = async (store: Store, options: ExportOptions, io: Io): Promise<void> => {
  const { chained = false } = options
  const filter = spanOf(options)
  for await (const entry of chained ? store.ledger.chained(filter) : store.ledger.entries(filter))
    io.out(`${JSON.stringify(entry)}\n`)
  io.exit(FINE)
}
