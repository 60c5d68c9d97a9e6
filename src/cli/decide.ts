import type { Command } from 'commander'
import { terminalOf } from '../policy/words/explain.js'
import type { Policies } from '../policy/composing/gates.js'
import { formatProblem, hasErrors } from '../policy/reading/problems.js'
import { parseFacts } from '../policy/scenario/file.js'
import { judge } from '../policy/scenario/scenario.js'
import type { Verdict } from '../policy/verdict.js'
import { CANNOT_RUN, FINDINGS, FINE, type Io } from './io.js'
import { textNamedBy } from './files.js'
import { sourceOf } from './policy-files.js'
import { judgeStored, storedFacts, type StoredAbout } from './stored-facts.js'

interface DecideOptions {
  readonly policy?: string
  readonly organisation?: string
  readonly facts: string
  readonly repository?: string
  readonly defaultBranch?: string
  readonly now?: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('decide')
    .description('judge facts by a policy, offline')
    .option('--policy <file>', "the repository's policy")
    .option('--organisation <file>', "the organisation's policy")
    .requiredOption('--facts <file>', 'one subject’s facts, written as in a scenario or as the ledger stores them')
    .option('--repository <name>', 'the repository of stored facts that do not tell it')
    .option('--default-branch <name>', 'the default branch of stored facts that do not tell it')
    .option('--now <instant>', 'the time at which stored facts are judged; that of the newest fact where absent')
    .option('--json', 'print the verdict')
    .action((options: DecideOptions) => decideFacts(options, io))
}

/** Exit code 0 for allow, 1 for any other decision, 2 when it could not be decided at all. */
const decideFacts = (options: DecideOptions, io: Io): void => {
  const { policy, organisation, json = false } = options
  const policies: Policies = {
    organisation: read(organisation, 'organisation', io),
    repository: read(policy, 'repository', io),
  }
  const verdict = verdictOn(options, policies, io)
  if (!verdict) return io.exit(CANNOT_RUN)
  io.out(json ? `${JSON.stringify(verdict)}\n` : terminalOf(verdict, { colour: io.colour }))
  io.exit(verdict.decision === 'allow' ? FINE : FINDINGS)
}

/** `null`: the facts are not well-formed, which was told. */
const verdictOn = (options: DecideOptions, policies: Policies, io: Io): Verdict | null => {
  const text = textNamedBy('--facts', options.facts, io)
  const stored = storedFacts(text)
  if (stored) return judgeStored(stored, policies, aboutOf(options))
  const { facts, problems } = parseFacts(text, options.facts)
  for (const problem of problems) io.err(`${formatProblem(problem)}\n`)
  return !facts || hasErrors(problems) ? null : judge(facts, policies)
}

/** @throws {Error} when `--now` is no instant. */
const aboutOf = ({ repository, defaultBranch, now }: DecideOptions): StoredAbout => {
  const instant = now === undefined ? undefined : Date.parse(now)
  if (instant !== undefined && Number.isNaN(instant))
    throw new Error(`--now is ${now}; it must be an instant such as 2026-11-23T10:00:00Z`)
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    ...(instant === undefined ? {} : { now: instant }),
  }
}

const read = (file: string | undefined, origin: 'organisation' | 'repository', io: Io): Policies['repository'] =>
  file === undefined
    ? { state: 'absent' }
    : sourceOf(textNamedBy(origin === 'repository' ? '--policy' : '--organisation', file, io), file, origin)
