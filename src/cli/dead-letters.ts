import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import { deadLettersIn, retryDeadLetters, type DeadLetters } from '../store/dead-letters.js'
import type { Engine } from '../store/engine.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { besideStore, storeName } from './store-place.js'

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
    .option('--json', 'print { deliveries, subjects, store }')
    .action((options: ListOptions) =>
      besideStore(options, true, io, (engine, place) => list(engine, storeName(place), options, io)),
    )
  commands
    .command('retry')
    .description('try these again, also while the server runs')
    .argument('[names...]', 'ids of deliveries, and subjects, as list prints them')
    .option('--all', 'everything that list prints')
    .option(...folder)
    .option('--json', 'print { deliveries, subjects, store }: those that are tried again')
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

const list = async (engine: Engine, store: string, { json = false }: ListOptions, io: Io): Promise<void> => {
  const found = await deadLettersIn(engine.db)
  const lines = linesOf(found)
  const told = [
    ...lines,
    `${lines.length === 0 ? 'No' : lines.length} dead letter${lines.length === 1 ? '' : 's'} in ${store}.`,
  ]
  io.out(json ? `${JSON.stringify({ ...found, store })}\n` : `${told.join('\n')}\n`)
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
  await besideStore(options, false, io, async (engine, place) => {
    const [now, store] = [systemClock.now(), storeName(place)]
    const retried = await engine.write((writing) => retryDeadLetters(writing, all ? null : names, now))
    const lines = linesOf(retried).map((line) => `again: ${line}\n`)
    const summary = `${lines.length === 0 ? 'Nothing' : `${lines.length}`} ${lines.length > 1 ? 'are' : 'is'} tried again in ${store}.\n`
    io.out(json ? `${JSON.stringify({ ...retried, store })}\n` : [...lines, summary].join(''))
    const unknown = missing(names, retried)
    for (const name of unknown) io.err(`${oneLine(name)} is no dead letter in ${store}.\n`)
    io.exit(unknown.length === 0 ? FINE : FINDINGS)
  })
}
