import type { Command } from 'commander'
import { systemClock } from '../clock.js'
import type { Who } from '../store/erasing/account.js'
import { erasePerson, erasingOf, type Erased } from '../store/erasing/erase.js'
import { isOnRecord } from '../store/on-record.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { besideStore, storeName } from './store-place.js'

interface EraseOptions {
  readonly user: string
  readonly dryRun?: boolean
  readonly data?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('erase')
    .description(
      'take a person’s logins, what they wrote and what names them out of the store, also while the server runs',
    )
    .requiredOption('--user <who>', 'the account’s number, or a login that is on record (@123 for a login of digits)')
    .option('--dry-run', 'tell what would be erased, and change nothing')
    .option('--data <dir>', 'the server’s folder; DATABASE_URL, DATA_DIR or ./data where absent')
    .option(
      '--json',
      'print { person, names, texts, facts, acts, intents, pins, notes, inline, deliveries, traces, store }, or null where nobody is found',
    )
    .action((options: EraseOptions) => erase(options, io))
}

const LOGIN = /^@?([a-z\d][\w-]*(?:\[bot\])?)$/i
const NUMBER = /^[1-9]\d{0,14}$/

/** @throws {Error} when it is neither. */
const whoOf = (user: string): Who => {
  if (NUMBER.test(user)) return { id: Number(user) }
  const [, login] = LOGIN.exec(user) ?? []
  if (login === undefined) throw new Error(`--user ${user} is neither an account’s number nor a login`)
  return { login }
}

const counted = (count: number, one: string, several = `${one}s`): string => `${count} ${count === 1 ? one : several}`

/** What is left, and why; empty: nothing is. */
const leftIn = ({ inline, deliveries, traces }: Erased): readonly string[] => [
  ...(inline === 0
    ? []
    : [
        `${inline === 1 ? '1 entry of an earlier version holds' : `${inline} entries of an earlier version hold`} the name in what is hashed, and cannot let it go before RETAIN_DECISIONS has passed.`,
      ]),
  ...(deliveries === 0
    ? []
    : [
        `${deliveries === 1 ? '1 delivery that waits or was given up names' : `${deliveries} deliveries that wait or were given up name`} the person: gone within an hour of being handled, or after RETAIN_DELIVERIES.`,
      ]),
  ...(traces
    ? [
        'A server has the folder: bytes of what was erased may stand in unused parts of its database file until the server’s next start, which writes the file anew.',
      ]
    : []),
]

const sentences = (erased: Erased, name: string, isRehearsal: boolean): string => {
  const { person, names, texts, facts, acts, intents, pins, notes } = erased
  const what = [
    counted(names, 'name'),
    counted(texts, 'text'),
    counted(facts, 'document of facts', 'documents of facts'),
    `the name in ${counted(acts, 'act')}, ${counted(intents, 'answer')}, ${counted(pins, 'pinned name')} and ${counted(notes, 'note')}`,
  ]
  const verb = isRehearsal ? 'Would erase' : 'Erased'
  return [`${verb} of account ${person} in ${name}: ${what.join('; ')}.`, ...leftIn(erased)].join('\n')
}

const hasAny = ({ person: _, traces: __, ...counts }: Erased): boolean =>
  Object.values<number>(counts).some((count) => count > 0)

const nobody = (who: Who): string =>
  'id' in who
    ? `nothing of account ${who.id} is on record`
    : `nobody of the login ${who.login} is on record; name the account by its number`

/** Exit code 1 where nobody is found, or something is left that names the person. */
const erase = async (options: EraseOptions, io: Io): Promise<void> => {
  const { user, dryRun = false, json = false } = options
  const who = whoOf(user)
  await besideStore(options, false, io, async (engine, place) => {
    const found = dryRun
      ? await erasingOf(engine, who, place)
      : await erasePerson(engine, who, systemClock.now(), place)
    const isKnown = found !== null && (hasAny(found) || (await isOnRecord(engine.db, found.person)))
    const erased = isKnown ? found : null
    const name = storeName(place)
    if (json) io.out(`${JSON.stringify(erased && { ...erased, store: name })}\n`)
    else if (erased !== null) io.out(`${sentences(erased, name, dryRun)}\n`)
    if (erased === null) io.err(`in ${name} ${nobody(who)}\n`)
    io.exit(erased === null || leftIn(erased).length > 0 ? FINDINGS : FINE)
  })
}
