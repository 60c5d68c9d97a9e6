import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { terminalOf } from '../policy/explain.js'
import type { Policies } from '../policy/gates.js'
import { formatProblem, hasErrors } from '../policy/problems.js'
import { parseFacts } from '../policy/scenario-file.js'
import { judge } from '../policy/scenario.js'
import { CANNOT_RUN, FINDINGS, FINE, type Io } from './io.js'
import { sourceOf } from './policy-files.js'

interface DecideOptions {
  readonly policy?: string
  readonly organisation?: string
  readonly facts: string
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('decide')
    .description('judge facts by a policy, offline')
    .option('--policy <file>', "the repository's policy")
    .option('--organisation <file>', "the organisation's policy")
    .requiredOption('--facts <file>', 'the facts of one change, deployment or push, written as in a scenario')
    .option('--json', 'print the verdict')
    .action((options: DecideOptions) => decideFacts(options, io))
}

/** Exit code 0 for allow, 1 for any other decision, 2 when it could not be decided at all. */
const decideFacts = ({ policy, organisation, facts: file, json = false }: DecideOptions, io: Io): void => {
  const policies: Policies = {
    organisation: read(organisation, 'organisation', io),
    repository: read(policy, 'repository', io),
  }
  const { facts, problems } = parseFacts(readFileSync(resolve(io.cwd, file), 'utf8'), file)
  for (const problem of problems) io.err(`${formatProblem(problem)}\n`)
  if (!facts || hasErrors(problems)) return io.exit(CANNOT_RUN)
  const verdict = judge(facts, policies)
  io.out(json ? `${JSON.stringify(verdict)}\n` : terminalOf(verdict, { colour: io.colour }))
  io.exit(verdict.decision === 'allow' ? FINE : FINDINGS)
}

const read = (file: string | undefined, origin: 'organisation' | 'repository', io: Io): Policies['repository'] =>
  file === undefined ? { state: 'absent' } : sourceOf(readFileSync(resolve(io.cwd, file), 'utf8'), file, origin)
