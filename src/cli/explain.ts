import type { Command } from 'commander'
import type { Gatekeeper } from '../gatekeeper/gatekeeper.js'
import type { Clock } from '../gatekeeper/ports.js'
import { plainText, terminalOf } from '../policy/words/explain.js'
import { openStore } from '../store/store.js'
import { explainChange, explainRelease, type Explained } from './explain-subject.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { personOf, withToken, type PersonOptions } from './person.js'
import { folderOf } from './store-place.js'

interface ExplainOptions extends PersonOptions {
  readonly environment?: string
  readonly data?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('explain')
    .description('tell why a gate on GitHub is open or shut, as it reads now; writes nothing')
    .argument('<target>', 'OWNER/REPO#N for a pull request, OWNER/REPO@SHA for a release')
    .option('--environment <name>', 'the environment that the commit is to enter')
    .option('--data <dir>', 'the app’s data folder, for what only its records tell')
    .option('--app-id <number>', 'the app whose check counts as its own; APP_ID where absent')
    .option('--token-stdin', 'read the token from standard input; GH_TOKEN or GITHUB_TOKEN where absent')
    .option('--json', 'print { repository, sha, environment, verdict, notes }')
    .action((target: string, options: ExplainOptions) => explain(target, options, io))
}

const TARGET = /^([^/\s#@]+)\/([^/\s#@]+)(?:#(\d+)|@([0-9a-f]{7,64}))$/i

interface Target {
  readonly owner: string
  readonly name: string
  readonly of: { readonly number: number } | { readonly sha: string; readonly environment: string }
}

/** @throws {Error} when it is neither a pull request nor a commit, or a release without its environment. */
const targetOf = (text: string, environment: string | undefined): Target => {
  const [whole, owner = '', name = '', number, sha] = TARGET.exec(text) ?? []
  if (whole === undefined)
    throw new Error(`${plainText(text)} is neither OWNER/REPO#N nor OWNER/REPO@SHA with 7 or more digits`)
  if (number !== undefined) {
    if (environment !== undefined) throw new Error('a pull request enters no environment; leave --environment out')
    return { owner, name, of: { number: Number(number) } }
  }
  if (environment === undefined) throw new Error('name the environment that the commit is to enter: --environment NAME')
  return { owner, name, of: { sha: (sha ?? '').toLowerCase(), environment } }
}

const clock: Clock = { now: () => Date.now() }

/** Exit code 0 where the gate is open, 1 where it is not or none is there, 2 where it could not be looked at. */
const explain = async (text: string, options: ExplainOptions, io: Io): Promise<void> => {
  const target = targetOf(text, options.environment)
  if (options.data === undefined) return told(target, await withToken(() => look(target, options, null)), options, io)
  const store = await openStore({ dataDir: folderOf(options.data, io), readOnly: true })
  try {
    told(target, await withToken(() => look(target, options, store.records)), options, io)
  } finally {
    await store.close()
  }
}

const look = async (
  { owner, name, of }: Target,
  options: ExplainOptions,
  records: Gatekeeper['records'] | null,
): Promise<Explained> => {
  const person = personOf(options, records, clock)
  const repository = await person.view.repository(owner, name)
  const looking = { person, repository, records, clock: { now: () => person.view.now() } }
  return 'number' in of ? explainChange(looking, of.number) : explainRelease(looking, of.sha, of.environment)
}

const told = ({ owner, name, of }: Target, { sha, verdict, notes }: Explained, options: ExplainOptions, io: Io) => {
  const environment = 'environment' in of ? of.environment : null
  if (options.json === true)
    io.out(`${JSON.stringify({ repository: `${owner}/${name}`, sha, environment, verdict, notes })}\n`)
  else {
    io.out(verdict === null ? 'No gate guards this.\n' : terminalOf(verdict, { colour: io.colour, target: { sha } }))
    for (const note of notes) io.out(`  note: ${note}\n`)
  }
  io.exit(verdict?.decision === 'allow' ? FINE : FINDINGS)
}
