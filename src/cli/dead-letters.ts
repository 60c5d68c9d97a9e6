import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import { deadLettersIn, retryDeadLetters, type DeadLetters } from '../store/dead-letters.js'
import type { Engine } from '../store/engine.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { besideStore } from './ledger-store.js'

interface ListOptions {
  readonly data?: string
  readonly json?: boolean
}
interface RetryOptions extends ListOptions {
  readonly all?: boolean
}

export const register = (program: Command, io: Io): void => {
  const commands = program
    .command('dead-letters')
    .description('list what was given up after too many failures, or try it again')
  const folder = ['--data <dir>', 'the server’s folder; DATABASE_URL, DATA_DIR or ./data where absent'] as const
  commands
    .command('list')
    .description('list the deliveries and subjects that were given up, and why')
    .option(...folder)
    .option('--json', 'print { deliveries, subjects }')
    .action((options: ListOptions) => besideStore(options, true, io, (engine) => list(engine, options, io)))
  commands
    .command('retry')
    .description('try these again, also while the server runs')
    .argument('[names...]', 'ids of deliveries, and subjects, as list prints them')
    .option('--all', 'everything that list prints')
    .option(...folder)
    .option('--json', 'print { deliveries, subjects }: those that are tried again')
    .action((names: readonly string[], options: RetryOptions) => retry(names, options, io))
}

/** What an error says may hold line breaks and control characters of others. */
const oneLine = (text: string | null): string => (text ?? 'no reason is known').replaceAll(/\p{Cc}+/gu, ' ')

const linesOf = ({ deliveries, subjects }: DeadLetters): readonly string[] => [
  ...deliveries.map(
    ({ guid, event, receivedAt, attempts, error }) =>
      `delivery ${oneLine(guid)} (${oneLine(event)}), ${new Date(receivedAt).toISOString()}, ${attempts} attempts: ${oneLine(error)}`,
  ),
  ...subjects.map(
    ({ key, touchedAt, attempts, error }) =>
      `subject ${oneLine(key)}, ${new Date(touchedAt).toISOString()}, ${attempts} attempts: ${oneLine(error)}`,
  ),
]

const list = async (engine: Engine, { json = false }: ListOptions, io: Io): Promise<void> => {
  const found = await deadLettersIn(engine.db)
  const lines = linesOf(found)
  io.out(json ? `${JSON.stringify(found)}\n` : `${lines.length === 0 ? 'No dead letters.' : lines.join('\n')}\n`)
  io.exit(lines.length === 0 ? FINE : FINDINGS)
}

const missing = (names: readonly string[], { deliveries, subjects }: DeadLetters): readonly string[] => {
  const found = new Set([...deliveries.map(({ guid }) => guid), ...subjects.map(({ key }) => key)])
  return names.filter((name) => !found.has(name))
}

const retry = async (names: readonly string[], options: RetryOptions, io: Io): Promise<void> => {
  const { all = false, json = false } = options
  if (all === names.length > 0)
    throw new Error('name what to try again as `dead-letters list` prints it, or write --all; not both')
  await besideStore(options, false, io, async (engine) => {
    const now = systemClock.now()
    const retried = await engine.write((writing) => retryDeadLetters(writing, all ? null : names, now))
    const lines = linesOf(retried).map((line) => `again: ${line}\n`)
    io.out(json ? `${JSON.stringify(retried)}\n` : lines.length === 0 ? 'Nothing is tried again.\n' : lines.join(''))
    const unknown = missing(names, retried)
    for (const name of unknown) io.err(`${oneLine(name)} is no dead letter.\n`)
    io.exit(unknown.length === 0 ? FINE : FINDINGS)
  })
}
