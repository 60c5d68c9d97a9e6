import type { Command } from 'commander'
import type { LedgerEntry, LedgerReader } from '../gatekeeper/ports.js'
import type { Policies } from '../policy/composing/gates.js'
import { plainText } from '../policy/words/explain.js'
import { momentOf } from '../policy/words/moments.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { textNamedBy } from './files.js'
import { sourceOf } from './policy-files.js'
import { replayed, repositoryOf, type Replayed } from './replay-entry.js'
import { spanOf, type SpanOptions } from './span.js'
import { readingStore } from './store-place.js'

interface ReplayOptions extends SpanOptions {
  readonly policy?: string
  readonly organisation?: string
  readonly repository?: string
  readonly data?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('replay')
    .description('judge the decisions on record by another policy, and list what would have been decided otherwise')
    .option('--policy <file>', "the repository's policy to try")
    .option('--organisation <file>', "the organisation's policy to try")
    .option('--repository <name>', 'OWNER/REPO: only its decisions')
    .option('--data <dir>', 'the server’s folder; DATABASE_URL, DATA_DIR or ./data where absent')
    .option('--from <time>', 'decisions from this time on')
    .option('--to <time>', 'decisions before this time')
    .option(
      '--json',
      'print { judged, untold, gone, differing: [{ sequence, at, repository, subject, gate, was, would, … }] }',
    )
    .action((options: ReplayOptions) => replay(options, io))
}

/** @throws {Error} when no policy is named, or one cannot be read. */
const policiesOf = ({ policy, organisation }: ReplayOptions, io: Io): Policies => {
  if (policy === undefined && organisation === undefined) throw new Error('name a policy to try: --policy FILE')
  const read = (file: string | undefined, origin: 'organisation' | 'repository'): Policies['repository'] => {
    if (file === undefined) return { state: 'absent' }
    const source = sourceOf(
      textNamedBy(origin === 'repository' ? '--policy' : '--organisation', file, io),
      file,
      origin,
    )
    if (source.state === 'invalid') throw new Error(`${file} is not valid; run: release-gates lint ${file}`)
    return source
  }
  return { organisation: read(organisation, 'organisation'), repository: read(policy, 'repository') }
}

/** @throws {Error} when it is no repository's full name. */
const repositoryIn = ({ repository }: ReplayOptions): string | null => {
  if (repository === undefined) return null
  if (!/^[^/\s]+\/[^/\s]+$/.test(repository)) throw new Error(`--repository ${plainText(repository)} is not OWNER/REPO`)
  return repository.toLowerCase()
}

const VERDICTS = { kinds: ['verdict'] } as const

/** Exit code 1 where a decision would have been another, 2 where the ledger or a policy cannot be read. */
const replay = async (options: ReplayOptions, io: Io): Promise<void> => {
  const policies = policiesOf(options, io)
  const repository = repositoryIn(options)
  const span = spanOf(options)
  await readingStore(options, io, async ({ ledger }, store) => {
    const found = await all(ledger.entries({ ...VERDICTS, ...span }), policies, repository)
    if (repository !== null && found.length === 0 && !(await isKnown(ledger, repository)))
      throw new Error(`no decision of ${plainText(repository)} is on record in ${store}; mend --repository`)
    tell(found, options, io)
  })
}

/** Whether any decision is of this repository, or may be, because its facts are gone. */
const isKnown = async (ledger: LedgerReader, repository: string): Promise<boolean> => {
  for await (const entry of ledger.entries(VERDICTS)) {
    const of = repositoryOf(entry)
    if (of === 'gone' || of?.toLowerCase() === repository) return true
  }
  return false
}

const all = async (
  entries: AsyncIterable<LedgerEntry>,
  policies: Policies,
  repository: string | null,
): Promise<readonly Replayed[]> => {
  const found: Replayed[] = []
  for await (const entry of entries) {
    const one = replayed(entry, policies)
    if (repository === null || one.would === 'gone' || one.repository?.toLowerCase() === repository) found.push(one)
  }
  return found
}

const tell = (found: readonly Replayed[], { json = false }: ReplayOptions, io: Io): void => {
  const untold = found.filter(({ would }) => would === 'untold')
  const gone = found.filter(({ would }) => would === 'gone')
  const again = found.filter(({ would }) => would !== 'untold' && would !== 'gone')
  const differing = again.filter(({ was, would }) => was !== would)
  const counts = { judged: again.length, untold: untold.length, gone: gone.length }
  if (json) io.out(`${JSON.stringify({ ...counts, differing })}\n`)
  else {
    for (const one of differing) io.out(`${lineOf(one)}\n`)
    io.out(`${summary(counts, differing.length)}\n`)
  }
  io.exit(differing.length === 0 ? FINE : FINDINGS)
}

/** `#12 Mon 23 Nov 2026, 10:00 UTC acme/shop release production: wait → allow: Ready to release …` */
const lineOf = ({ sequence, at, repository, kind, gate, was, would, title }: Replayed): string =>
  `${sequence} ${momentOf(at)} ${plainText(repository ?? '')} ${kind} ${plainText(gate)}: ${was} → ${would}${title === null ? '' : `: ${title}`}`

interface Counts {
  readonly judged: number
  readonly untold: number
  readonly gone: number
}

const summary = ({ judged, untold, gone }: Counts, differing: number): string =>
  [
    `${judged} decision${judged === 1 ? '' : 's'} judged again: ${differing === 0 ? 'none differs' : `${differing} would have been ${differing === 1 ? 'another' : 'others'}`}.`,
    untold === 0 ? '' : `${untold} cannot be told: the policy asks what was not read then.`,
    gone === 0 ? '' : `${gone} cannot be told: their facts are not kept any more.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
